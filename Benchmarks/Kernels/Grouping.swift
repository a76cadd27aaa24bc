import Aggregation
import Columns

extension Kernel {
  /// Groups, joins and orders over a few batches.
  static var grouping: [Kernel] {
    [
      groups("groups-of-a-few", below: 100), groups("groups-of-many", below: 1_000_000_000),
      Kernel(name: "join-probe", rows: 16_384) {
        let table = JoinTable(build: keyed(20_000, below: 20_000, seed: 3), keys: [0])
        let probe = table.makeProbe(.inner)
        let batches = keyed(16_384, below: 20_000, seed: 4).batches
        return { batches.reduce(0) { $0 + probe.probe($1, keys: [0]).leftRows.count } }
      },
      Kernel(name: "sort-ints", rows: 16_384) {
        let table = keyed(16_384, below: 1_000_000_000, seed: 5)
        return { sorted(table, by: [SortKey(column: 0)]).rowCount }
      },
      Kernel(name: "top-50", rows: 16_384) {
        let table = keyed(16_384, below: 1_000_000_000, seed: 6)
        return { top(table, rows: 50, by: [SortKey(column: 0, descending: true)]).rowCount }
      },
    ]
  }

  private static func groups(_ name: String, below limit: Int) -> Kernel {
    Kernel(name: name, rows: 16_384) {
      let batches = keyed(16_384, below: limit, seed: 7).batches
      return {
        let table = GroupTable(keyTypes: [.int])
        return batches.reduce(0) { $0 + table.assign([$1.columns[0]], count: $1.count, position: $1.position).count }
      }
    }
  }

  /// A table of one column of ints in batches of 4,096.
  private static func keyed(_ count: Int, below limit: Int, seed: UInt64) -> Table {
    var numbers = Numbers(seed)
    let batches = stride(from: 0, to: count, by: 4096).enumerated().map { number, start in
      let rows = min(4096, count - start)
      return Batch(
        columns: [Column(.ints((0..<rows).map { _ in Int64(numbers.below(limit)) }))], count: rows,
        position: Batch.Position(split: 0, batch: number))
    }
    return Table(schema: Schema([Field("key", ValueType(.int))]), batches: batches)
  }
}
