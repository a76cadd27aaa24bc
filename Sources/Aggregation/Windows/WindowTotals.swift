import Columns
import Diagnostics

/// Sums over the last rows of a partition, exact throughout.
enum WindowTotals {
  static func sumType(_ name: String, _ type: ValueType) throws(ReductionProblem) -> ValueType {
    switch type.data {
    case .int: ValueType(.int, unit: type.unit)
    case .float: ValueType(.float, unit: type.unit)
    case .decimal(_, let scale): ValueType(.decimal(scale: scale), unit: type.unit)
    default: throw Reductions.wrongType(name, takes: "a number", not: type)
    }
  }

  /// Ints or coefficients; 0 where there is no value.
  static func coefficients(_ column: Column) -> [Int128] {
    var values: [Int128]
    switch column.values {
    case .ints(let ints): values = ints.map { Int128($0) }
    default: values = OrderedWord.wideWords(column)
    }
    if let present = column.present { for row in values.indices where !present[row] { values[row] = 0 } }
    return values
  }

  /// For every row, the sum of `width` rows up to it and how many of them have a value.
  static func sums(_ partitions: Partitions, _ column: Column, width: Int, type: DataType) throws(RunFailure)
    -> (column: Column, counts: [Int64])
  {
    let counts = counts(partitions, column.present, width: width)
    if case .floats(let values) = column.values {
      return (Column(.floats(floatSums(partitions, values, column.present, width: width))), counts)
    }
    let sums = try exactSums(partitions, coefficients(column), width: width)
    guard type == .int else { return (Column(.decimals128(sums, scale: type.decimalScale ?? 0)), counts) }
    var ints: [Int64] = []
    ints.reserveCapacity(sums.count)
    for sum in sums {
      guard let int = Int64(exactly: sum) else { throw Reductions.overflow("a running sum of ints", "64 bits") }
      ints.append(int)
    }
    return (Column(.ints(ints)), counts)
  }

  private static func counts(_ partitions: Partitions, _ present: [Bool]?, width: Int) -> [Int64] {
    var counts = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      var count: Int64 = 0
      for place in range {
        let row = Int(partitions.rows[place])
        if present?[row] ?? true { count += 1 }
        if place - range.lowerBound >= width, present?[Int(partitions.rows[place - width])] ?? true { count -= 1 }
        counts[row] = count
      }
    }
    return counts
  }

  private static func exactSums(_ partitions: Partitions, _ values: [Int128], width: Int) throws(RunFailure)
    -> [Int128]
  {
    var sums = [Int128](repeating: 0, count: values.count)
    for range in partitions.ranges {
      var sum: Int128 = 0
      for place in range {
        let row = Int(partitions.rows[place])
        let leaving = place - range.lowerBound >= width ? values[Int(partitions.rows[place - width])] : 0
        // Each is below 10^38: the difference of a sum and a value cannot leave 128 bits, nor one more value once checked.
        guard DecimalArithmetic.fits(sum - leaving), let next = DecimalArithmetic.add(sum - leaving, values[row]) else {
          throw Reductions.overflow("a running sum", "38 digits")
        }
        sum = next
        sums[row] = sum
      }
    }
    return sums
  }

  private static func floatSums(_ partitions: Partitions, _ values: [Double], _ present: [Bool]?, width: Int)
    -> [Double]
  {
    var sums = [Double](repeating: 0, count: values.count)
    for range in partitions.ranges {
      var running = ExactFloatSums()
      running.grow(to: 1)
      for place in range {
        let row = Int(partitions.rows[place])
        if width < place - range.lowerBound + 1 {
          // What left the window may have been infinite: taking it away again would not do.
          running = ExactFloatSums()
          running.grow(to: 1)
          for earlier in place - width + 1..<place { add(values, present, Int(partitions.rows[earlier]), to: &running) }
        }
        add(values, present, row, to: &running)
        sums[row] = running.sum(0)
      }
    }
    return sums
  }

  private static func add(_ values: [Double], _ present: [Bool]?, _ row: Int, to sums: inout ExactFloatSums) {
    if present?[row] ?? true { sums.add([values[row]], groups: [0], present: nil) }
  }

  static func averages(_ partitions: Partitions, _ column: Column, width: Int) throws(RunFailure) -> Column {
    let present: [Bool]?
    if case .floats = column.values {
      let (sums, counts) = try sums(partitions, column, width: width, type: .float)
      guard case .floats(let totals) = sums.values else { return sums }
      let means = totals.indices.map { counts[$0] > 0 ? totals[$0] / Double(counts[$0]) : 0 }
      present = counts.contains(0) ? counts.map { $0 > 0 } : nil
      return Column(.floats(means), present: present)
    }
    let totals = try exactSums(partitions, coefficients(column), width: width)
    let counts = counts(partitions, column.present, width: width)
    var scale = 0
    if case .decimals64(_, let s) = column.values { scale = s }
    if case .decimals128(_, let s) = column.values { scale = s }
    var means = [Int128](repeating: 0, count: totals.count)
    for row in means.indices where counts[row] > 0 {
      guard
        let mean = DecimalArithmetic.divide(
          totals[row], scale: scale, by: Int128(counts[row]), scale: 0, to: Reductions.fractionScale)
      else { throw Reductions.overflow("an avg with its 18 places", "38 digits") }
      means[row] = mean
    }
    present = counts.contains(0) ? counts.map { $0 > 0 } : nil
    return Column(.decimals128(means, scale: Reductions.fractionScale), present: present)
  }
}
