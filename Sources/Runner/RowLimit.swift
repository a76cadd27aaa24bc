import Columns
import Memory

/// The first rows of each ingest, for `--limit`.
final class RowLimit: Sendable {
  private let left: Guarded<Int>

  init(_ limit: Int) { left = Guarded(limit) }

  var isReached: Bool { left.withLock { $0 == 0 } }

  /// How many of so many rows are still wanted.
  func take(_ rows: Int) -> Int {
    left.withLock { left in
      let taken = min(rows, left)
      left -= taken
      return taken
    }
  }
}

/// The first rows of a block.
final class FirstRows: RowBlock {
  private let block: any RowBlock
  let count: Int

  init(_ block: any RowBlock, count: Int) {
    self.block = block
    self.count = count
  }

  var usableRows: [Int32]? {
    let count = count
    return block.usableRows.map { rows in rows.filter { $0 < count } } ?? (0..<Int32(count)).map { $0 }
  }
  var structuralFailures: [CellFailure] {
    let count = count
    return block.structuralFailures.filter { $0.row < count }
  }
  var position: Batch.Position { block.position }

  func column(_ index: Int, rows: [Int32]?) -> (column: Column, failures: [CellFailure]) {
    block.column(index, rows: rows ?? (0..<Int32(count)).map { $0 })
  }

  func origins(rows: [Int32]?) -> [RowOrigin] { block.origins(rows: rows ?? (0..<Int32(count)).map { $0 }) }
}
