import Columns

@testable import Formats

/// The slow, readable twin of the reader of lines of JSON: one line after the other, one character after the other (RFC 8259).
struct ReferenceLines {
  indirect enum Value {
    case null
    case bool(Bool)
    /// Its characters.
    case number(String)
    /// nil where an escape is half of a surrogate pair.
    case string([UInt8]?)
    case array([Value])
    case object([(key: [UInt8]?, value: Value)])
  }

  struct NotJSON: Error {}

  struct Row {
    var start: Int
    /// nil where the line is no JSON.
    var value: Value?
  }

  /// The lines that are not blank, with where their first character stands.
  static func rows(_ text: [UInt8]) -> [Row] {
    var rows: [Row] = []
    var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 10) ?? text.count
      let line = Array(text[start..<end])
      if let first = line.firstIndex(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
        rows.append(Row(start: start + first, value: try? parse(line)))
      }
      start = end + 1
    }
    return rows
  }

  private static func parse(_ line: [UInt8]) throws -> Value {
    guard String(validating: line, as: UTF8.self) != nil else { throw NotJSON() }
    var reader = ReferenceLines(bytes: line)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.index == line.count else { throw NotJSON() }
    return value
  }

  private let bytes: [UInt8]
  private var index = 0

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
  }

  private mutating func take(_ text: String) throws {
    for byte in text.utf8 {
      guard next == byte else { throw NotJSON() }
      index += 1
    }
  }

  private mutating func value(depth: Int) throws -> Value {
    guard depth < 512 else { throw NotJSON() }
    skipSpace()
    switch next {
    case UInt8(ascii: "n"):
      try take("null")
      return .null
    case UInt8(ascii: "t"):
      try take("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try take("false")
      return .bool(false)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "["): return .array(try list(open: "[", close: "]") { try $0.value(depth: depth + 1) })
    case UInt8(ascii: "{"):
      return .object(
        try list(open: "{", close: "}") { reader in
          reader.skipSpace()
          guard reader.next == UInt8(ascii: "\"") else { throw NotJSON() }
          let key = try reader.string()
          reader.skipSpace()
          try reader.take(":")
          return (key: key, value: try reader.value(depth: depth + 1))
        })
    default: return .number(try number())
    }
  }

  private mutating func list<Item>(
    open: String, close: String, _ item: (inout ReferenceLines) throws -> Item
  ) throws -> [Item] {
    try take(open)
    skipSpace()
    if next == close.utf8.first {
      index += 1
      return []
    }
    var items: [Item] = []
    while true {
      items.append(try item(&self))
      skipSpace()
      if next == close.utf8.first {
        index += 1
        return items
      }
      try take(",")
    }
  }

  /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
  private mutating func number() throws -> String {
    let start = index
    if next == UInt8(ascii: "-") { index += 1 }
    let whole = try digits()
    if whole.count > 1, whole.first == UInt8(ascii: "0") { throw NotJSON() }
    if next == UInt8(ascii: ".") {
      index += 1
      _ = try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      index += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
      _ = try digits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() throws -> ArraySlice<UInt8> {
    let start = index
    while let byte = next, (48...57).contains(byte) { index += 1 }
    guard index > start else { throw NotJSON() }
    return bytes[start..<index]
  }

  private mutating func string() throws -> [UInt8]? {
    try take("\"")
    var units: [UInt16] = []
    var plain: [UInt8] = []
    func flush() { units += Array(String(decoding: plain, as: UTF8.self).utf16) }
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        flush()
        return Self.utf8(units)
      case UInt8(ascii: "\\"):
        flush()
        plain = []
        units.append(try escape())
      case 0..<0x20: throw NotJSON()
      default: plain.append(byte)
      }
    }
    throw NotJSON()
  }

  private mutating func escape() throws -> UInt16 {
    guard let kind = next else { throw NotJSON() }
    index += 1
    switch kind {
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(kind)
    case UInt8(ascii: "u"):
      let end = index + 4
      guard end <= bytes.count, bytes[index..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
        throw NotJSON()
      }
      defer { index = end }
      return UInt16(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16)!
    default: throw NotJSON()
    }
  }

  private static func utf8(_ units: [UInt16]) -> [UInt8]? {
    String(validating: units, as: UTF16.self).map { Array($0.utf8) }
  }
}

extension ReferenceLines.Value {
  /// The member of an object; of several of one name the last.
  func member(_ name: String) -> ReferenceLines.Value? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == Array(name.utf8) }?.value
  }
}
