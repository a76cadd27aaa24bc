import Columns

/// Rows of a stage laid by partition, packed, until somebody groups them.
///
/// Rows are gathered into rounds of at most 65,536 and then cut by partition, so that a part has rows enough to pack well.
final class RowScatter {
  private let layout: GroupLayout
  private let partitions: KeyPartitions
  let parts: [Part]
  private var waiting: [GroupedRows] = []
  private var waitingCount = 0
  private var recoders: [Int: TextRecoder] = [:]
  /// Bytes of all packed rows.
  private(set) var byteCount = 0

  private static let roundSize = 1 << 16
  /// A recoder that has met so many texts is replaced, so that dictionaries go when their rows do.
  private static let dictionaryLimit = 1 << 16

  /// What one partition has got so far. After scattering has ended one thread has each part for itself.
  final class Part {
    var chunks: [PackedRows] = []
    var state: GroupState?
  }

  init(_ layout: GroupLayout, _ partitions: KeyPartitions) {
    self.layout = layout
    self.partitions = partitions
    parts = (0..<partitions.count).map { _ in Part() }
  }

  func add(_ rows: GroupedRows) {
    var start = 0
    while start < rows.count {
      let count = min(rows.count - start, Self.roundSize - waitingCount)
      waiting.append(coded(count == rows.count ? rows : rows.slice(start..<start + count)))
      waitingCount += count
      start += count
      if waitingCount == Self.roundSize { flush() }
    }
  }

  /// Lays what waits into its partitions.
  func flush() {
    guard waitingCount > 0 else { return }
    let keys = layout.keyTypes.indices.map { index in Column.concatenated(waiting.map { $0.keys[index] }) }
    let values = waiting[0].values.indices.map { index in Column.concatenated(waiting.map { $0.values[index] }) }
    let round = RoundPositions(waiting.map { ($0.positions, $0.count) })
    let order = partitions.order(keys, count: waitingCount)
    let keyPackers = keys.map { ColumnPacker($0) }
    let valuePackers = values.map { ColumnPacker($0) }
    for partition in parts.indices {
      let rows = order.rows(of: partition)
      if rows.isEmpty { continue }
      let chunk = PackedRows(
        keys: keyPackers.map { $0.packed(rows) }, values: valuePackers.map { $0.packed(rows) },
        rows: rows.map { UInt16(truncatingIfNeeded: $0) }, round: round)
      byteCount += chunk.byteCount
      parts[partition].chunks.append(chunk)
    }
    waiting.removeAll(keepingCapacity: true)
    waitingCount = 0
    for (column, recoder) in recoders where recoder.dictionary.count > Self.dictionaryLimit { recoders[column] = nil }
  }

  /// Groups the waiting rows of a partition into its state, where that takes less room than the rows.
  ///
  /// - Returns: whether it does.
  func condense(_ partition: Int) -> Bool {
    let part = parts[partition]
    let state = part.state ?? GroupState(layout)
    let known = state.table.groupCount
    let rowCount = part.chunks.reduce(0) { $0 + $1.count }
    for chunk in part.chunks {
      byteCount -= chunk.byteCount
      state.add(chunk.unpacked)
    }
    part.chunks = []
    part.state = state
    return (state.table.groupCount - known) * 8 < rowCount
  }

  private func coded(_ rows: GroupedRows) -> GroupedRows {
    var rows = rows
    for index in rows.keys.indices { rows.keys[index] = coded(rows.keys[index], number: index) }
    for index in rows.values.indices {
      rows.values[index] = coded(rows.values[index], number: rows.keys.count + index)
    }
    return rows
  }

  /// Texts under a dictionary of this worker's own: those of the reader live no longer than their batches.
  private func coded(_ column: Column, number: Int) -> Column {
    guard case .texts(let texts) = column.values else { return column }
    let recoder = recoders[number] ?? TextRecoder()
    recoders[number] = recoder
    if recoder.dictionary.count == 0 { _ = recoder.dictionary.code(for: "") }
    let codes = recoder.words(of: texts, present: column.present).map { UInt32(truncatingIfNeeded: $0) }
    return Column(.texts(.coded(codes, recoder.dictionary)), present: column.present)
  }
}

extension GroupedRows {
  func slice(_ range: Range<Int>) -> GroupedRows {
    let rows = range.map { Int32($0) }
    let positions: RowPositions =
      switch positions {
      case .consecutive(let base): .consecutive(from: base + Int128(range.lowerBound))
      case .listed(let keys): .listed(Array(keys[range]))
      }
    return GroupedRows(
      keys: keys.map { $0.gathered(rows) }, values: values.map { $0.gathered(rows) }, count: range.count,
      positions: positions)
  }
}

/// Where the rows of a round stand: batches one after the other.
final class RoundPositions: Sendable {
  private let starts: [Int]
  private let positions: [RowPositions]

  init(_ batches: [(RowPositions, Int)]) {
    var start = 0
    starts = batches.map { batch in
      defer { start += batch.1 }
      return start
    }
    positions = batches.map(\.0)
  }

  /// The position keys of some rows, ascending row numbers.
  func keys(_ rows: [UInt16]) -> [Int128] {
    var keys: [Int128] = []
    keys.reserveCapacity(rows.count)
    var batch = 0
    for row in rows {
      while batch + 1 < starts.count, starts[batch + 1] <= Int(row) { batch += 1 }
      let place = Int(row) - starts[batch]
      switch positions[batch] {
      case .consecutive(let base): keys.append(base + Int128(place))
      case .listed(let listed): keys.append(listed[place])
      }
    }
    return keys
  }
}

/// Rows of one partition, packed.
struct PackedRows: Sendable {
  let keys: [PackedColumn]
  let values: [PackedColumn]
  /// Their numbers in the round.
  let rows: [UInt16]
  let round: RoundPositions

  var count: Int { rows.count }
  var byteCount: Int {
    rows.count * 2 + keys.reduce(0) { $0 + $1.byteCount } + values.reduce(0) { $0 + $1.byteCount } + 256
  }

  var unpacked: GroupedRows {
    GroupedRows(
      keys: keys.map(\.column), values: values.map(\.column), count: count, positions: .listed(round.keys(rows)))
  }
}
