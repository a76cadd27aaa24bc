import Columns
import Memory

/// Rows that come in parts without order, brought into the order of their positions: many threads, a batch each.
public struct OrderedUnion: Sendable {
  public struct Part: Sendable {
    var columns: [Column]
    var positions: [Int128]

    public init(columns: [Column], positions: [Int128]) {
      self.columns = columns
      self.positions = positions
    }
  }

  private let parts: [Part]
  private static let batchSize = 1 << 16

  public init(_ parts: [Part]) { self.parts = parts.filter { !$0.positions.isEmpty } }

  /// The rows in order, cut into batches of about 65,536.
  public func batches(workers: Int) -> [Batch] {
    let total = parts.reduce(0) { $0 + $1.positions.count }
    if total == 0 { return [] }
    let borders = borders(total)
    let bucketCount = borders.count + 1
    let made = Guarded<(cuts: [Int: [[Int32]]], batches: [Int: Batch])>(([:], [:]))
    let partTickets = Tickets()
    concurrently(min(workers, parts.count)) { _ in
      while true {
        let number = partTickets.draw()
        if number >= parts.count { break }
        let cut = Self.cut(parts[number].positions, borders)
        made.withLock { $0.cuts[number] = cut }
      }
    }
    let cuts = made.withLock { state in parts.indices.map { state.cuts[$0]! } }
    let tickets = Tickets()
    concurrently(min(workers, bucketCount)) { _ in
      while true {
        let bucket = tickets.draw()
        if bucket >= bucketCount { break }
        let batch = batch(parts.indices.map { cuts[$0][bucket] })
        made.withLock { $0.batches[bucket] = batch }
      }
    }
    return made.withLock { state in (0..<bucketCount).compactMap { state.batches[$0] } }
  }

  /// Positions that cut the rows into batches of about equal size.
  private func borders(_ total: Int) -> [Int128] {
    let count = (total - 1) / Self.batchSize
    guard count > 0 else { return [] }
    let step = Self.batchSize / 64
    var sample: [Int128] = []
    for part in parts {
      for row in stride(from: 0, to: part.positions.count, by: step) { sample.append(part.positions[row]) }
    }
    sample.sort()
    var borders: [Int128] = []
    for border in 1...count {
      let position = sample[border * sample.count / (count + 1)]
      if borders.last != position { borders.append(position) }
    }
    return borders
  }

  /// The rows of a part by bucket: below the first border, from there to the second, and so on.
  private static func cut(_ positions: [Int128], _ borders: [Int128]) -> [[Int32]] {
    var rows = [[Int32]](repeating: [], count: borders.count + 1)
    for row in positions.indices {
      let position = positions[row]
      var low = 0
      var high = borders.count
      while low < high {
        let middle = (low + high) / 2
        if borders[middle] <= position { low = middle + 1 } else { high = middle }
      }
      rows[low].append(Int32(truncatingIfNeeded: row))
    }
    return rows
  }

  private func batch(_ rows: [[Int32]]) -> Batch {
    struct Entry {
      var position: Int128
      var row: Int32
    }
    let used = parts.indices.filter { !rows[$0].isEmpty }
    var entries: [Entry] = []
    entries.reserveCapacity(rows.reduce(0) { $0 + $1.count })
    for part in used {
      let positions = parts[part].positions
      for row in rows[part] {
        entries.append(Entry(position: positions[Int(row)], row: Int32(truncatingIfNeeded: entries.count)))
      }
    }
    entries.sort { $0.position != $1.position ? $0.position < $1.position : $0.row < $1.row }
    let order = entries.map(\.row)
    let width = parts[0].columns.count
    let columns = (0..<width).map { column in
      Column.concatenated(used.map { parts[$0].columns[column].gathered(rows[$0]).withoutLargeDictionary })
        .gathered(order)
    }
    return Batch(columns: columns, count: order.count)
  }
}

extension Column {
  /// Texts as their bytes where the dictionary has many more entries than the column rows.
  var withoutLargeDictionary: Column {
    guard case .texts(.coded(let codes, let dictionary)) = values, dictionary.count > 4 * codes.count else {
      return self
    }
    var ends: [Int] = []
    ends.reserveCapacity(codes.count)
    var bytes: [UInt8] = []
    for code in codes {
      dictionary.withBytes(of: Int(code)) { text in for index in text.indices { bytes.append(text[index]) } }
      ends.append(bytes.count)
    }
    return Column(.texts(.plain(ends: ends, bytes: bytes)), present: present)
  }
}

/// The first rows in the order of the keys, those equal in all of them by position: their numbers, in that order.
public func firstRows(
  _ columns: [Column], count: Int, by keys: [SortKey], positions: [Int128], limit: Int
) -> [Int32] {
  guard limit > 0, limit < count, let first = keys.first else {
    return firstRows(columns, (0..<Int32(count)).map { $0 }, by: keys, positions: positions, limit: limit)
  }
  // What the first key alone rules out, which is most, is not looked at again.
  let rough = RowOrder([(columns[first.column], first.descending)], count: count)
  let last = rough.first(limit)[limit - 1]
  return firstRows(columns, rough.notBehind(last), by: keys, positions: positions, limit: limit)
}

private func firstRows(
  _ columns: [Column], _ rows: [Int32], by keys: [SortKey], positions: [Int128], limit: Int
) -> [Int32] {
  let places = rows.map { positions[Int($0)] }
  let upper = Column(.ints(places.map { Int64(truncatingIfNeeded: $0 >> 64) }))
  let lower = Column(.ints(places.map { Int64(truncatingIfNeeded: $0) }))
  let order = RowOrder(
    keys.map { (columns[$0.column].gathered(rows), $0.descending) } + [(upper, false), (lower, false)],
    count: rows.count)
  return order.first(limit).map { rows[Int($0)] }
}
