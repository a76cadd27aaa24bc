extension DataType {
  /// The type that holds the values of both: of decimals the one with the whole digits and the decimals of either.
  ///
  /// nil where there is none.
  public func uniting(_ other: DataType) -> DataType? {
    if self == other { return self }
    guard case .decimal(let precision, let scale) = self, case .decimal(let otherPrecision, let otherScale) = other
    else { return nil }
    let widest = max(scale, otherScale)
    let digits = max(precision - scale, otherPrecision - otherScale) + widest
    return digits <= DataType.maximumPrecision ? .decimal(precision: digits, scale: widest) : nil
  }
}

extension Column {
  /// The same numbers as a decimal holds them that has room for all; any other column, and one that nobody reads, as it is.
  public func widened(to type: DataType) -> Column {
    guard case .decimal(let precision, let scale) = type else { return self }
    let isNarrow = precision <= DataType.narrowPrecision
    switch values {
    case .decimals64(let numbers, let old) where isNarrow:
      let factor = Int64(DecimalArithmetic.powerOfTen(scale - old))
      return Column(.decimals64(numbers.map { $0 * factor }, scale: scale), present: present)
    case .decimals64(let numbers, let old):
      let factor = DecimalArithmetic.powerOfTen(scale - old)
      return Column(.decimals128(numbers.map { Int128($0) * factor }, scale: scale), present: present)
    case .decimals128(let numbers, let old):
      let factor = DecimalArithmetic.powerOfTen(scale - old)
      return Column(.decimals128(numbers.map { $0 * factor }, scale: scale), present: present)
    case .ints(let numbers):  // whole numbers of a known size: their digits have room in the type
      let factor = DecimalArithmetic.powerOfTen(scale)
      return isNarrow
        ? Column(.decimals64(numbers.map { $0 * Int64(factor) }, scale: scale), present: present)
        : Column(.decimals128(numbers.map { Int128($0) * factor }, scale: scale), present: present)
    default: return self
    }
  }
}
