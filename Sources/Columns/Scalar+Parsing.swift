extension Scalar {
  /// Reads a value of a type from the characters that a person wrote, in a pipeline's parameter, an inline row or a
  /// setting; nil where they are none.
  public init?(parsing text: String, as type: DataType) {
    switch type {
    case .bool:
      guard text == "true" || text == "false" else { return nil }
      self = .bool(text == "true")
    case .int:
      guard let value = Int64(text) else { return nil }
      self = .int(value)
    case .float:
      guard let value = Double(text), value.isFinite, text.utf8.allSatisfy({ $0 < 64 || $0 == 101 || $0 == 69 }) else {
        return nil
      }
      self = .float(value)
    case .decimal(let precision, let scale):
      guard let value = ExactDecimal(text)?.rescaledExactly(to: scale), value.precision <= precision else { return nil }
      self = .decimal(value)
    case .string: self = .string(text)
    case .date:
      guard let value = CalendarDate(text) else { return nil }
      self = .date(value)
    case .timestamp:
      guard let value = Instant(text) else { return nil }
      self = .timestamp(value)
    case .list: return nil
    }
  }
}
