import Aggregation
import Columns
import Testing

private func table(_ types: [DataType], _ count: Int, _ random: inout SeededGenerator) -> Table {
  let schema = Schema(types.indices.map { Field("c\($0)", ValueType(types[$0], isNullable: true)) })
  let batches = (0..<3).map { batch in
    Batch(
      columns: types.map { SampleType.column($0, count, using: &random).coded() }, count: count,
      position: Batch.Position(split: batch, batch: 0))
  }
  return Table(schema: schema, batches: batches)
}

private func rows(_ table: Table) throws -> [[Scalar]] {
  try table.batches.flatMap { batch in (0..<batch.count).map { row in batch.columns.map { $0.scalar(row) } } }
}

/// Whether a stands before b by one key, nil where they tie.
private func before(_ a: Scalar, _ b: Scalar, _ descending: Bool) -> Bool? {
  switch (a, b) {
  case (.missing, .missing): nil
  case (.missing, _): false
  case (_, .missing): true
  default: a == b ? nil : ascending(a, b) != descending
  }
}

@Test(arguments: 0..<60)
func rowsComeOutInTheOrderOfTheKeysAndTiesInTheirOwn(seed: Int) throws {
  var random = SeededGenerator(UInt64(seed))
  let orderable = SampleType.all.filter { if case .list = $0 { false } else { true } }
  let types = (0..<2).map { _ in orderable.randomElement(using: &random)! } + [.list(.string)]
  let input = table(types, 30, &random)
  let keys = (0..<(1 + seed % 2)).map { SortKey(column: $0, descending: Bool.random(using: &random)) }
  let expected = try rows(input).enumerated().sorted { left, right in
    for key in keys {
      if let order = before(left.element[key.column], right.element[key.column], key.descending) { return order }
    }
    return left.offset < right.offset
  }.map(\.element)
  #expect(try rows(sorted(input, by: keys)) == expected)
  let skip = Int.random(in: 0...100, using: &random)
  let limit = Int.random(in: 0...100, using: &random)
  #expect(try rows(top(input, rows: limit, skip: skip, by: keys)) == Array(expected.dropFirst(skip).prefix(limit)))
}
