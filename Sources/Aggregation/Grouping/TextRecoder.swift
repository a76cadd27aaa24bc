import Columns
import Memory

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

  /// The own code of every row; without meaning where the row has no value.
  func words(of texts: TextValues, present: [Bool]?) -> [Int64] {
    switch texts {
    case .coded(let codes, let source): return recode(codes, from: source)
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

  private func recode(_ codes: [UInt32], from source: TextDictionary) -> [Int64] {
    let index = mapIndex(of: source)
    let missing = source.count - maps[index].codes.count
    if missing > 0 { maps[index].codes += [UInt32](repeating: 0, count: missing) }
    let known = maps[index].codes
    let words = elementwise(codes) { Int64(known[Int($0)]) &- 1 }
    guard words.contains(-1) else { return words }
    Self.learn(codes, from: source, by: &maps[index].codes, to: dictionary)
    let all = maps[index].codes
    return elementwise(codes) { Int64(all[Int($0)]) &- 1 }
  }

  /// Gives an own code to each foreign one that has none.
  private static func learn(
    _ codes: [UInt32], from source: TextDictionary, by map: inout [UInt32], to target: TextDictionary
  ) {
    for code in codes where map[Int(code)] == 0 {
      map[Int(code)] = 1 + source.withBytes(of: Int(code)) { target.code(for: $0) }
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
