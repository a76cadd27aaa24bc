import Columns
import Diagnostics

/// `lag(x, n = 1, default)`: x of the row n before in the partition's order.
public struct Lag: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "lag", "lag(x, n, default)", "x of the row before, or n rows before; nil or the default where there is none.", 1...3
  )
  public let resultType: ValueType
  private let distance: Int

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    (resultType, distance) = try Shifting.resolve("lag", arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    Shifting.shifted(partitions, Shifting.widened(arguments, to: resultType.data), by: -distance)
  }
}

/// `lead(x, n = 1, default)`: x of the row n after.
public struct Lead: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "lead", "lead(x, n, default)", "x of the row after, or n rows after; nil or the default where there is none.", 1...3
  )
  public let resultType: ValueType
  private let distance: Int

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    (resultType, distance) = try Shifting.resolve("lead", arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    Shifting.shifted(partitions, Shifting.widened(arguments, to: resultType.data), by: distance)
  }
}

enum Shifting {
  static func resolve(_ name: String, _ arguments: [ArgumentType]) throws(ReductionProblem) -> (ValueType, Int) {
    let type = arguments[0].type
    let distance = arguments.count > 1 ? try WindowFunctions.constantCount(name, arguments[1], least: 0) : 1
    guard arguments.count > 2 else { return (type.nullable(), distance) }
    let standard = arguments[2]
    guard let data = type.data.uniting(dataType(of: standard, beside: type.data)) else {
      throw ReductionProblem(
        .typeMismatch, "\(name) of \(type.data) takes a default of the same type, not \(standard.type.data)")
    }
    // A numeral takes the unit of what it stands for.
    guard standard.type.unit == type.unit || standard.constant != nil && standard.type.unit == .none else {
      throw ReductionProblem(.unitMismatch, "\(name) takes a default of the unit of its first argument")
    }
    return (
      ValueType(data, unit: type.unit, isNullable: type.isNullable || standard.type.isNullable), distance
    )
  }

  /// The type of a default; a whole number beside decimals is one of them.
  private static func dataType(of standard: ArgumentType, beside data: DataType) -> DataType {
    guard data.isDecimal, case .int(let value) = standard.constant else { return standard.type.data }
    return .decimal(precision: String(value.magnitude).utf8.count, scale: 0)
  }

  /// The arguments with values and default of one type; the distance is not looked at.
  static func widened(_ arguments: [Column], to type: DataType) -> [Column] {
    guard arguments.count > 2 else { return arguments }
    return [arguments[0].widened(to: type), arguments[1], arguments[2].widened(to: type)]
  }

  static func shifted(_ partitions: Partitions, _ arguments: [Column], by distance: Int) -> Column {
    let hasDefault = arguments.count > 2
    let count = partitions.rowCount
    var sources = [Int32](repeating: -1, count: count)
    for range in partitions.ranges {
      for place in range {
        let row = partitions.rows[place]
        if range.contains(place + distance) {
          sources[Int(row)] = partitions.rows[place + distance]
        } else if hasDefault {
          // The default's rows stand behind those of x.
          sources[Int(row)] = Int32(count) + row
        }
      }
    }
    let values =
      hasDefault ? Column.concatenated([arguments[0], arguments[2]]) : arguments[0]
    return values.gatheredOrMissing(sources)
  }
}

/// `first_value(x)`: x of the first row of the partition.
public struct FirstValue: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "first_value", "first_value(x)", "x of the first row.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = arguments[0].type
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    var sources = [Int32](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      for place in range { sources[Int(partitions.rows[place])] = partitions.rows[range.lowerBound] }
    }
    return arguments[0].gathered(sources)
  }
}

/// `last_value(x)`: x of the last row of the whole partition.
public struct LastValue: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "last_value", "last_value(x)", "x of the last row.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = arguments[0].type
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    Self.spread(partitions, arguments[0])
  }

  /// The last row's value in every row of its partition.
  static func spread(_ partitions: Partitions, _ column: Column) -> Column {
    var sources = [Int32](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      for place in range { sources[Int(partitions.rows[place])] = partitions.rows[range.upperBound - 1] }
    }
    return column.gathered(sources)
  }
}
