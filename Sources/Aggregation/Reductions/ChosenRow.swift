import Columns
import Diagnostics

/// `first(x)`: the value of the first row, in the order of the stage, in which x has one.
public struct First: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "first", "first(x)", "The first value of x in the order of the rows; nil of nothing.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = arguments[0].type.nullable()
  }

  public func makePartial() -> any ReductionPartial { EndPartial(resultType.data, wantsLast: false) }
}

/// `last(x)`: the value of the last row in which x has one.
public struct Last: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "last", "last(x)", "The last value of x in the order of the rows; nil of nothing.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = arguments[0].type.nullable()
  }

  public func makePartial() -> any ReductionPartial { EndPartial(resultType.data, wantsLast: true) }
}

final class EndPartial: StatefulPartial {
  private let wantsLast: Bool
  private let coder: WordCoder
  private var words: [Int64] = []
  /// Position key of the chosen row; `unset` where there is none.
  private var keys: [Int128] = []
  private let unset: Int128

  init(_ type: DataType, wantsLast: Bool) {
    coder = WordCoder(type)
    self.wantsLast = wantsLast
    unset = wantsLast ? .min : .max
  }

  func grow(to groupCount: Int) {
    words.grow(to: groupCount, with: 0)
    keys.grow(to: groupCount, with: unset)
  }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    let rows = positions.keys(groups.count)
    let column = arguments[0]
    if coder.numbersValues {
      let marks = coder.rowMarks(groups.count)
      Self.take(marks, rows, groups, column.present, wantsLast: wantsLast, into: &words, &keys)
      coder.settle(&words, groups, column)
    } else {
      Self.take(coder.words(of: column), rows, groups, column.present, wantsLast: wantsLast, into: &words, &keys)
    }
  }

  private static func take(
    _ fresh: [Int64], _ freshKeys: [Int128], _ groups: [UInt32], _ present: [Bool]?, wantsLast: Bool,
    into words: inout [Int64], _ keys: inout [Int128]
  ) {
    precondition(fresh.count == groups.count)
    var slots = words.mutableSpan
    var chosen = keys.mutableSpan
    for row in groups.indices {
      if let present, !present[row] { continue }
      let group = Int(groups[row])
      let key = freshKeys[row]
      if wantsLast ? key > chosen[group] : key < chosen[group] {
        chosen[group] = key
        slots[group] = fresh[row]
      }
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? EndPartial else { preconditionFailure("partials of two reductions") }
    let theirs = other.finish(groupCount: mapping.count).taking(mapping)
    Self.take(
      coder.words(of: theirs), other.keys, mapping, theirs.present, wantsLast: wantsLast, into: &words, &keys)
  }

  func finish(groupCount: Int) -> Column {
    let set = keys.prefix(groupCount).map { $0 != unset }
    return coder.column(of: Array(words.prefix(groupCount)), present: set.contains(false) ? set : nil)
  }

  static let stateName = "end"

  func write(to writer: inout StateWriter) {
    writer.put(keys)
    writer.put(finish(groupCount: keys.count))
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    keys = try reader.array(count: groupCount)
    let column = try reader.column(of: coder.type)
    guard column.count == groupCount else { throw StateReader.damaged }
    words = coder.words(of: column)
  }
}
