import Columns

/// Which of the rows with equal keys stays.
public enum KeptRow: String, Sendable, CaseIterable { case first, last }

/// The one row of each key that stays, as row numbers in the order of the input.
///
/// - Parameters:
///   - types: of the key columns.
///   - order: by which a row is the first or last of its key; equal rows stand in the order of the input.
public func deduplicated(_ batch: Batch, by keys: [Int], types: [DataType], keep: KeptRow, order: [SortKey] = [])
  -> [Int32]
{
  let partitions = Partitions(of: batch, by: keys, types: types, order: order)
  return partitions.ranges.filter { !$0.isEmpty }.map { range in
    partitions.rows[keep == .first ? range.lowerBound : range.upperBound - 1]
  }.sorted()
}
