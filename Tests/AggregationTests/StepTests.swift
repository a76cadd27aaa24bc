import Aggregation
import Columns
import Diagnostics
import Testing

private func cents(_ values: [Int64?]) -> Column {
  Column(
    values.map { $0.map { .decimal(ExactDecimal(coefficient: Int128($0), scale: 2)) } ?? .missing },
    of: .decimal(precision: 10, scale: 2))
}

private func days(_ values: [String]) -> Column { Column(values.map { .date(CalendarDate($0)!) }, of: .date) }

@Test(arguments: 0..<200)
func partsSumToTheTotalAndDifferFromTheTrueShareByLessThanOneUnit(seed: Int) throws {
  var random = SeededGenerator(UInt64(seed))
  let count = Int.random(in: 1...12, using: &random)
  let total = Int64.random(in: -1_000_000...1_000_000, using: &random)
  var weights = (0..<count).map { _ in Int64.random(in: 0...50, using: &random) }
  weights[0] += 1
  let batch = Batch(columns: [Column(.ints([Int64](repeating: 0, count: count)))], count: count)
  let whole = Partitions(of: batch, by: [], types: [], order: [])
  let parts = try allocated(
    cents([Int64?](repeating: total, count: count)), by: Column(.ints(weights)), over: whole, scale: 6)
  var sum: Int128 = 0
  let sumOfWeights = Int128(weights.reduce(0, +))
  for row in 0..<count {
    guard case .decimal(let part) = parts.scalar(row) else { throw RunFailure(.wrongValue, "no decimal") }
    sum += part.coefficient
    let difference = part.coefficient * sumOfWeights - Int128(total) * 10_000 * Int128(weights[row])
    #expect(difference.magnitude < sumOfWeights.magnitude)
    if weights[row] == 0 { #expect(part.coefficient == 0) }
  }
  #expect(sum == Int128(total) * 10_000)
}

@Test func equalRemaindersGoToTheRowsThatStandFirst() throws {
  let batch = Batch(columns: [Column(.ints([3, 1, 2]))], count: 3)
  let order = Partitions(of: batch, by: [], types: [], order: [SortKey(column: 0)])
  let parts = try allocated(cents([101, 101, 101]), by: Column(.ints([1, 1, 1])), over: order, scale: 2)
  #expect(parts.scalars.map(\.text) == ["0.33", "0.34", "0.34"])
}

@Test func whatCannotBeSharedIsRefused() {
  let batch = Batch(columns: [Column(.ints([1, 2]))], count: 2)
  let whole = Partitions(of: batch, by: [], types: [], order: [])
  func code(_ total: Column, _ weights: [Int64], _ scale: Int) -> DiagnosticCode? {
    do throws(RunFailure) {
      _ = try allocated(total, by: Column(.ints(weights)), over: whole, scale: scale)
      return nil
    } catch { return error.diagnostic.code }
  }
  #expect(code(cents([101, 101]), [1, 1], 1) == .precision)
  #expect(code(cents([100, 100]), [1, -1], 2) == .wrongValue)
  #expect(code(cents([100, 100]), [0, 0], 2) == .divisionByZero)
  #expect(code(cents([nil, nil]), [1, 1], 2) == .missingValue)
  #expect(code(cents([0, 0]), [0, 0], 2) == nil)
}

@Test func explodingGivesARowAnElement() {
  let column = Column(
    [.list([.string("a"), .string("b")]), .missing, .list([]), .list([.string("c")])], of: .list(.string))
  let (rows, elements) = exploded(column)
  #expect(rows == [0, 0, 3])
  #expect(elements.scalars == [.string("a"), .string("b"), .string("c")])
}

@Test func oneRowAKeyStaysInTheOrderOfTheInput() {
  let keys = Column([1, 2, 1, 2, 3, 1].map { .int($0) }, of: .int)
  let order = Column([5, 1, 7, 1, 0, 6].map { .int($0) }, of: .int)
  let batch = Batch(columns: [keys, order], count: 6)
  #expect(deduplicated(batch, by: [0], types: [.int], keep: .first) == [0, 1, 4])
  #expect(deduplicated(batch, by: [0], types: [.int], keep: .last) == [3, 4, 5])
  #expect(deduplicated(batch, by: [0], types: [.int], keep: .last, order: [SortKey(column: 1)]) == [2, 3, 4])
}

@Test func pivotAndUnpivotUndoEachOther() {
  let key = Column([1, 1, 2].map { .int($0) }, of: .int)
  let name = Column([.string("x"), .string("y"), .string("x")], of: .string).coded()
  let value = Column([10, 20, 30].map { .int($0) }, of: .int)
  let batch = Batch(columns: [key, name, value], count: 3)
  let pivot = Pivot(of: batch, by: [0], types: [.int], column: 1, into: ["x", "y"])
  #expect(pivot.repeated == nil && pivot.unlisted == nil)
  let wide = zip(["x", "y"], pivot.cells).map { (name: $0, column: value.gatheredOrMissing($1)) }
  #expect(wide[0].column.scalars == [.int(10), .int(30)] && wide[1].column.scalars == [.int(20), .missing])
  let (rows, names, values) = unpivoted(wide)
  #expect(rows == [0, 0, 1, 1])
  #expect(names.scalars == [.string("x"), .string("y"), .string("x"), .string("y")])
  #expect(values.scalars == [.int(10), .int(20), .int(30), .missing])
}

@Test func aCellThatComesTwiceOrHasNoColumnIsNamed() {
  let key = Column([1, 1, 1, 2].map { .int($0) }, of: .int)
  let name = Column([.string("x"), .string("z"), .string("x"), .missing], of: .string)
  let pivot = Pivot(of: Batch(columns: [key, name], count: 4), by: [0], types: [.int], column: 1, into: ["x"])
  #expect(pivot.repeated == 2 && pivot.unlisted == 1)
}

@Test func aSeriesGetsARowForEveryPeriod() throws {
  let dates = days(["2026-01-01", "2026-04-01", "2026-02-01", "2025-12-01", "2026-02-01"])
  let skill = Column(["a", "a", "a", "b", "b"].map { .string($0) }, of: .string)
  let value = cents([100, 400, 201, 500, nil])
  let batch = Batch(columns: [dates, skill, value], count: 5)
  let partitions = Partitions(of: batch, by: [1], types: [.string], order: [SortKey(column: 0)])
  let series = try FilledSeries(partitions, dates: dates, every: .month)
  #expect(
    Column(.dates(series.dates)).scalars.map(\.text) == [
      "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2025-12-01", "2026-01-01", "2026-02-01",
    ])
  #expect(series.keys(skill).scalars.map(\.text) == ["a", "a", "a", "a", "b", "b", "b"])
  let type = DataType.decimal(precision: 10, scale: 2)
  func texts(_ method: FillMethod) throws -> [String] {
    try series.filled(value, method, type: type, inputDates: dates).scalars.map(\.text)
  }
  #expect(try texts(.missing) == ["1", "2.01", "nil", "4", "5", "nil", "nil"])
  #expect(try texts(.zero) == ["1", "2.01", "0", "4", "5", "0", "nil"])
  #expect(try texts(.previous) == ["1", "2.01", "2.01", "4", "5", "5", "nil"])
  // 28 of the 59 days from 1 February to 1 April: 2.01 + 1.99 * 28 / 59
  #expect(try texts(.linear) == ["1", "2.01", "2.95", "4", "5", "nil", "nil"])
  let whole = try FilledSeries(partitions, dates: dates, every: .month, whole: true)
  #expect(whole.dates.count == 10)
  #expect(whole.keys(skill).scalars.map(\.text) == Array(repeating: "a", count: 5) + Array(repeating: "b", count: 5))
}

/// Places close together are answered from a table, those far apart by search.
@Test(arguments: AsOfTable.Direction.allCases, [Int64(1), 1_000_000])
func asOfFindsWhatALinearSearchFinds(direction: AsOfTable.Direction, unit: Int64) throws {
  var random = SeededGenerator(3)
  for tolerance in [nil, 2 * unit] {
    let tokens = (0..<40).map { _ in SampleType.scalar(.bool, using: &random) }
    let places = (0..<40).map { _ in unit * Int64.random(in: 0..<30, using: &random) }
    let schema = Schema([Field("token", ValueType(.bool, isNullable: true)), Field("day", ValueType(.int))])
    let build = Batch(columns: [Column(tokens, of: .bool), Column(.ints(places))], count: 40)
    let table = try AsOfTable(
      build: Table(schema: schema, batches: [build]), keys: [0], at: 1, direction: direction, tolerance: tolerance)
    for token in [Scalar.bool(true), .bool(false), .missing] {
      for place: Int64 in stride(from: -3 * unit, through: 33 * unit, by: Int64.Stride(unit)) {
        let probe = Batch(columns: [Column([token], of: .bool), Column(.ints([place]))], count: 1)
        let found = Int(table.makeProbe().probe(probe, keys: [0], at: 1)[0])
        let candidates = (0..<40).filter { row in
          guard token != .missing, tokens[row] == token, abs(places[row] - place) <= tolerance ?? .max else {
            return false
          }
          return direction == .nearest || (direction == .backward ? places[row] <= place : places[row] >= place)
        }
        let best = candidates.min { left, right in
          let (a, b) = (abs(places[left] - place), abs(places[right] - place))
          if a != b { return a < b }
          if places[left] != places[right] { return places[left] < places[right] }
          return left > right
        }
        #expect(found == best ?? -1)
      }
    }
  }
}
