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

  func finish(groupCount: Int) throws(RunFailure) -> Column {
    if isWide { return try finish(wideValues, groupCount) }
    if values.count == 0 { return try finish(narrowValues, groupCount) }
    var all = values
    all.merge(narrowValues.widened(), mapping: (0..<UInt32(groupCount)).map { $0 })
    return try finish(all, groupCount)
  }

  private func finish<Word>(_ values: GroupedValues<Word>, _ groupCount: Int) throws(RunFailure) -> Column {
    var (words, ends) = values.byGroup(groupCount)
    var present = [Bool](repeating: true, count: groupCount)
    var exact = [Int128](repeating: 0, count: argument == .float ? 0 : groupCount)
    var floats = [Double](repeating: 0, count: argument == .float ? groupCount : 0)
    let unit = DecimalArithmetic.powerOfTen(share.scale)
    var start = 0
    for group in 0..<groupCount {
      let range = start..<ends[group]
      start = ends[group]
      guard !range.isEmpty else {
        present[group] = false
        continue
      }
      let (place, rest) = (Int128(range.count - 1) * share.coefficient).quotientAndRemainder(dividingBy: unit)
      let lower = range.lowerBound + Int(place)
      Selection.place(&words, range, at: lower)
      // The next in order is the least of what now stands behind.
      var upper = words[lower]
      if rest != 0 {
        upper = words[lower + 1]
        for index in (lower + 1)..<range.upperBound where words[index] < upper { upper = words[index] }
      }
      if argument == .float {
        let below = OrderedWord.float(Int64(truncatingIfNeeded: words[lower]))
        let above = OrderedWord.float(Int64(truncatingIfNeeded: upper))
        floats[group] = rest == 0 ? below : below + (above - below) * (Double(rest) / Double(unit))
      } else {
        exact[group] = try interpolated(Int128(words[lower]), Int128(upper), rest: rest, of: unit)
      }
    }
    let mask = present.contains(false) ? present : nil
    return argument == .float
      ? Column(.floats(floats), present: mask)
      : Column(.decimals128(exact, scale: Reductions.fractionScale), present: mask)
  }

  private func interpolated(_ lower: Int128, _ upper: Int128, rest: Int128, of unit: Int128) throws(RunFailure)
    -> Int128
  {
    let scale = argument.decimalScale ?? 0
    // lower + (upper - lower) * rest / unit = (lower * (unit - rest) + upper * rest) / unit
    let (first, firstOverflow) = lower.multipliedReportingOverflow(by: unit - rest)
    let (second, secondOverflow) = upper.multipliedReportingOverflow(by: rest)
    let (sum, sumOverflow) = first.addingReportingOverflow(second)
    if rest == 0 {
      if let value = DecimalArithmetic.rescale(lower, from: scale, to: Reductions.fractionScale) { return value }
    } else if !firstOverflow, !secondOverflow, !sumOverflow,
      let value = DecimalArithmetic.divide(sum, scale: scale, by: unit, scale: 0, to: Reductions.fractionScale)
    {
      return value
    }
    throw Reductions.overflow("a quantile with its 18 places", "38 digits")
  }

  var valueByteCount: Int { narrowValues.count * 8 + values.count * 12 + wideValues.count * 20 }

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

/// Partial ordering of a range of an array.
enum Selection {
  /// Brings the element of rank `place` there, none greater before it and none less behind it.
  ///
  /// Hoare's quickselect with the median of three; falls back to a sort where the input defeats it.
  static func place<Word: Comparable>(_ words: inout [Word], _ range: Range<Int>, at place: Int) {
    var low = range.lowerBound
    var high = range.upperBound - 1
    var rounds = 0
    while low < high {
      rounds += 1
      if high - low < 16 || rounds > 64 {
        words[low...high].sort()
        return
      }
      let pivot = medianOfThree(words[low], words[(low + high) / 2], words[high])
      var left = low
      var right = high
      while left <= right {
        while words[left] < pivot { left += 1 }
        while pivot < words[right] { right -= 1 }
        if left <= right {
          words.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if place <= right { high = right } else if place >= left { low = left } else { return }
    }
  }

  private static func medianOfThree<Word: Comparable>(_ a: Word, _ b: Word, _ c: Word) -> Word {
    if a < b { return b < c ? b : a < c ? c : a }
    return a < c ? a : b < c ? c : b
  }
}
