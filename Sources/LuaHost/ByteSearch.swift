/// Search by bytes, which for UTF-8 is search by characters. Takes time in the length of the text, whatever is looked for.
struct ByteSearch {
  /// What a script can make at once outside its own memory.
  static let longestText = 16 << 20
  static let mostPieces = 100_000

  private let part: [UInt8]
  /// For each length of a prefix, the length of the longest shorter prefix that it ends with (Knuth, Morris and Pratt).
  private let borders: [Int]

  init(_ part: [UInt8]) {
    self.part = part
    var borders = [Int](repeating: 0, count: part.count + 1)
    var border = 0
    for index in part.indices.dropFirst() {
      while border > 0, part[index] != part[border] { border = borders[border] }
      if part[index] == part[border] { border += 1 }
      borders[index + 1] = border
    }
    self.borders = borders
  }

  /// Where the part begins first, from a place on.
  func first(in text: [UInt8], from start: Int) -> Int? {
    if part.isEmpty { return start }
    var matched = 0
    for index in start..<max(start, text.count) {
      while matched > 0, text[index] != part[matched] { matched = borders[matched] }
      if text[index] == part[matched] { matched += 1 }
      if matched == part.count { return index - part.count + 1 }
    }
    return nil
  }

  static func first(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    ByteSearch(part).first(in: text, from: start)
  }

  /// The pieces between occurrences; the whole text where the separator is empty.
  static func split(_ text: [UInt8], by separator: [UInt8]) throws(HostFunctionError) -> [ArraySlice<UInt8>] {
    let search = ByteSearch(separator)
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    while !separator.isEmpty, let position = search.first(in: text, from: start) {
      pieces.append(text[start..<position])
      guard pieces.count < mostPieces else { throw HostFunctionError("more than \(mostPieces) pieces") }
      start = position + separator.count
    }
    pieces.append(text[start...])
    return pieces
  }
}
