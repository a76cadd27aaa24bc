import Columns

/// Brings texts of any dictionary (or of none) under one dictionary of its own, so that equal texts have equal codes.
///
/// A foreign code is looked up once per dictionary; after that it costs one array slot.
final class TextRecoder {
  let dictionary = TextDictionary()

  private struct Map {
    let source: TextDictionary
    /// Own code + 1 for each foreign code; 0 is not known yet.
    var codes: [UInt32]
  }

  private var maps: [Map] = []
  private var oldest = 0
  /// A reader may start a dictionary a batch; more than these are not kept alive.
  private static let mapLimit = 64

  /// The own code of every present row; 0 for the others.
  func words(of texts: TextValues, present: [Bool]?) -> [Int64] {
    switch texts {
    case .coded(let codes, let source): return recode(codes, from: source, present: present)
    case .plain(let ends, let bytes):
      var words = [Int64](repeating: 0, count: ends.count)
      var start = 0
      let all = bytes.span
      for row in ends.indices {
        let end = ends[row]
        if present == nil || present![row] {
          words[row] = Int64(dictionary.code(for: all.extracting(start..<end)))
        }
        start = end
      }
      return words
    }
  }

  private func recode(_ codes: [UInt32], from source: TextDictionary, present: [Bool]?) -> [Int64] {
    let index = mapIndex(of: source)
    let missing = source.count - maps[index].codes.count
    if missing > 0 { maps[index].codes += [UInt32](repeating: 0, count: missing) }
    var words = [Int64](repeating: 0, count: codes.count)
    Self.translate(codes, present: present, from: source, by: &maps[index].codes, to: dictionary, into: &words)
    return words
  }

  private static func translate(
    _ codes: [UInt32], present: [Bool]?, from source: TextDictionary, by map: inout [UInt32],
    to target: TextDictionary, into words: inout [Int64]
  ) {
    for row in codes.indices {
      if let present, !present[row] { continue }
      let code = Int(codes[row])
      if map[code] == 0 { map[code] = 1 + source.withBytes(of: code) { target.code(for: $0) } }
      words[row] = Int64(map[code]) &- 1
    }
  }

  private func mapIndex(of source: TextDictionary) -> Int {
    if let index = maps.firstIndex(where: { $0.source === source }) { return index }
    let map = Map(source: source, codes: [])
    if maps.count < Self.mapLimit {
      maps.append(map)
      return maps.count - 1
    }
    oldest = (oldest + 1) % Self.mapLimit
    maps[oldest] = map
    return oldest
  }
}
