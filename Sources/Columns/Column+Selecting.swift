import Memory

extension Column {
  /// The rows of `indices`, in that order. Dictionaries are shared, not copied.
  public func gathered(_ indices: [Int32]) -> Column {
    if isUnread { return self }
    return Column(values.gathered(indices), present: present.map { Column.gather($0, indices) })
  }

  /// Stands for a column that no later step looks at: it was never parsed and has no rows.
  public static let unread = Column(.bools([]))

  public var isUnread: Bool {
    if case .bools(let values) = values { values.isEmpty } else { false }
  }

  /// Like `gathered`, with -1 for a row that has no value.
  public func gatheredOrMissing(_ indices: [Int32]) -> Column {
    guard indices.contains(-1) else { return gathered(indices) }
    guard count > 0 else { return values.missing(indices.count) }
    let safe = indices.map { max($0, 0) }
    var result = gathered(safe)
    var mask = result.present ?? [Bool](repeating: true, count: indices.count)
    for row in indices.indices where indices[row] < 0 { mask[row] = false }
    result.present = mask
    return result
  }

  static func gather<Element: BitwiseCopyable>(_ values: [Element], _ indices: [Int32]) -> [Element] {
    Memory.gathered(values, at: indices)
  }

  /// A column of a type in which every row is missing.
  public static func missing(_ count: Int, of type: DataType) -> Column {
    Column([Scalar](repeating: .missing, count: count), of: type)
  }

  /// One value repeated.
  public static func constant(_ scalar: Scalar, count: Int, of type: DataType) -> Column {
    if count == 0 { return Column([], of: type) }
    return Column([scalar], of: type).gathered([Int32](repeating: 0, count: count))
  }
}

extension [Int32] {
  /// The row numbers at which the mask is true.
  public init(rowsWhere mask: [Bool]) {
    self = places(whereTrue: mask)
  }
}

extension Column.Values {
  func gathered(_ indices: [Int32]) -> Column.Values {
    switch self {
    case .bools(let values): .bools(Column.gather(values, indices))
    case .ints(let values): .ints(Column.gather(values, indices))
    case .floats(let values): .floats(Column.gather(values, indices))
    case .decimals64(let values, let scale): .decimals64(Column.gather(values, indices), scale: scale)
    case .decimals128(let values, let scale): .decimals128(Column.gather(values, indices), scale: scale)
    case .texts(let values): .texts(values.gathered(indices))
    case .dates(let values): .dates(Column.gather(values, indices))
    case .timestamps(let values): .timestamps(Column.gather(values, indices))
    case .lists(let values): .lists(values.gathered(indices))
    }
  }

  func missing(_ count: Int) -> Column {
    let type: DataType =
      switch self {
      case .bools: .bool
      case .ints: .int
      case .floats: .float
      case .decimals64(_, let scale):
        .decimal(precision: DataType.narrowPrecision, scale: min(scale, DataType.narrowPrecision))
      case .decimals128(_, let scale): .decimal(scale: scale)
      case .texts: .string
      case .dates: .date
      case .timestamps: .timestamp
      case .lists: .list(.string)
      }
    var result = Column.missing(count, of: type)
    if case .lists(let lists) = self {
      result.values = .lists(ListValues(ends: [Int](repeating: 0, count: count), elements: lists.element.gathered([])))
    }
    if case .decimals64(_, let scale) = self {
      result.values = .decimals64([Int64](repeating: 0, count: count), scale: scale)
    }
    return result
  }
}

extension TextValues {
  func gathered(_ indices: [Int32]) -> TextValues {
    switch self {
    case .coded(let codes, let dictionary): return .coded(Column.gather(codes, indices), dictionary)
    case .plain(let ends, let bytes):
      var newEnds: [Int] = []
      newEnds.reserveCapacity(indices.count)
      var newBytes: [UInt8] = []
      for index in indices {
        let row = Int(index)
        newBytes.append(contentsOf: bytes[(row == 0 ? 0 : ends[row - 1])..<ends[row]])
        newEnds.append(newBytes.count)
      }
      return .plain(ends: newEnds, bytes: newBytes)
    }
  }
}

extension ListValues {
  func gathered(_ indices: [Int32]) -> ListValues {
    var newEnds: [Int] = []
    var elementRows: [Int32] = []
    for index in indices {
      for row in range(of: Int(index)) { elementRows.append(Int32(row)) }
      newEnds.append(elementRows.count)
    }
    return ListValues(ends: newEnds, elements: element.gathered(elementRows))
  }
}
