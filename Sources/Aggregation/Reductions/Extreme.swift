import Columns
import Diagnostics

/// `min(x)`: the least value. Texts compare by bytes, false is less than true.
public struct Minimum: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "min", "min(x)", "The least value of x; nil of nothing.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.ordered("min", arguments[0].type).nullable()
  }

  public func makePartial() -> any ReductionPartial { ExtremePartial(resultType.data, wantsGreatest: false) }
}

/// `max(x)`: the greatest value.
public struct Maximum: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "max", "max(x)", "The greatest value of x; nil of nothing.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.ordered("max", arguments[0].type).nullable()
  }

  public func makePartial() -> any ReductionPartial { ExtremePartial(resultType.data, wantsGreatest: true) }
}

extension Reductions {
  /// The type itself, where its values have an order.
  static func ordered(_ name: String, _ type: ValueType) throws(ReductionProblem) -> ValueType {
    if case .list = type.data { throw wrongType(name, takes: "what has an order", not: type) }
    return type
  }
}

/// The least or greatest value of each group, of any type that has an order.
///
/// Values become 64-bit words in the order of their type; the greatest of a word is the least of its complement, so one loop serves both. Wide decimals
/// have 128-bit words; texts are compared by bytes.
final class ExtremePartial: StatefulPartial {
  private let type: DataType
  private let wantsGreatest: Bool
  private var isSet: [Bool] = []
  private var words: [Int64] = []
  private var wideWords: [Int128] = []
  private let texts = TextRecoder()

  private enum Shape { case word, wide, text }
  private let shape: Shape

  init(_ type: DataType, wantsGreatest: Bool) {
    self.type = type
    self.wantsGreatest = wantsGreatest
    switch type {
    case .string: shape = .text
    case .decimal(let precision, _) where precision > DataType.narrowPrecision: shape = .wide
    default: shape = .word
    }
  }

  func grow(to groupCount: Int) {
    isSet.grow(to: groupCount, with: false)
    switch shape {
    case .word: words.grow(to: groupCount, with: .max)
    case .wide: wideWords.grow(to: groupCount, with: .max)
    case .text: words.grow(to: groupCount, with: 0)
    }
  }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    take(arguments[0], groups: groups)
  }

  private func take(_ column: Column, groups: [UInt32]) {
    switch shape {
    case .word:
      var fresh = OrderedWord.words(column)
      if wantsGreatest { for row in fresh.indices { fresh[row] = ~fresh[row] } }
      Self.least(fresh, groups, column.present, into: &words, &isSet)
    case .wide:
      var fresh = OrderedWord.wideWords(column)
      if wantsGreatest { for row in fresh.indices { fresh[row] = ~fresh[row] } }
      Self.least(fresh, groups, column.present, into: &wideWords, &isSet)
    case .text:
      guard case .texts(let values) = column.values else { preconditionFailure("a column that is not of its type") }
      guard case .coded = values else { return takePlain(values, groups, column.present) }
      let codes = texts.words(of: values, present: column.present)
      Self.extremes(
        codes, groups, column.present, in: texts.dictionary, wantsGreatest: wantsGreatest, into: &words, &isSet)
    }
  }

  /// Texts without a dictionary: only those that are the best so far get into one.
  private func takePlain(_ values: TextValues, _ groups: [UInt32], _ present: [Bool]?) {
    for row in groups.indices {
      if let present, !present[row] { continue }
      let group = Int(groups[row])
      values.withBytes(of: row) { text in
        if isSet[group] {
          let order = texts.dictionary.compare(text, with: Int(words[group]))
          if wantsGreatest ? order <= 0 : order >= 0 { return }
        }
        isSet[group] = true
        words[group] = Int64(texts.dictionary.code(for: text))
      }
    }
  }

  private static func least<Word: FixedWidthInteger>(
    _ fresh: [Word], _ groups: [UInt32], _ present: [Bool]?, into best: inout [Word], _ isSet: inout [Bool]
  ) {
    precondition(fresh.count == groups.count)
    var slots = best.mutableSpan
    var set = isSet.mutableSpan
    if let present {
      for row in fresh.indices where present[row] {
        let group = Int(groups[row])
        if fresh[row] < slots[group] { slots[group] = fresh[row] }
        set[group] = true
      }
    } else {
      for row in fresh.indices {
        let group = Int(groups[row])
        if fresh[row] < slots[group] { slots[group] = fresh[row] }
        set[group] = true
      }
    }
  }

  private static func extremes(
    _ codes: [Int64], _ groups: [UInt32], _ present: [Bool]?, in dictionary: TextDictionary, wantsGreatest: Bool,
    into best: inout [Int64], _ isSet: inout [Bool]
  ) {
    precondition(codes.count == groups.count)
    for row in codes.indices {
      if let present, !present[row] { continue }
      let group = Int(groups[row])
      if isSet[group] {
        if best[group] == codes[row] { continue }
        let order = dictionary.compare(Int(codes[row]), Int(best[group]))
        if wantsGreatest ? order <= 0 : order >= 0 { continue }
      }
      isSet[group] = true
      best[group] = codes[row]
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? ExtremePartial else { preconditionFailure("partials of two reductions") }
    take(other.column(groupCount: mapping.count).taking(mapping), groups: mapping)
  }

  func finish(groupCount: Int) -> Column { column(groupCount: groupCount) }

  private func column(groupCount: Int) -> Column {
    let set = Array(isSet.prefix(groupCount))
    let present: [Bool]? = set.contains(false) ? set : nil
    switch shape {
    case .word:
      let plain = (0..<groupCount).map { set[$0] ? (wantsGreatest ? ~words[$0] : words[$0]) : 0 }
      return Column(OrderedWord.values(plain, of: type), present: present)
    case .wide:
      let plain = (0..<groupCount).map { set[$0] ? (wantsGreatest ? ~wideWords[$0] : wideWords[$0]) : 0 }
      return Column(.decimals128(plain, scale: type.decimalScale ?? 0), present: present)
    case .text:
      let empty = present == nil ? 0 : texts.dictionary.code(for: "")
      let codes = (0..<groupCount).map { set[$0] ? UInt32(words[$0]) : empty }
      return Column(.texts(.coded(codes, texts.dictionary)), present: present)
    }
  }

  static let stateName = "extreme"

  func write(to writer: inout StateWriter) {
    writer.put(column(groupCount: isSet.count))
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    let column = try reader.column(of: type)
    guard column.count == groupCount else { throw StateReader.damaged }
    grow(to: groupCount)
    take(column, groups: (0..<UInt32(groupCount)).map { $0 })
  }
}
