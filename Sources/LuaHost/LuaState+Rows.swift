import CLuaBridge
import Columns

extension LuaState {
  /// Calls a function once a row, a batch in one protected call.
  ///
  /// Rows that raise have a placeholder and a failure; limits and results of a wrong type throw.
  public func mapRows(
    _ function: LuaFunction, arguments: [LuaRowArgument], count: Int, results: [LuaResult]
  ) throws(LuaFailure) -> LuaMappedRows {
    let buffers = BatchBuffers(arguments, results: results)
    var batch = unsafe makeBatch(WEIR_MAP, function, buffers, arguments.count, count, results.count)
    defer { unsafe weir_batch_free(&batch) }
    try settle(unsafe weir_run(bridge, &batch))
    return LuaMappedRows(columns: buffers.columns(results), failures: unsafe failures(batch))
  }

  /// Folds consecutive rows of one key at a time: `initial(settings)`, `step(state, …, emit)` for each row, `finish(state, emit)`.
  ///
  /// - Parameter keyOfRow: equal numbers one after the other are one key; a key must not be cut by the batch.
  public func fold(
    initial: LuaFunction, step: LuaFunction, finish: LuaFunction?, keyOfRow: [UInt32], arguments: [LuaRowArgument],
    results: [LuaResult]
  ) throws(LuaFailure) -> LuaFoldedRows {
    let states = try makeGroups()
    let buffers = BatchBuffers(arguments, results: results)
    var batch = unsafe makeBatch(WEIR_FOLD, step, buffers, arguments.count, keyOfRow.count, results.count)
    unsafe (batch.initial, batch.finish, batch.groups) = (initial.number, finish?.number ?? 0, states.number)
    defer { unsafe weir_batch_free(&batch) }
    let status = unsafe keyOfRow.withUnsafeBufferPointer { keys in
      unsafe batch.group_of_row = keys.baseAddress
      return unsafe weir_run(bridge, &batch)
    }
    try settle(status)
    let sources = unsafe [Int32](UnsafeBufferPointer(start: batch.emitted_rows, count: batch.emitted_count))
    return LuaFoldedRows(
      columns: buffers.columns(results), sourceRows: sources, failures: unsafe failures(batch))
  }

  /// Calls `run(rows, emit)` once with all rows as an array of tables; gives what it emitted.
  ///
  /// Every failure throws: there is no row that could be left out.
  public func transform(
    _ run: LuaFunction, names: [String], columns: [Column], count: Int, results: [LuaResult]
  ) throws(LuaFailure) -> (columns: [Column], count: Int) {
    let buffers = BatchBuffers([.row(names: names, columns: columns)], results: results)
    var batch = unsafe makeBatch(WEIR_WHOLE, run, buffers, 1, count, results.count)
    defer { unsafe weir_batch_free(&batch) }
    try settle(unsafe weir_run(bridge, &batch))
    return (buffers.columns(results), unsafe batch.emitted_count)
  }

  func makeBatch(
    _ mode: weir_mode, _ function: LuaFunction, _ buffers: BatchBuffers, _ argumentCount: Int, _ rowCount: Int,
    _ resultCount: Int
  ) -> weir_batch {
    var batch = unsafe weir_batch()
    unsafe (batch.mode, batch.function) = (Int32(mode.rawValue), function.number)
    unsafe (batch.arguments, batch.argument_count) = (UnsafePointer(buffers.arguments), Int32(argumentCount))
    unsafe (batch.results, batch.result_count) = (buffers.results, Int32(resultCount))
    unsafe batch.row_count = Int64(rowCount)
    return unsafe batch
  }

  func failures(_ batch: weir_batch) -> [LuaFailure] {
    unsafe UnsafeBufferPointer(start: batch.failures, count: batch.failure_count).map { unsafe LuaFailure($0) }
  }
}
