import Columns
import Diagnostics
import Memory

/// The table's rows in the order of the keys; stable, and in memory.
///
/// Workers sort runs of the rows and then make ranges of the order out of all runs.
public func sorted(_ table: Table, by keys: [SortKey], workers: Int = 1) throws -> Table {
  try sorted(RunsToSort(table, share: workers), by: keys, workers: workers, stop: StopFlag())
}

/// The same over rows that nobody else holds: what is sorted is given up on the way.
func sorted(_ rows: RunsToSort, by keys: [SortKey], workers: Int, stop: StopFlag) throws -> Table {
  guard rows.count > 1 else {
    guard let batch = try rows.take(0) else { return Table(schema: rows.schema, batches: []) }
    let order = RowOrder(keys.map { (batch.columns[$0.column], $0.descending) }, count: batch.count)
    return Table(schema: rows.schema, batches: [batch.gathered(order.sorted())])
  }
  let runs = Guarded<[Int: SortedRun]>([:])
  try inParallel(rows.count, workers: workers, stop: stop) { _, number in
    guard let batch = try rows.take(number) else { return }
    let run = try SortedRun([batch], by: keys, in: nil)
    runs.withLock { $0[number] = run }
  }
  let merged = MergedRuns(runs.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }, by: keys)
  let ranges = merged.table(schema: rows.schema, parts: rows.count)
  let made = Guarded<[Int: Batch]>([:])
  try inParallel(ranges.parts.count, workers: workers, stop: stop) { _, number in
    let batch = try ranges.parts[number].batch
    made.withLock { $0[number] = batch }
  }
  return made.withLock { made in Table(schema: rows.schema, batches: ranges.parts.indices.map { made[$0]! }) }
}

/// The rows of a table, cut into pieces that are taken one by one.
final class RunsToSort: Sendable {
  /// Some rows of a part.
  private struct Slice {
    var part: Table.Part
    /// nil for all.
    var rows: [Int32]?
  }

  let count: Int
  let schema: Schema
  private let runs: Guarded<[[Slice]]>

  /// - Parameter workers: each gets several runs.
  init(_ table: Table, share workers: Int) {
    let limit = min(max(table.rowCount / (4 * max(workers, 1)), 1 << 14), 1 << 18)
    var runs: [[Slice]] = []
    var room = 0
    for part in table.parts {
      guard case .held(let batch) = part, batch.count > 2 * limit else {
        if room <= 0 {
          runs.append([])
          room = limit
        }
        runs[runs.count - 1].append(Slice(part: part))
        if case .held(let batch) = part { room -= batch.count } else { room = 0 }
        continue
      }
      for start in stride(from: 0, to: batch.count, by: limit) {
        let end = min(start + limit, batch.count)
        runs.append([Slice(part: part, rows: (Int32(start)..<Int32(end)).map { $0 })])
      }
      room = 0
    }
    count = runs.count
    schema = table.schema
    self.runs = Guarded(runs)
  }

  /// The rows of a run as one batch; nil where there are none. Its position is its number.
  func take(_ number: Int) throws(RunFailure) -> Batch? {
    let slices = runs.withLock { runs in
      guard runs.indices.contains(number) else { return [Slice]() }
      defer { runs[number] = [] }
      return runs[number]
    }
    if slices.isEmpty { return nil }
    var batches: [Batch] = []
    for slice in slices {
      let batch = try slice.part.batch
      batches.append(slice.rows.map { batch.gathered($0) } ?? batch)
    }
    var rows = Batch(concatenating: batches)
    rows.position = Batch.Position(split: number, batch: 0)
    return rows
  }
}

/// Rows `skip` to `skip + rows - 1` in the order of the keys; ties by the order of the rows. Does not sort what is not asked for, and holds no more than
/// a part of the table beside the rows that may be asked for.
public func top(_ table: Table, rows limit: Int, skip: Int = 0, by keys: [SortKey]) throws(RunFailure) -> Table {
  let skip = max(skip, 0)
  let (end, overflow) = skip.addingReportingOverflow(max(limit, 0))
  let wanted = overflow ? table.rowCount : min(end, table.rowCount)
  var candidates: [Batch] = []
  var count = 0
  for part in table.parts {
    let batch = try part.batch
    candidates.append(batch)
    count += batch.count
    if count > 2 * wanted + 1 << 18 {
      candidates = [first(wanted, of: candidates, by: keys)]
      count = candidates[0].count
    }
  }
  if candidates.isEmpty { return Table(schema: table.schema, batches: []) }
  let chosen = first(wanted, of: candidates, by: keys)
  return Table(
    schema: table.schema, batches: [chosen.gathered((Int32(min(skip, chosen.count))..<Int32(chosen.count)).map { $0 })])
}

/// The first rows in the order of the keys, in that order.
private func first(_ limit: Int, of batches: [Batch], by keys: [SortKey]) -> Batch {
  let rows = Batch(concatenating: batches)
  let order = RowOrder(keys.map { (rows.columns[$0.column], $0.descending) }, count: rows.count)
  return rows.gathered(order.first(limit))
}
