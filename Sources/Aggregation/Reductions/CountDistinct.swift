import Columns
import Diagnostics

/// `count_distinct(x)`: how many different values x has.
public struct CountDistinct: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "count_distinct", "count_distinct(x)", "How many different values x has; nil is not counted.", 1...1)

  public let resultType = ValueType(.int)
  private let argument: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    argument = arguments[0].type.data
  }

  public func makePartial() -> any ReductionPartial { CountDistinctPartial(argument) }
}

final class CountDistinctPartial: StatefulPartial {
  private let coder: WordCoder
  /// (group, word)
  private var pairs = ProbeTable<PairKey>()

  init(_ type: DataType) { coder = WordCoder(type) }

  func grow(to groupCount: Int) {}

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    pairs.insert(groups, coder.words(of: arguments[0]), present: arguments[0].present)
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? CountDistinctPartial else { preconditionFailure("partials of two reductions") }
    var groups: [UInt32] = []
    var words: [Int64] = []
    for pair in other.pairs.keys where mapping[Int(pair.first)] != skippedGroup {
      groups.append(mapping[Int(pair.first)])
      words.append(pair.second)
    }
    pairs.insert(groups, coder.words(of: other.coder.column(of: words, present: nil)), present: nil)
  }

  func finish(groupCount: Int) -> Column {
    var counts = [Int64](repeating: 0, count: groupCount)
    for pair in pairs.keys { counts[Int(pair.first)] += 1 }
    return Column(.ints(counts))
  }

  var valueByteCount: Int { pairs.count * 32 }

  static let stateName = "distinct values"

  func write(to writer: inout StateWriter) {
    writer.put(pairs.keys.map { UInt32($0.first) })
    writer.put(coder.column(of: pairs.keys.map(\.second), present: nil))
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    let groups = try reader.groups(below: groupCount)
    let column = try reader.column(of: coder.type)
    guard column.count == groups.count, column.present == nil else { throw StateReader.damaged }
    pairs.insert(groups, coder.words(of: column), present: nil)
  }
}
