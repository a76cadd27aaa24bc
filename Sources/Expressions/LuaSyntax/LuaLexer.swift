/// A word of Lua.
struct LuaToken: Sendable {
  enum Kind: Equatable, Sendable {
    case name(String)
    /// A reserved word, an operator or a mark.
    case symbol(String)
    case integer(Int64)
    case float(Double, String)
    case string(String)
    case end
  }
  var kind: Kind
  var range: Range<Int>
}

/// Where a text stops being Lua: offsets and the reason.
struct LuaSyntaxError: Error {
  var message: String
  var range: Range<Int>
  var help: String?
}

/// Cuts a text into the tokens of Lua 5.4 (manual, 3.1).
struct LuaLexer {
  private let bytes: [UInt8]
  private var index: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    index = 0
    if bytes.first == UInt8(ascii: "#") { while index < bytes.count, bytes[index] != 10 { index += 1 } }
  }

  static let reserved: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// Longest first.
  private static let marks: [[UInt8]] = [
    "...", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", "..", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|", "<",
    ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".",
  ].map { Array($0.utf8) }

  mutating func tokens() throws(LuaSyntaxError) -> [LuaToken] {
    var tokens: [LuaToken] = []
    while true {
      let token = try next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private func peek(_ ahead: Int = 0) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }

  private mutating func next() throws(LuaSyntaxError) -> LuaToken {
    try skipSpaceAndComments()
    let start = index
    guard start < bytes.count else { return LuaToken(kind: .end, range: start..<start) }
    let byte = peek()
    if byte.isLetterOrUnderscore {
      while peek().isLetterOrUnderscore || peek().isDigit { index += 1 }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      return LuaToken(kind: Self.reserved.contains(word) ? .symbol(word) : .name(word), range: start..<index)
    }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit) { return try numeral() }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return try quoted() }
    if byte == UInt8(ascii: "["), let level = longBracketLevel() {
      let text = try longBracket(level, what: "string")
      return LuaToken(kind: .string(text), range: start..<index)
    }
    for mark in Self.marks where bytes[start...].starts(with: mark) {
      index += mark.count
      return LuaToken(kind: .symbol(String(decoding: mark, as: UTF8.self)), range: start..<index)
    }
    index += 1
    while peek() & 0xC0 == 0x80 { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    throw LuaSyntaxError(
      message: "'\(text)' is not part of Lua", range: start..<index,
      help: text == "!" ? "write 'not', or '~=' for 'differs from'" : nil)
  }

  /// What Lua writes for a mark of other languages.
  static func counterpart(of mark: String) -> String? {
    switch mark {
    case "&", "&&": "write 'and' where both have to hold"
    case "|", "||": "write 'or' where one has to hold"
    default: nil
    }
  }

  private mutating func skipSpaceAndComments() throws(LuaSyntaxError) {
    while index < bytes.count {
      let byte = peek()
      if byte == 32 || (9...13).contains(byte) {
        index += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        index += 2
        if peek() == UInt8(ascii: "["), let level = longBracketLevel() {
          _ = try longBracket(level, what: "comment")
        } else {
          while index < bytes.count, bytes[index] != 10 { index += 1 }
        }
      } else {
        return
      }
    }
  }

  /// The number of `=` of a long bracket that opens here.
  private func longBracketLevel() -> Int? {
    var level = 0
    while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
    return peek(1 + level) == UInt8(ascii: "[") ? level : nil
  }

  private mutating func longBracket(_ level: Int, what: String) throws(LuaSyntaxError) -> String {
    let opening = index
    index += level + 2
    if peek() == 13 { index += peek(1) == 10 ? 2 : 1 } else if peek() == 10 { index += 1 }
    let start = index
    let close = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
    while index < bytes.count {
      if bytes[index] == close[0], bytes[index...].starts(with: close) {
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        index += close.count
        return text
      }
      index += 1
    }
    throw LuaSyntaxError(message: "this \(what) is never closed", range: opening..<opening + level + 2)
  }

  private mutating func numeral() throws(LuaSyntaxError) -> LuaToken {
    let start = index
    let isHex = peek() == UInt8(ascii: "0") && (peek(1) | 32) == UInt8(ascii: "x")
    if isHex { index += 2 }
    let exponent = UInt8(ascii: isHex ? "p" : "e")
    while true {
      if (peek() | 32) == exponent {
        index += 1
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
      } else if peek().isHexDigit || peek() == UInt8(ascii: ".") {
        index += 1
      } else {
        break
      }
    }
    while peek().isLetterOrUnderscore || peek().isDigit { index += 1 }
    let range = start..<index
    let text = String(decoding: bytes[range], as: UTF8.self)
    if isHex, !text.utf8.contains(where: { $0 == UInt8(ascii: ".") || ($0 | 32) == UInt8(ascii: "p") }) {
      var value: UInt64 = 0
      for byte in text.utf8.dropFirst(2) {
        guard let digit = byte.hexValue else {
          throw LuaSyntaxError(message: "'\(text)' is not a number", range: range)
        }
        value = value &* 16 &+ UInt64(digit)  // hexadecimal integers wrap (manual, 3.1)
      }
      guard text.utf8.count > 2 else { throw LuaSyntaxError(message: "'\(text)' is not a number", range: range) }
      return LuaToken(kind: .integer(Int64(bitPattern: value)), range: range)
    }
    if text.utf8.allSatisfy(\.isDigit), let value = Int64(text) { return LuaToken(kind: .integer(value), range: range) }
    // Swift wants digits on both sides of the point and an exponent on hexadecimal floats.
    var spelled = text.hasPrefix(".") ? "0" + text : text
    if isHex, !spelled.utf8.contains(where: { ($0 | 32) == UInt8(ascii: "p") }) { spelled += "p0" }
    if let point = spelled.utf8.firstIndex(of: UInt8(ascii: ".")) {
      let after = spelled.utf8.index(after: point)
      if after == spelled.utf8.endIndex || !(isHex ? spelled.utf8[after].isHexDigit : spelled.utf8[after].isDigit) {
        spelled.insert("0", at: after)
      }
    }
    guard let value = Double(spelled) else { throw LuaSyntaxError(message: "'\(text)' is not a number", range: range) }
    return LuaToken(kind: .float(value, text), range: range)
  }

  private mutating func quoted() throws(LuaSyntaxError) -> LuaToken {
    let start = index
    let quote = peek()
    index += 1
    var content: [UInt8] = []
    while true {
      guard index < bytes.count, peek() != 10, peek() != 13 else {
        throw LuaSyntaxError(message: "this string is never closed", range: start..<index)
      }
      let byte = peek()
      index += 1
      if byte == quote { break }
      if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
    }
    return LuaToken(kind: .string(String(decoding: content, as: UTF8.self)), range: start..<index)
  }

  private mutating func escape(into content: inout [UInt8]) throws(LuaSyntaxError) {
    let start = index - 1
    let byte = peek()
    index += 1
    switch byte {
    case UInt8(ascii: "a"): content.append(7)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "v"): content.append(11)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): content.append(byte)
    case 10: content.append(10)
    case 13:
      if peek() == 10 { index += 1 }
      content.append(10)
    case UInt8(ascii: "z"): while peek() == 32 || (9...13).contains(peek()) { index += 1 }
    case UInt8(ascii: "x"):
      guard let high = peek().hexValue, let low = peek(1).hexValue else {
        throw LuaSyntaxError(message: "'\\x' takes two hexadecimal digits", range: start..<index)
      }
      content.append(UInt8(high * 16 + low))
      index += 2
    case UInt8(ascii: "u"): try unicodeEscape(from: start, into: &content)
    case _ where byte.isDigit:
      var value = Int(byte - 48)
      for _ in 0..<2 where peek().isDigit {
        value = value * 10 + Int(peek() - 48)
        index += 1
      }
      guard value <= 255 else { throw LuaSyntaxError(message: "'\\ddd' is at most 255", range: start..<index) }
      content.append(UInt8(value))
    default:
      throw LuaSyntaxError(
        message: "no such escape in a string", range: start..<min(index, bytes.count),
        help: "write '\\\\' for a backslash")
    }
  }

  private mutating func unicodeEscape(from start: Int, into content: inout [UInt8]) throws(LuaSyntaxError) {
    var value: UInt32 = 0
    var digits = 0
    guard peek() == UInt8(ascii: "{") else {
      throw LuaSyntaxError(message: "'\\u' takes a code point in braces: \\u{20AC}", range: start..<index)
    }
    index += 1
    while let digit = peek().hexValue, digits < 8 {
      value = value << 4 | UInt32(digit)
      digits += 1
      index += 1
    }
    guard digits > 0, peek() == UInt8(ascii: "}"), let scalar = Unicode.Scalar(value) else {
      throw LuaSyntaxError(message: "'\\u' takes a code point in braces: \\u{20AC}", range: start..<index)
    }
    index += 1
    content.append(contentsOf: Array(String(Character(scalar)).utf8))
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetterOrUnderscore: Bool { (self | 32) >= 97 && (self | 32) <= 122 || self == 95 }
  var isHexDigit: Bool { hexValue != nil }
  var hexValue: Int? {
    if isDigit { return Int(self) - 48 }
    let lower = self | 32
    return lower >= 97 && lower <= 102 ? Int(lower) - 87 : nil
  }
}
