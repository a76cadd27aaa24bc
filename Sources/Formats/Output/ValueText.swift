import Columns

/// How the values of one column are written; told once a column, not once a value.
struct ValueText: Sendable {
  /// Decimals that a report shows at least.
  let minimumDecimals: Int

  /// - Parameter minimums: by the symbol of the unit.
  init(_ type: ValueType, minimums: [String: Int]) {
    minimumDecimals = type.unit.singleSymbol.flatMap { minimums[$0] } ?? 0
  }

  /// Writes a value that is present and is neither a text nor a list.
  func append(_ values: Column.Values, _ row: Int, to bytes: inout [UInt8]) {
    switch values {
    case .bools(let values): bytes.append(contentsOf: (values[row] ? "true" : "false").utf8)
    case .ints(let values):
      DecimalText.append(Int128(values[row]), scale: 0, minimumDecimals: minimumDecimals, to: &bytes)
    case .floats(let values): bytes.append(contentsOf: FloatText.string(values[row]).utf8)
    case .decimals64(let values, let scale):
      DecimalText.append(Int128(values[row]), scale: scale, minimumDecimals: minimumDecimals, to: &bytes)
    case .decimals128(let values, let scale):
      DecimalText.append(values[row], scale: scale, minimumDecimals: minimumDecimals, to: &bytes)
    case .dates(let values): CalendarDate(days: values[row]).append(to: &bytes)
    case .timestamps(let values): Instant(microseconds: values[row]).append(to: &bytes)
    case .texts(let values):
      values.withBytes(of: row) { text in for index in text.indices { bytes.append(text[index]) } }
    case .lists: break
    }
  }
}
