import Columns
import Diagnostics

/// `median(x)`: the quantile at one half.
public struct Median: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "median", "median(x)", "The middle value of x, or the mean of the two in the middle; nil of nothing.", 1...1)

  public let resultType: ValueType
  private let argument: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.exactFraction("median", of: arguments[0].type)
    argument = arguments[0].type.data
  }

  public func makePartial() -> any ReductionPartial {
    QuantilePartial(argument, at: ExactDecimal(coefficient: 5, scale: 1))
  }
}

/// `quantile(x, q)`: linear interpolation between the two values around place `q * (n - 1)` (Hyndman and Fan, 1996, type 7), exact and rounded once.
public struct Quantile: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "quantile", "quantile(x, q)", "The value below which a share q of x lies, interpolated; nil of nothing.", 2...2)

  public let resultType: ValueType
  private let argument: DataType
  private let share: ExactDecimal

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.exactFraction("quantile", of: arguments[0].type)
    argument = arguments[0].type.data
    let share: ExactDecimal? =
      switch arguments[1].constant {
      case .decimal(let value): value.normalized
      case .int(let value): ExactDecimal(value)
      case .float(let value): ExactDecimal(value.description)?.normalized
      default: nil
      }
    guard let share, share >= ExactDecimal(0), share <= ExactDecimal(1), share.scale <= 15 else {
      throw ReductionProblem(.wrongValue, "quantile takes a constant share from 0 to 1, of at most 15 decimals: 0.95")
    }
    self.share = share
  }

  public func makePartial() -> any ReductionPartial { QuantilePartial(argument, at: share) }
}

final class QuantilePartial: StatefulPartial {
  private let argument: DataType
  private let share: ExactDecimal
  private let isWide: Bool
  /// Batches whose words all fit 32 bits: most prices do, and take two thirds of the room.
  private var narrowValues = GroupedValues<Int32>()
  private var values = GroupedValues<Int64>()
  private var wideValues = GroupedValues<Int128>()

  init(_ argument: DataType, at share: ExactDecimal) {
    self.argument = argument
    self.share = share
    if case .decimal(let precision, _) = argument {
      isWide = precision > DataType.narrowPrecision
    } else {
      isWide = false
    }
  }

  func grow(to groupCount: Int) {}

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    let column = arguments[0]
    if isWide {
      wideValues.add(OrderedWord.wideWords(column), groups: groups, present: column.present)
    } else {
      add(OrderedWord.words(column), groups, column.present)
    }
  }

  private func add(_ words: [Int64], _ groups: [UInt32], _ present: [Bool]?) {
    var outside: Int64 = 0
    for word in words { outside |= word ^ Int64(Int32(truncatingIfNeeded: word)) }
    if outside == 0 {
      narrowValues.add(words.map { Int32(truncatingIfNeeded: $0) }, groups: groups, present: present)
    } else {
      values.add(words, groups: groups, present: present)
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? QuantilePartial else { preconditionFailure("partials of two reductions") }
    narrowValues.merge(other.narrowValues, mapping: mapping)
    values.merge(other.values, mapping: mapping)
    wideValues.merge(other.wideValues, mapping: mapping)
  }

  func finish(groupCount: Int) throws -> Column { try finish(groupCount: groupCount, workers: 1) }

  func finish(groupCount: Int, workers: Int) throws -> Column {
    let selection = QuantileSelection(argument: argument, share: share)
    if isWide { return try selection.column(wideValues, groupCount, workers) }
    if values.count == 0 { return try selection.column(narrowValues, groupCount, workers) }
    var all = values
    all.merge(narrowValues.widened(), mapping: (0..<UInt32(groupCount)).map { $0 })
    return try selection.column(all, groupCount, workers)
  }

  var valueByteCount: Int { narrowValues.byteCount + values.byteCount + wideValues.byteCount }

  static let stateName = "quantile"

  func write(to writer: inout StateWriter) {
    writer.put(narrowValues.groups)
    writer.put(narrowValues.words)
    writer.put(values.groups)
    writer.put(values.words)
    writer.put(wideValues.groups)
    writer.put(wideValues.words)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    let narrowGroups = try reader.groups(below: groupCount)
    narrowValues = GroupedValues(groups: narrowGroups, words: try reader.array(count: narrowGroups.count))
    let groups = try reader.groups(below: groupCount)
    values = GroupedValues(groups: groups, words: try reader.array(count: groups.count))
    let wideGroups = try reader.groups(below: groupCount)
    wideValues = GroupedValues(groups: wideGroups, words: try reader.array(count: wideGroups.count))
  }
}
