import Columns
import Memory

/// Rows of a stage laid by partition, packed, until somebody groups them.
///
/// Rows are gathered into rounds of at most 65,536 and then cut by partition, so that a part has rows enough to pack well.
final class RowScatter {
  private let layout: GroupLayout
  private let partitions: KeyPartitions
  private let roundSize: Int
  let parts: [Part]
  private var waiting: [GroupedRows] = []
  private var waitingCount = 0
  private var recoders: [Int: TextRecoder] = [:]
  /// Bytes of all packed rows.
  private(set) var packedByteCount = 0
  /// Bytes of packed rows and of the states of partitions.
  private(set) var byteCount = 0

  /// A recoder that has met so many texts is replaced, so that dictionaries go when their rows do.
  private static let dictionaryLimit = 1 << 16

  /// What one partition has got so far. After scattering has ended one thread has each part for itself.
  final class Part {
    var chunks: [PackedRows] = []
    var state: GroupState?
    fileprivate var stateByteCount = 0
    var spilled: [Spilled] = []

    /// Rows and groups, at least as many as it has groups.
    var count: Int {
      chunks.reduce(0) { $0 + $1.count } + (state?.table.groupCount ?? 0) + spilled.reduce(0) { $0 + $1.count }
    }
  }

  /// Packed rows or groups that are in a file.
  struct Spilled {
    let segment: SpillFile.Segment
    let isState: Bool
    let count: Int
  }

  /// - Parameter roundSize: at most 65,536.
  init(_ layout: GroupLayout, _ partitions: KeyPartitions, roundSize: Int) {
    self.roundSize = roundSize
    self.layout = layout
    self.partitions = partitions
    parts = (0..<partitions.count).map { _ in Part() }
  }

  func add(_ rows: GroupedRows) {
    var start = 0
    while start < rows.count {
      let count = min(rows.count - start, roundSize - waitingCount)
      waiting.append(coded(count == rows.count ? rows : rows.slice(start..<start + count)))
      waitingCount += count
      start += count
      if waitingCount == roundSize { flush() }
    }
  }

  /// Lays what waits into its partitions.
  func flush() {
    guard waitingCount > 0 else { return }
    let keys = layout.keyTypes.indices.map { index in Column.concatenated(waiting.map { $0.keys[index] }) }
    let values = waiting[0].values.indices.map { index in Column.concatenated(waiting.map { $0.values[index] }) }
    let round = RoundPositions(waiting)
    let order = partitions.order(keys, count: waitingCount)
    let keyPackers = keys.map { ColumnPacker($0) }
    let valuePackers = values.map { ColumnPacker($0) }
    for partition in parts.indices {
      let rows = order.rows(of: partition)
      if rows.isEmpty { continue }
      let chunk = PackedRows(
        keys: keyPackers.map { $0.packed(rows) }, values: valuePackers.map { $0.packed(rows) },
        rows: rows.map { UInt16(truncatingIfNeeded: $0) }, round: round)
      packedByteCount += chunk.byteCount
      byteCount += chunk.byteCount
      parts[partition].chunks.append(chunk)
    }
    waiting.removeAll(keepingCapacity: true)
    waitingCount = 0
    for (column, recoder) in recoders where recoder.dictionary.count > Self.dictionaryLimit { recoders[column] = nil }
  }

  /// Groups the packed rows of a partition into its state.
  ///
  /// - Returns: whether that takes less room than the rows did.
  func condense(_ partition: Int) -> Bool {
    let part = parts[partition]
    let state = part.state ?? GroupState(layout)
    var released = 0
    for chunk in part.chunks {
      released += chunk.byteCount
      state.add(chunk.unpacked)
    }
    part.chunks = []
    part.state = state
    let grown = state.byteCount - part.stateByteCount
    part.stateByteCount += grown
    packedByteCount -= released
    byteCount += grown - released
    return grown * 2 < released
  }

  /// Takes in groups, by partition.
  func take(_ states: [GroupState?]) {
    for (part, state) in zip(parts, states) {
      guard let state else { continue }
      if let known = part.state { known.absorb(state) } else { part.state = state }
      let bytes = part.state!.byteCount
      byteCount += bytes - part.stateByteCount
      part.stateByteCount = bytes
    }
  }

  /// Writes all that is held into a file.
  func spill(to file: SpillFile) throws {
    for part in parts {
      if !part.chunks.isEmpty {
        var writer = StateWriter()
        writer.put(UInt64(part.chunks.count))
        for chunk in part.chunks { chunk.write(to: &writer) }
        let count = part.chunks.reduce(0) { $0 + $1.count }
        part.spilled.append(Spilled(segment: try file.write(writer.bytes), isState: false, count: count))
        part.chunks = []
      }
      if let state = part.state {
        part.spilled.append(
          Spilled(segment: try file.write(state.encode()), isState: true, count: state.table.groupCount))
        part.state = nil
        part.stateByteCount = 0
      }
    }
    byteCount = 0
    packedByteCount = 0
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
  func gathered(_ rows: [Int32]) -> GroupedRows {
    let positions = positions.keys(count)
    return GroupedRows(
      keys: keys.map { $0.gathered(rows) }, values: values.map { $0.gathered(rows) }, count: rows.count,
      positions: .listed(rows.map { positions[Int($0)] }))
  }

  func slice(_ range: Range<Int>) -> GroupedRows {
    guard case .consecutive(let base) = positions else { preconditionFailure("rows of a batch") }
    var slice = gathered(range.map { Int32($0) })
    slice.positions = .consecutive(from: base + Int128(range.lowerBound))
    return slice
  }
}

/// Where the rows of a round stand: batches one after the other.
final class RoundPositions: Sendable {
  /// The first row of each batch.
  let starts: [UInt32]
  /// Its position key.
  let bases: [Int128]

  init(starts: [UInt32], bases: [Int128]) {
    self.starts = starts
    self.bases = bases
  }

  convenience init(_ batches: [GroupedRows]) {
    var start = 0
    var starts: [UInt32] = []
    var bases: [Int128] = []
    for batch in batches {
      guard case .consecutive(let base) = batch.positions else { preconditionFailure("rows of a batch") }
      starts.append(UInt32(start))
      bases.append(base)
      start += batch.count
    }
    self.init(starts: starts, bases: bases)
  }

  /// The position keys of some rows, ascending row numbers.
  func keys(_ rows: [UInt16]) -> [Int128] {
    var keys: [Int128] = []
    keys.reserveCapacity(rows.count)
    var batch = 0
    var next = starts.count > 1 ? Int(starts[1]) : Int.max
    var offset = bases[0]
    for row in rows {
      while Int(row) >= next {
        batch += 1
        next = batch + 1 < starts.count ? Int(starts[batch + 1]) : Int.max
        offset = bases[batch] - Int128(starts[batch])
      }
      keys.append(offset + Int128(row))
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
