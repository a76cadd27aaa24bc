import Columns

/// Writes batches as CSV: a header, line feeds, quotes only where they are needed, nothing for nil and `""` for the empty text.
///
/// Decimals show at least the digits of their unit and beyond them no zero at the end. Lists are joined by `|`.
public struct CSVEncoder: Sendable {
  private let names: [String]
  private let texts: [ValueText]
  private let delimiter: UInt8
  private static let quote = UInt8(ascii: "\"")

  /// - Parameter minimumDecimals: by the symbol of the unit.
  public init(schema: Schema, minimumDecimals: [String: Int] = [:], delimiter: UInt8 = UInt8(ascii: ",")) {
    names = schema.names
    texts = schema.fields.map { ValueText($0.type, minimums: minimumDecimals) }
    self.delimiter = delimiter
  }

  public func appendHeader(to bytes: inout [UInt8]) { appendRow(names, to: &bytes) }

  /// A row of texts that stand for themselves: headers, the cells of a quarantine.
  public func appendRow(_ cells: [String], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(delimiter) }
      let first = bytes.count
      bytes.append(contentsOf: cell.utf8)
      protect(from: first, in: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  public func append(_ batch: Batch, to bytes: inout [UInt8]) {
    precondition(batch.columns.count == texts.count)
    for row in 0..<batch.count {
      for index in texts.indices {
        if index > 0 { bytes.append(delimiter) }
        let column = batch.columns[index]
        guard column.isPresent(row) else { continue }
        append(column.values, row, texts[index], to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  private func append(_ values: Column.Values, _ row: Int, _ text: ValueText, to bytes: inout [UInt8]) {
    let first = bytes.count
    switch values {
    case .texts:
      text.append(values, row, to: &bytes)
      if bytes.count == first {
        bytes.append(contentsOf: [Self.quote, Self.quote])
      } else {
        protect(from: first, in: &bytes)
      }
    case .lists(let lists):
      for (place, element) in lists.range(of: row).enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: "|")) }
        if lists.element.isPresent(element) { text.append(lists.element.values, element, to: &bytes) }
      }
      if bytes.count == first {
        bytes.append(contentsOf: [Self.quote, Self.quote])
      } else {
        protect(from: first, in: &bytes)
      }
    default: text.append(values, row, to: &bytes)
    }
  }

  /// Puts quotes around what begins at `first`, where it could be misread without.
  private func protect(from first: Int, in bytes: inout [UInt8]) {
    var needsQuotes = false
    var quotes = 0
    for index in first..<bytes.count {
      let byte = bytes[index]
      if byte == Self.quote { quotes += 1 }
      if byte == Self.quote || byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        needsQuotes = true
      }
    }
    guard needsQuotes else { return }
    let text = Array(bytes[first...])
    bytes.removeSubrange(first...)
    bytes.append(Self.quote)
    for byte in text {
      if byte == Self.quote { bytes.append(Self.quote) }
      bytes.append(byte)
    }
    bytes.append(Self.quote)
  }
}
