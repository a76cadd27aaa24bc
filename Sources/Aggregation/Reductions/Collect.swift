import Columns
import Diagnostics

/// `list(x)`: the values of x in the order of the rows.
public struct Collect: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "list", "list(x)", "The values of x in the order of the rows, without nil.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    let type = arguments[0].type
    if case .list = type.data { throw Reductions.wrongType("list", takes: "a single value", not: type) }
    resultType = ValueType(.list(type.data), unit: type.unit)
  }

  public func makePartial() -> any ReductionPartial {
    guard case .list(let element) = resultType.data else { preconditionFailure("list makes lists") }
    return CollectPartial(element)
  }
}

final class CollectPartial: StatefulPartial {
  private let coder: WordCoder
  private var groups: [UInt32] = []
  private var words: [Int64] = []
  private var keys: [Int128] = []

  init(_ type: DataType) { coder = WordCoder(type) }

  func grow(to groupCount: Int) {}

  func add(_ arguments: [Column], groups freshGroups: [UInt32], positions: RowPositions) {
    let fresh = coder.words(of: arguments[0])
    let freshKeys = positions.keys(fresh.count)
    guard let present = arguments[0].present else {
      groups += freshGroups
      words += fresh
      keys += freshKeys
      return
    }
    let rows = fresh.indices.filter { present[$0] }
    groups.append(contentsOf: rows.lazy.map { freshGroups[$0] })
    words.append(contentsOf: rows.lazy.map { fresh[$0] })
    keys.append(contentsOf: rows.lazy.map { freshKeys[$0] })
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? CollectPartial else { preconditionFailure("partials of two reductions") }
    let taken = other.groups.indices.filter { mapping[Int(other.groups[$0])] != skippedGroup }
    words += coder.words(of: other.coder.column(of: taken.map { other.words[$0] }, present: nil))
    keys.append(contentsOf: taken.lazy.map { other.keys[$0] })
    groups.append(contentsOf: taken.lazy.map { mapping[Int(other.groups[$0])] })
  }

  func finish(groupCount: Int) -> Column {
    let (groups, words, keys) = (groups, words, keys)
    let order = words.indices.sorted {
      groups[$0] != groups[$1] ? groups[$0] < groups[$1] : keys[$0] < keys[$1]
    }
    var ends = [Int](repeating: 0, count: groupCount)
    for group in groups { ends[Int(group)] += 1 }
    for group in 1..<max(1, groupCount) { ends[group] += ends[group - 1] }
    return Column(.lists(ListValues(ends: ends, elements: coder.column(of: order.map { words[$0] }, present: nil))))
  }

  var valueByteCount: Int { words.count * 28 }

  static let stateName = "list"

  func write(to writer: inout StateWriter) {
    writer.put(groups)
    writer.put(keys)
    writer.put(coder.column(of: words, present: nil))
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    groups = try reader.groups(below: groupCount)
    keys = try reader.array(count: groups.count)
    let column = try reader.column(of: coder.type)
    guard column.count == groups.count, column.present == nil else { throw StateReader.damaged }
    words = coder.words(of: column)
  }
}
