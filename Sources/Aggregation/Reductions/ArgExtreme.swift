import Columns
import Diagnostics

/// `arg_max(x, by)`: x of the row in which `by` is greatest; of equal rows the first.
public struct ArgMaximum: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "arg_max", "arg_max(x, by)",
    "x of the row with the greatest by, the first of equals; rows that miss either are skipped.",
    2...2)

  public let resultType: ValueType
  private let by: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    by = try Reductions.ordered("arg_max", arguments[1].type).data
    resultType = arguments[0].type.nullable()
  }

  public func makePartial() -> any ReductionPartial { ArgExtremePartial(resultType.data, by: by, wantsGreatest: true) }
}

/// `arg_min(x, by)`: x of the row in which `by` is least; of equal rows the first.
public struct ArgMinimum: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "arg_min", "arg_min(x, by)",
    "x of the row with the least by, the first of equals; rows that miss either are skipped.",
    2...2)

  public let resultType: ValueType
  private let by: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    by = try Reductions.ordered("arg_min", arguments[1].type).data
    resultType = arguments[0].type.nullable()
  }

  public func makePartial() -> any ReductionPartial { ArgExtremePartial(resultType.data, by: by, wantsGreatest: false) }
}

final class ArgExtremePartial: StatefulPartial {
  private let wantsGreatest: Bool
  private let coder: WordCoder
  private let by: DataType
  private let texts = TextRecoder()
  private var words: [Int64] = []
  /// Position key of the chosen row; `Int128.max` where there is none.
  private var keys: [Int128] = []
  /// What the chosen row is ordered by: a word in the order of the type, or the code of a text.
  private var best: [Int128] = []

  init(_ type: DataType, by: DataType, wantsGreatest: Bool) {
    coder = WordCoder(type)
    self.by = by
    self.wantsGreatest = wantsGreatest
  }

  func grow(to groupCount: Int) {
    words.grow(to: groupCount, with: 0)
    keys.grow(to: groupCount, with: .max)
    best.grow(to: groupCount, with: 0)
  }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    let order = orderWords(arguments[1])
    let fresh = coder.numbersValues ? coder.rowMarks(groups.count) : coder.words(of: arguments[0])
    let rows = positions.keys(groups.count)
    let present = Self.both(arguments[0].present, arguments[1].present)
    Self.take(
      fresh, order, rows, groups, present, order: ordering, into: &words, &best, &keys)
    if coder.numbersValues { coder.settle(&words, groups, arguments[0]) }
  }

  private static func both(_ left: [Bool]?, _ right: [Bool]?) -> [Bool]? {
    guard let left, let right else { return left ?? right }
    return left.indices.map { left[$0] && right[$0] }
  }

  private func orderWords(_ column: Column) -> [Int128] {
    switch column.values {
    case .texts(let values): return texts.words(of: values, present: column.present).map { Int128($0) }
    case .decimals64, .decimals128: return OrderedWord.wideWords(column)
    default: return OrderedWord.words(column).map { Int128($0) }
    }
  }

  private struct Ordering {
    /// Of texts, whose words are codes and have no order.
    var dictionary: TextDictionary?
    var wantsGreatest: Bool

    /// -1, 0 or 1, in the wanted direction.
    @inline(__always)
    func compare(_ left: Int128, _ right: Int128) -> Int {
      if left == right { return 0 }
      let order = dictionary?.compare(Int(left), Int(right)) ?? (left < right ? -1 : 1)
      return wantsGreatest ? -order : order
    }
  }

  private var ordering: Ordering {
    Ordering(dictionary: by == .string ? texts.dictionary : nil, wantsGreatest: wantsGreatest)
  }

  private static func take(
    _ freshWords: [Int64], _ freshBest: [Int128], _ freshKeys: [Int128], _ groups: [UInt32], _ present: [Bool]?,
    order: Ordering, into words: inout [Int64], _ best: inout [Int128], _ keys: inout [Int128]
  ) {
    precondition(freshWords.count == groups.count && freshBest.count == groups.count)
    for row in groups.indices {
      if let present, !present[row] { continue }
      let group = Int(groups[row])
      if keys[group] < .max {
        let comparison = order.compare(freshBest[row], best[group])
        if comparison > 0 || (comparison == 0 && freshKeys[row] > keys[group]) { continue }
      }
      keys[group] = freshKeys[row]
      best[group] = freshBest[row]
      words[group] = freshWords[row]
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? ArgExtremePartial else { preconditionFailure("partials of two reductions") }
    let theirs = other.finish(groupCount: mapping.count).taking(mapping)
    var order = other.best
    if by == .string {
      for group in order.indices where theirs.isPresent(group) {
        order[group] = Int128(
          other.texts.dictionary.withBytes(of: Int(order[group])) { texts.dictionary.code(for: $0) })
      }
    }
    let fresh = coder.words(of: theirs)
    Self.take(
      fresh, order, other.keys, mapping, theirs.present, order: ordering, into: &words, &best, &keys)
  }

  func finish(groupCount: Int) -> Column {
    let set = keys.prefix(groupCount).map { $0 < .max }
    return coder.column(of: Array(words.prefix(groupCount)), present: set.contains(false) ? set : nil)
  }

  static let stateName = "arg extreme"

  func write(to writer: inout StateWriter) {
    writer.put(keys)
    writer.put(finish(groupCount: keys.count))
    guard by == .string else {
      writer.put(best)
      return
    }
    let set = keys.map { $0 < .max }
    writer.put(Column(.texts(TextValues(best.indices.map { set[$0] ? texts.dictionary.string(Int(best[$0])) : "" }))))
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    keys = try reader.array(count: groupCount)
    let column = try reader.column(of: coder.type)
    guard column.count == groupCount else { throw StateReader.damaged }
    words = coder.words(of: column)
    guard by == .string else {
      best = try reader.array(count: groupCount)
      return
    }
    let order = try reader.column(of: .string)
    guard order.count == groupCount else { throw StateReader.damaged }
    best = orderWords(order)
  }
}
