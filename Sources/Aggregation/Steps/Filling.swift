import Columns
import Diagnostics

/// A stretch of the calendar whose first day names it.
public enum Period: Hashable, Sendable {
  case day
  /// Monday is 1.
  case week(firstWeekday: Int)
  case month
  /// Of years that begin with a month.
  case quarter(firstMonth: Int)
  case year(firstMonth: Int)

  /// The first day of the period that a date lies in.
  public func start(of date: CalendarDate) -> CalendarDate {
    switch self {
    case .day: date
    case .week(let firstWeekday): date.firstOfWeek(firstWeekday: firstWeekday)
    case .month: date.firstOfMonth
    case .quarter(let firstMonth): date.firstOfQuarter(firstMonth: firstMonth)
    case .year(let firstMonth): date.firstOfYear(firstMonth: firstMonth)
    }
  }

  /// The first day of the next period, given the first day of one.
  public func next(after start: CalendarDate) -> CalendarDate {
    switch self {
    case .day: CalendarDate(days: start.days + 1)
    case .week: CalendarDate(days: start.days + 7)
    case .month: start.addingMonths(1)
    case .quarter: start.addingMonths(3)
    case .year: start.addingMonths(12)
    }
  }
}

/// What stands in a column where a row was added.
public enum FillMethod: String, Sendable, CaseIterable {
  case zero
  /// The value of the row before, in the same partition.
  case previous
  /// On the straight line between the rows around it, by their dates; rounded half-even to the column's decimals.
  case linear
  case missing = "nil"
}

/// A series with a row for every period: each partition from its first to its last.
public struct FilledSeries: Sendable {
  /// For each row of the result the input row, -1 where it was added. Partition after partition, each by date.
  public let sources: [Int32]
  /// The date of each row: of added ones, the first day of their period.
  public let dates: [Int32]
  /// For each row, the nearest input rows of its partition before and after it (itself where it was not added).
  public let before: [Int32]
  public let after: [Int32]

  /// - Parameters:
  ///   - partitions: ordered by the dates.
  ///   - dates: one a row, none missing (`precondition`).
  ///   - whole: whether every partition spans the first to the last period of all of them, and not only its own.
  /// - Throws: `.overflow` where that is more rows than can be numbered.
  public init(_ partitions: Partitions, dates column: Column, every period: Period, whole: Bool = false)
    throws(RunFailure)
  {
    guard case .dates(let input) = column.values, column.present?.contains(false) != true else {
      preconditionFailure("a series is filled by dates that are there")
    }
    var builder = Builder()
    let overall = whole ? input.min().flatMap { low in input.max().map { (low, $0) } } : nil
    for range in partitions.ranges where !range.isEmpty {
      let rows = partitions.rows[range]
      let low = overall?.0 ?? input[Int(rows[range.lowerBound])]
      let high = overall?.1 ?? input[Int(rows[range.upperBound - 1])]
      var current = period.start(of: CalendarDate(days: low))
      var place = range.lowerBound
      var last: Int32 = -1
      while current.days <= high {
        let next = period.next(after: current)
        let begin = place
        while place < range.upperBound, input[Int(rows[place])] < next.days {
          last = rows[place]
          builder.append(source: last, date: input[Int(last)], before: last, after: last)
          place += 1
        }
        if begin == place {
          let following = place < range.upperBound ? rows[place] : -1
          builder.append(source: -1, date: current.days, before: last, after: following)
        }
        guard builder.sources.count < Int(Int32.max) else {
          throw RunFailure(.overflow, "a series would be filled with more than \(Int32.max) rows")
        }
        current = next
      }
    }
    sources = builder.sources
    dates = builder.dates
    before = builder.before
    after = builder.after
  }

  private struct Builder {
    var sources: [Int32] = []
    var dates: [Int32] = []
    var before: [Int32] = []
    var after: [Int32] = []

    mutating func append(source: Int32, date: Int32, before: Int32, after: Int32) {
      sources.append(source)
      dates.append(date)
      self.before.append(before)
      self.after.append(after)
    }
  }

  /// A key column: added rows have their partition's value.
  public func keys(_ column: Column) -> Column {
    column.gatheredOrMissing(sources.indices.map { before[$0] >= 0 ? before[$0] : after[$0] })
  }

  /// A column with its added rows filled.
  ///
  /// - Parameters:
  ///   - inputDates: the column given to `init`.
  /// - Throws: `.overflow` past 38 digits.
  public func filled(_ column: Column, _ method: FillMethod, type: DataType, inputDates: Column)
    throws(RunFailure) -> Column
  {
    switch method {
    case .missing: return column.gatheredOrMissing(sources)
    case .previous: return column.gatheredOrMissing(before)
    case .zero:
      let zero = Self.zero(type)
      let extended = Column.concatenated([column, Column([zero], of: type)])
      return extended.gatheredOrMissing(sources.map { $0 >= 0 ? $0 : Int32(column.count) })
    case .linear: return try interpolated(column, inputDates: inputDates)
    }
  }

  private static func zero(_ type: DataType) -> Scalar {
    switch type {
    case .int: .int(0)
    case .float: .float(0)
    case .decimal(_, let scale): .decimal(ExactDecimal(coefficient: 0, scale: scale))
    case .bool: .bool(false)
    default: preconditionFailure("\(type) has no zero")
    }
  }

  private func interpolated(_ column: Column, inputDates: Column) throws(RunFailure) -> Column {
    guard case .dates(let input) = inputDates.values else { preconditionFailure("dates are dates") }
    var result = column.gatheredOrMissing(before)
    var mask = result.present ?? [Bool](repeating: true, count: sources.count)
    var exact: [Int128] = []
    var floats: [Double] = []
    if case .floats(let values) = column.values { floats = values } else { exact = WindowTotals.coefficients(column) }
    var additions: [(row: Int, value: Int128)] = []
    var floatAdditions: [(row: Int, value: Double)] = []
    for row in sources.indices where sources[row] < 0 {
      let (low, high) = (Int(before[row]), Int(after[row]))
      guard low >= 0, high >= 0, column.isPresent(low), column.isPresent(high) else {
        mask[row] = false
        continue
      }
      let span = Int128(input[high] - input[low])
      let passed = Int128(dates[row] - input[low])
      if !floats.isEmpty {
        let slope = (floats[high] - floats[low]) * (Double(passed) / Double(span))
        floatAdditions.append((row, floats[low] + slope))
        continue
      }
      // (low * (span - passed) + high * passed) / span
      guard let first = DecimalArithmetic.multiply(exact[low], span - passed),
        let second = DecimalArithmetic.multiply(exact[high], passed), let sum = DecimalArithmetic.add(first, second),
        let value = DecimalArithmetic.divide(sum, scale: 0, by: span, scale: 0, to: 0)
      else { throw Reductions.overflow("an interpolated value", "38 digits") }
      additions.append((row, value))
    }
    switch result.values {
    case .floats(var values):
      for (row, value) in floatAdditions { values[row] = value }
      result.values = .floats(values)
    case .ints(var values):
      for (row, value) in additions { values[row] = Int64(truncatingIfNeeded: value) }
      result.values = .ints(values)
    case .decimals64(var values, let scale):
      for (row, value) in additions { values[row] = Int64(truncatingIfNeeded: value) }
      result.values = .decimals64(values, scale: scale)
    case .decimals128(var values, let scale):
      for (row, value) in additions { values[row] = value }
      result.values = .decimals128(values, scale: scale)
    default: break
    }
    result.present = mask.contains(false) ? mask : nil
    return result
  }
}
