import Columns
import Diagnostics

/// Shares a total out by weights so that the parts sum to it exactly (`LargestRemainder`), in units of the last place; ties
/// go to the rows that stand first in their partition. A missing weight is 0.
///
/// - Parameters:
///   - totals: an int or decimal column; all rows of a partition have its total.
///   - weights: ints or decimals, none below 0.
///   - scale: of the parts; a total with further digits cannot be shared exactly.
///   - group: says of a row which partition it is of, for messages.
/// - Throws: `.precision` for such a total, `.wrongValue` for a weight below 0 and for unlike totals, `.missingValue` where
///   there is no total, `.divisionByZero` where all weights are 0 and the total is not, `.overflow` past 38 digits.
public func allocated(
  _ totals: Column, by weights: Column, over partitions: Partitions, scale: Int, group: (Int) -> String = { _ in "" }
) throws(RunFailure) -> Column {
  let totalValues = WindowTotals.coefficients(totals)
  let weightValues = WindowTotals.coefficients(weights)
  var parts = [Int128](repeating: 0, count: partitions.rowCount)
  for range in partitions.ranges where !range.isEmpty {
    let first = Int(partitions.rows[range.lowerBound])
    guard totals.isPresent(first) else {
      throw RunFailure(.missingValue, "a total to allocate is missing\(group(first))")
    }
    for place in range {
      let row = Int(partitions.rows[place])
      guard totals.isPresent(row), totalValues[row] == totalValues[first] else {
        let other = totals.isPresent(row) ? totals.scalar(row).text : "none"
        throw RunFailure(
          .wrongValue,
          "rows that share a total have different ones\(group(first)): \(totals.scalar(first).text) and \(other)",
          help: "name in 'by' what a total belongs to")
      }
    }
    guard let total = DecimalArithmetic.rescaleExactly(totalValues[first], from: totals.scale, to: scale) else {
      let text = totals.scalar(first).text
      throw RunFailure(
        .precision, "a total of \(text) cannot be allocated in parts of \(scale) decimals\(group(first))",
        help: "round the total first: round(total, \(scale))")
    }
    var sum: Int128 = 0
    for place in range {
      let weight = weightValues[Int(partitions.rows[place])]
      guard weight >= 0 else {
        throw RunFailure(
          .wrongValue,
          "a weight to allocate by is below 0\(group(first)): \(weights.scalar(Int(partitions.rows[place])).text)")
      }
      guard let next = DecimalArithmetic.add(sum, weight) else {
        throw Reductions.overflow("a sum of weights", "38 digits")
      }
      sum = next
    }
    if total == 0 { continue }
    guard sum > 0 else {
      throw RunFailure(
        .divisionByZero, "\(totals.scalar(first).text) cannot be allocated\(group(first)): all weights are 0")
    }
    let shares = LargestRemainder.shares(
      of: total, by: range.map { weightValues[Int(partitions.rows[$0])] }, sum: sum)
    for (place, share) in zip(range, shares) { parts[Int(partitions.rows[place])] = share }
  }
  return Column(.decimals128(parts, scale: scale))
}

extension Column {
  /// Decimals of a number; 0 for all else.
  var scale: Int {
    switch values {
    case .decimals64(_, let scale), .decimals128(_, let scale): scale
    default: 0
    }
  }
}
