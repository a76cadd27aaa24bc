import Columns
import Diagnostics
import Memory

/// One worker's rows of a table that is needed whole: in memory while the budget allows, then in its spill file.
///
/// Rows that wait to be sorted are written as sorted runs, so that they are read once more only.
public final class KeptRows {
  /// Batches of one place in the table that were written or not.
  private struct Piece {
    var position: Batch.Position
    var part: Table.Part
    var count: Int
  }

  private let budget: MemoryBudget?
  private let keys: [SortKey]?
  private var loose: [Batch] = []
  /// What the rows in memory take, and will take while they are sorted.
  private var looseBytes = 0
  private var pieces: [Piece] = []
  private(set) var runs: [SortedRun] = []
  /// Bytes that the budget counts for these rows.
  private var taken = 0

  /// Rows of a written part, about.
  private static let pieceRows = 1 << 15
  /// A run is there as it came, joined, and in order.
  private static let copiesToSort = 3
  /// Less is not worth writing.
  private static let leastSpill = 1 << 20

  /// - Parameter keys: of the order that the rows will be brought into; nil where they stay in their own.
  public init(budget: MemoryBudget?, keys: [SortKey]? = nil) {
    self.budget = budget
    self.keys = keys
  }

  deinit { budget?.take(-taken) }

  /// Takes in a batch. Batches that came before the last `settle` stand at other positions.
  public func append(_ batch: Batch) {
    guard batch.count > 0 else { return }
    loose.append(batch)
    looseBytes += batch.byteCount * (keys == nil ? 1 : Self.copiesToSort)
  }

  /// Says that all rows of the positions so far are there; writes them down where the memory is needed.
  public func settle() throws(RunFailure) {
    guard let budget, looseBytes != taken else { return }
    budget.take(looseBytes - taken)
    taken = looseBytes
    if budget.isExceeded, taken > min(Self.leastSpill, budget.limit / 16) { try spill(to: budget.spillFile()) }
  }

  /// Writes down what is in memory.
  func spill(to file: SpillFile) throws(RunFailure) {
    let batches = Self.ordered(loose)
    loose = []
    if batches.isEmpty { return }
    if let keys {
      runs.append(try SortedRun(batches, by: keys, in: file))
    } else {
      var start = 0
      while start < batches.count {
        var end = start + 1
        var rows = batches[start].count
        // Nobody else has rows between batches of one split.
        while end < batches.count, batches[end].position.split == batches[start].position.split,
          rows + batches[end].count <= Self.pieceRows
        {
          rows += batches[end].count
          end += 1
        }
        var joined = Batch(concatenating: Array(batches[start..<end]))
        joined.position = batches[start].position
        let stored = try StoredBatch(joined, in: file)
        pieces.append(Piece(position: joined.position, part: .waiting(stored), count: rows))
        start = end
      }
    }
    budget?.take(-taken)
    (taken, looseBytes) = (0, 0)
  }

  /// What is in memory, in the order of the rows; those of one position come from one worker, in its order.
  private static func ordered(_ batches: [Batch]) -> [Batch] {
    batches.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element)
  }

  /// Hands the memory that is counted over to who reads the rows.
  private func lease() -> [any Sendable] {
    guard let budget, taken > 0 else { return [] }
    budget.take(-taken)
    defer { taken = 0 }
    return [MemoryLease(budget, bytes: taken)]
  }

  /// The rows of all workers as a table in the order of their positions. They are the table's from here on.
  public static func table(_ workers: [KeptRows], schema: Schema) -> Table {
    var pieces: [Piece] = []
    var leases: [any Sendable] = []
    for worker in workers {
      pieces += worker.pieces
      for batch in worker.loose {
        pieces.append(Piece(position: batch.position, part: .held(batch), count: batch.count))
      }
      leases += worker.lease()
      (worker.loose, worker.looseBytes, worker.pieces) = ([], 0, [])
    }
    let ordered = pieces.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map(\.element)
    return Table(
      schema: schema, parts: ordered.map(\.part), rowCount: ordered.reduce(0) { $0 + $1.count }, leases: leases)
  }

  /// The rows of all workers in the order of the keys that they were made with; ties in the order of their positions.
  public static func sorted(_ workers: [KeptRows], schema: Schema, threads: Int) throws -> Table {
    guard let keys = workers.lazy.compactMap(\.keys).first else { return Table(schema: schema, batches: []) }
    guard workers.contains(where: { !$0.runs.isEmpty }), let budget = workers[0].budget else {
      let rows = RunsToSort(table(workers, schema: schema), share: threads)
      return try Aggregation.sorted(rows, by: keys, workers: threads)
    }
    let file = try budget.spillFile()
    let shared = Handover(workers)
    try inParallel(workers.count, workers: threads) { _, number in
      let worker = shared.value[number]
      try worker.spill(to: file)
    }
    let runs = MergedRuns(workers.flatMap(\.runs), by: keys)
    return runs.table(schema: schema, parts: runs.byteCount * 4 * max(threads, 1) / budget.limit + 1)
  }
}
