import Columns

/// Writes batches as one JSON array of objects, a row a line.
///
/// Decimals are numbers with all their digits (at least those of their unit), or strings by option; dates and times are strings, lists arrays.
public struct JSONRowsEncoder: Sendable {
  private let keys: [[UInt8]]
  private let texts: [ValueText]
  private let decimalsAsStrings: Bool
  private var hasRows = false
  /// What stands before each row.
  private let indent: [UInt8]

  /// - Parameter minimumDecimals: by the symbol of the unit.
  public init(
    schema: Schema, minimumDecimals: [String: Int] = [:], decimalsAsStrings: Bool = false, indent: String = "  "
  ) {
    keys = schema.names.map { name in
      var bytes: [UInt8] = []
      JSONText.append(name, to: &bytes)
      bytes.append(contentsOf: ": ".utf8)
      return bytes
    }
    texts = schema.fields.map { ValueText($0.type, minimums: minimumDecimals) }
    self.decimalsAsStrings = decimalsAsStrings
    self.indent = Array(indent.utf8)
  }

  public func begin(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "[")) }

  public mutating func append(_ batch: Batch, to bytes: inout [UInt8]) {
    precondition(batch.columns.count == texts.count)
    for row in 0..<batch.count {
      if hasRows { bytes.append(UInt8(ascii: ",")) }
      hasRows = true
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: indent)
      bytes.append(UInt8(ascii: "{"))
      for index in texts.indices {
        if index > 0 { bytes.append(contentsOf: ", ".utf8) }
        bytes.append(contentsOf: keys[index])
        append(batch.columns[index], row, texts[index], to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Closes the array. The document's last line feed is the caller's.
  public func end(_ bytes: inout [UInt8]) {
    if hasRows {
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: indent.dropLast(2))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private func append(_ column: Column, _ row: Int, _ text: ValueText, to bytes: inout [UInt8]) {
    guard column.isPresent(row) else {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    switch column.values {
    case .texts(let values): values.withBytes(of: row) { JSONText.append($0, to: &bytes) }
    case .lists(let lists):
      bytes.append(UInt8(ascii: "["))
      for (place, element) in lists.range(of: row).enumerated() {
        if place > 0 { bytes.append(contentsOf: ", ".utf8) }
        append(lists.element, element, text, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .dates, .timestamps:
      appendQuoted(column.values, row, text, to: &bytes)
    case .decimals64, .decimals128:
      if decimalsAsStrings {
        appendQuoted(column.values, row, text, to: &bytes)
      } else {
        text.append(column.values, row, to: &bytes)
      }
    case .floats(let values) where !values[row].isFinite: bytes.append(contentsOf: "null".utf8)
    default: text.append(column.values, row, to: &bytes)
    }
  }

  private func appendQuoted(_ values: Column.Values, _ row: Int, _ text: ValueText, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    text.append(values, row, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Strings of JSON.
enum JSONText {
  static func append(_ text: String, to bytes: inout [UInt8]) { append(Array(text.utf8).span, to: &bytes) }

  /// Writes UTF-8 as it is, with the escapes that RFC 8259 demands.
  static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
