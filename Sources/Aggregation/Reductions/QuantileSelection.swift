import Columns
import Diagnostics
import Memory

/// Picks a quantile out of the values of each group.
struct QuantileSelection: Sendable {
  let argument: DataType
  let share: ExactDecimal

  /// Less is not worth a thread.
  private static let leastValues = 1 << 18

  /// The results of some consecutive groups.
  private struct Piece: Sendable {
    var exact: [Int128] = []
    var floats: [Double] = []
    var present: [Bool] = []
  }

  /// The quantiles of all groups; threads take ranges of groups with about as many values.
  func column<Word>(_ values: GroupedValues<Word>, _ groupCount: Int, _ workers: Int) throws -> Column {
    let parts = values.count < Self.leastValues ? 1 : max(1, min(workers, groupCount))
    let ranges = values.ranges(groupCount, parts: parts)
    let done = Guarded<[Int: Piece]>([:])
    try inParallel(ranges.count, workers: parts) { _, part in
      let piece = try piece(values, ranges[part])
      done.withLock { $0[part] = piece }
    }
    let pieces = done.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    let present = pieces.flatMap(\.present)
    let mask = present.contains(false) ? present : nil
    return argument == .float
      ? Column(.floats(pieces.flatMap(\.floats)), present: mask)
      : Column(.decimals128(pieces.flatMap(\.exact), scale: Reductions.fractionScale), present: mask)
  }

  private func piece<Word>(_ values: GroupedValues<Word>, _ groups: Range<Int>) throws -> Piece {
    var (words, ends) = values.byGroup(groups)
    var piece = Piece()
    let unit = DecimalArithmetic.powerOfTen(share.scale)
    var start = 0
    for end in ends {
      let range = start..<end
      start = end
      piece.present.append(!range.isEmpty)
      guard !range.isEmpty else {
        if argument == .float { piece.floats.append(0) } else { piece.exact.append(0) }
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
        piece.floats.append(rest == 0 ? below : below + (above - below) * (Double(rest) / Double(unit)))
      } else {
        piece.exact.append(try interpolated(Int128(words[lower]), Int128(upper), rest: rest, of: unit))
      }
    }
    return piece
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
