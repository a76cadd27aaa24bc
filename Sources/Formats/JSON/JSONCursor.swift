/// Why a text is no JSON, and at which byte.
struct JSONSyntaxError: Error, Equatable {
  var offset: Int
  var message: String
}

/// Walks over JSON strictly by RFC 8259, without building anything.
///
/// Nesting is bounded, so hostile input cannot exhaust the stack.
struct JSONCursor {
  static let depthLimit = 512

  let bytes: [UInt8]
  let end: Int
  var index: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
  }

  /// The next byte that is not space, nil at the end.
  @inline(__always)
  mutating func peek() -> UInt8? {
    while index < end {
      let byte = bytes[index]
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      index += 1
    }
    return nil
  }

  func failure(_ message: String) -> JSONSyntaxError { JSONSyntaxError(offset: index, message: message) }

  @inline(__always)
  mutating func expect(_ byte: UInt8, _ what: String) throws(JSONSyntaxError) {
    guard peek() == byte else { throw failure("\(what) is expected here") }
    index += 1
  }

  /// Nothing but space may follow.
  mutating func finish() throws(JSONSyntaxError) {
    if peek() != nil { throw failure("the text goes on after the end of its value") }
  }

  /// Passes over a value and gives its bytes.
  mutating func skipValue(depth: Int = 0) throws(JSONSyntaxError) -> Range<Int> {
    guard depth < Self.depthLimit else { throw failure("values are nested deeper than \(Self.depthLimit) levels") }
    guard let first = peek() else { throw failure("a value is expected here") }
    let start = index
    switch first {
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "{"):
      try forEachMember(depth: depth) { (cursor, _) throws(JSONSyntaxError) in
        _ = try cursor.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try forEachElement(depth: depth) { (cursor, _) throws(JSONSyntaxError) in
        _ = try cursor.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "t"): try skipWord("true")
    case UInt8(ascii: "f"): try skipWord("false")
    case UInt8(ascii: "n"): try skipWord("null")
    default: try skipNumber()
    }
    return start..<index
  }

  private mutating func skipWord(_ word: StaticString) throws(JSONSyntaxError) {
    for byte in word.description.utf8 {
      guard index < end, bytes[index] == byte else { throw failure("a value is expected here") }
      index += 1
    }
  }

  private mutating func skipNumber() throws(JSONSyntaxError) {
    if index < end, bytes[index] == UInt8(ascii: "-") { index += 1 }
    guard index < end, isDigit(bytes[index]) else { throw failure("a value is expected here") }
    if bytes[index] == UInt8(ascii: "0") {
      index += 1
      if index < end, isDigit(bytes[index]) { throw failure("a number does not begin with 0") }
    } else {
      skipDigits()
    }
    if index < end, bytes[index] == UInt8(ascii: ".") {
      index += 1
      guard index < end, isDigit(bytes[index]) else { throw failure("a digit is expected after the point") }
      skipDigits()
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      guard index < end, isDigit(bytes[index]) else { throw failure("a digit is expected in the exponent") }
      skipDigits()
    }
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  @inline(__always)
  private mutating func skipDigits() { while index < end, isDigit(bytes[index]) { index += 1 } }

  /// Passes over a string, the quotes included.
  @inline(__always)
  mutating func skipString() throws(JSONSyntaxError) {
    index += 1
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index += 1
        return
      }
      if byte == UInt8(ascii: "\\") {
        try skipEscape()
      } else if byte < 0x20 {
        throw failure("a control character stands in a string; it is written as an escape")
      } else {
        index += 1
      }
    }
    throw failure("a string is not closed")
  }

  private mutating func skipEscape() throws(JSONSyntaxError) {
    index += 1
    guard index < end else { throw failure("a string is not closed") }
    switch bytes[index] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 1
    case UInt8(ascii: "u"):
      index += 1
      for _ in 0..<4 {
        guard index < end, JSONString.hexadecimal(bytes[index]) != nil else {
          throw failure("four hexadecimal digits are expected after \\u")
        }
        index += 1
      }
    default: throw failure("there is no such escape in a string")
    }
  }

  /// Goes over an object; `body` gets the range of each key, quotes included, and must pass over its value.
  @inline(__always)
  mutating func forEachMember(
    depth: Int, _ body: (inout JSONCursor, Range<Int>) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    index += 1
    if peek() == UInt8(ascii: "}") {
      index += 1
      return
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw failure("a key in quotes is expected here") }
      let start = index
      try skipString()
      let key = start..<index
      try expect(UInt8(ascii: ":"), "':'")
      try body(&self, key)
      guard let next = peek() else { throw failure("an object is not closed") }
      guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else {
        throw failure("',' or '}' is expected here")
      }
      index += 1
      if next == UInt8(ascii: "}") { return }
    }
  }

  /// Goes over an array; `body` gets the element's index and must pass over it.
  @inline(__always)
  mutating func forEachElement(
    depth: Int, _ body: (inout JSONCursor, Int) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    index += 1
    if peek() == UInt8(ascii: "]") {
      index += 1
      return
    }
    var place = 0
    while true {
      try body(&self, place)
      place += 1
      guard let next = peek() else { throw failure("an array is not closed") }
      guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else {
        throw failure("',' or ']' is expected here")
      }
      index += 1
      if next == UInt8(ascii: "]") { return }
    }
  }
}

/// The text that a string of JSON stands for.
enum JSONString {
  /// - Parameter range: quotes included, syntax checked.
  /// - Returns: nil where an escape is half of a surrogate pair.
  static func decoded(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = range.lowerBound + 1
    let end = range.upperBound - 1
    while index < end {
      let byte = bytes[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      let kind = bytes[index]
      index += 1
      switch kind {
      case UInt8(ascii: "b"): text.append(8)
      case UInt8(ascii: "f"): text.append(12)
      case UInt8(ascii: "n"): text.append(10)
      case UInt8(ascii: "r"): text.append(13)
      case UInt8(ascii: "t"): text.append(9)
      case UInt8(ascii: "u"):
        var code = unit(bytes, index)
        index += 4
        if code >= 0xD800, code < 0xDC00, index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
          bytes[index + 1] == UInt8(ascii: "u")
        {
          let low = unit(bytes, index + 2)
          if low >= 0xDC00, low < 0xE000 {
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            index += 6
          }
        }
        guard let scalar = Unicode.Scalar(code) else { return nil }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      default: text.append(kind)
      }
    }
    return text
  }

  private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | UInt32(hexadecimal(bytes[index + $1]) ?? 0) }
  }

  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
