import Columns

/// The table's rows in the order of the keys, as one batch; stable.
public func sorted(_ table: Table, by keys: [SortKey]) -> Table {
  let rows = table.concatenated()
  let order = RowOrder(keys.map { (rows.columns[$0.column], $0.descending) }, count: rows.count)
  return Table(schema: table.schema, batches: [rows.gathered(order.sorted())])
}

/// Rows `skip` to `skip + rows - 1` in the order of the keys; ties by the order of the rows. Does not sort what is not asked for.
public func top(_ table: Table, rows limit: Int, skip: Int = 0, by keys: [SortKey]) -> Table {
  let rows = table.concatenated()
  let skip = max(skip, 0)
  let (end, overflow) = skip.addingReportingOverflow(max(limit, 0))
  let order = RowOrder(keys.map { (rows.columns[$0.column], $0.descending) }, count: rows.count)
  let chosen = order.first(overflow ? rows.count : min(end, rows.count))
  return Table(schema: table.schema, batches: [rows.gathered(Array(chosen.dropFirst(skip)))])
}
