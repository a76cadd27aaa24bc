import Columns

extension CellReader {
  /// The elements of a list, each read as this reader's type.
  func list(_ text: Span<UInt8>, separator: [UInt8]) -> CellOutcome<[Scalar]> {
    if text.count == 0 { return .value([]) }
    var elements: [Scalar] = []
    var start = 0
    var index = 0
    while true {
      let isEnd = index >= text.count
      let isCut =
        !isEnd && !separator.isEmpty && index + separator.count <= text.count
        && separator.indices.allSatisfy { text[index + $0] == separator[$0] }
      if isEnd || isCut {
        switch scalar(text.extracting(start..<index)) {
        case .value(let value): elements.append(value)
        case .missing: elements.append(.missing)
        case .bad(let code, let message): return .bad(code, message)
        }
        if isEnd { return .value(elements) }
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
  }

  /// A value of this reader's type.
  func scalar(_ text: Span<UInt8>) -> CellOutcome<Scalar> {
    switch reading.type.data {
    case .bool: bool(text).map { .bool($0) }
    case .int: int(text).map { .int($0) }
    case .float: float(text).map { .float($0) }
    case .decimal(let precision, let scale):
      decimal(text, precision: precision, scale: scale).map { .decimal(ExactDecimal(coefficient: $0, scale: scale)) }
    case .string: .value(.string(String(decoding: text.indices.map { text[$0] }, as: UTF8.self)))
    case .date: date(text).map { .date(CalendarDate(days: $0)) }
    case .timestamp: timestamp(text).map { .timestamp(Instant(microseconds: $0)) }
    case .list: .bad(.badCell, "a list of lists is not supported")
    }
  }
}
