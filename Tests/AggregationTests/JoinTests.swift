import Aggregation
import Columns
import Testing

/// Pairs by comparing everything with everything.
private func naive(_ left: [[Scalar]], _ right: [[Scalar]], _ kind: JoinTable.Kind) -> [[Int]] {
  var pairs: [[Int]] = []
  for (l, leftKey) in left.enumerated() {
    let matches = leftKey.contains(.missing) ? [] : right.indices.filter { right[$0] == leftKey }
    switch kind {
    case .semi: if !matches.isEmpty { pairs.append([l, -1]) }
    case .anti: if matches.isEmpty { pairs.append([l, -1]) }
    case .inner, .right: pairs += matches.map { [l, $0] }
    case .left, .full: pairs += matches.isEmpty ? [[l, -1]] : matches.map { [l, $0] }
    }
  }
  return pairs
}

private let keyTypes: [[DataType]] = [
  [.int], [.string], [.date, .string], [.decimal(precision: 38, scale: 6)], [.decimal(precision: 10, scale: 2), .int],
  [.bool, .timestamp, .string, .float],
]

@Test(arguments: JoinTable.Kind.allCases, keyTypes)
func joinsPairTheRowsThatHaveEqualKeys(kind: JoinTable.Kind, types: [DataType]) throws {
  var random = SeededGenerator(17)
  for _ in 0..<5 {
    let build = types.map { SampleType.column($0, 40, using: &random) }
    let schema = Schema(types.indices.map { Field("k\($0)", ValueType(types[$0], isNullable: true)) })
    let joined = try JoinTable(
      build: Table(schema: schema, batches: [Batch(columns: build.map { $0.coded() }, count: 40)]),
      keys: Array(types.indices))
    let probes = [joined.makeProbe(kind), joined.makeProbe(kind)]
    let buildKeys = (0..<40).map { row in build.map { $0.scalar(row) } }
    var matched: Set<Int> = []
    for index in 0..<4 {
      let columns = types.map { SampleType.column($0, 20, using: &random) }
      let batch = Batch(columns: index % 2 == 0 ? columns : columns.map { $0.coded() }, count: 20)
      let pairs = probes[index % 2].probe(batch, keys: Array(types.indices))
      let left = pairs.left ?? (0..<20).map { $0 }
      let right = pairs.right ?? left.map { _ in -1 }
      let expected = naive((0..<20).map { row in columns.map { $0.scalar(row) } }, buildKeys, kind)
      #expect(zip(left, right).map { [Int($0), Int($1)] } == expected)
      for pair in expected { matched.insert(pair[1]) }
    }
    if kind == .right || kind == .full {
      #expect(joined.unmatchedBuildRows(after: probes).map { Int($0) } == (0..<40).filter { !matched.contains($0) })
    }
  }
}

@Test func decimalsOfAnyScaleMatchByValue() throws {
  let schema = Schema([Field("k", ValueType(.decimal(precision: 8, scale: 2)))])
  let table = try JoinTable(
    build: Table(schema: schema, batches: [Batch(columns: [Column(.decimals64([150, 200], scale: 2))], count: 2)]),
    keys: [0])
  let probe = table.makeProbe(.left)
  let batch = Batch(columns: [Column(.decimals128([1_500_000, 1_500_001, 2_000_000], scale: 6))], count: 3)
  #expect(probe.probe(batch, keys: [0]).right == [0, -1, 1])
}

@Test func theFirstRowThatRepeatsAKeyIsReported() throws {
  let schema = Schema([Field("k", ValueType(.string, isNullable: true))])
  let column = Column(
    [.missing, .string("b"), .string("a"), .missing, .string("a"), .string("b"), .string("a")], of: .string)
  let table = try JoinTable(build: Table(schema: schema, batches: [Batch(columns: [column], count: 7)]), keys: [0])
  #expect(table.repeatedBuildKey(keys: [0])?.row == 4)
  #expect(table.repeatedBuildKey(keys: [0])?.key == [.string("a")])
  #expect(table.repeatedBuildKey(keys: [0])?.rowCount == 3)

  // The same rows on the probe side, one a batch, over two workers and in any order.
  var random = SeededGenerator(5)
  for _ in 0..<20 {
    let workers = [RepeatedKeys(keyTypes: [.string]), RepeatedKeys(keyTypes: [.string])]
    for row in (0..<7).shuffled(using: &random) {
      workers.randomElement(using: &random)!.add(
        [column.gathered([Int32(row)])], count: 1, position: Batch.Position(split: row, batch: 0))
    }
    workers[0].absorb(workers[1])
    let first = workers[0].firstRepetition()
    #expect(first?.key == [.string("a")])
    #expect(first?.position == Batch.Position(split: 4, batch: 0).key(ofRow: 0))
    #expect(first?.rowCount == 3)
  }
}
