import CLuaBridge
import Columns

/// The states of a scripted aggregate's groups, by group number. Valid in the state that made them.
@safe public final class LuaGroups {
  let number: Int32
  private let owner: LuaState

  init(number: Int32, owner: LuaState) {
    self.number = number
    self.owner = owner
  }

  deinit { _ = unsafe weir_groups_drop(owner.bridge, number) }
}

extension LuaState {
  public func makeGroups() throws(LuaFailure) -> LuaGroups {
    var number: Int32 = 0
    try settle(unsafe weir_groups_make(bridge, &number))
    return LuaGroups(number: number, owner: self)
  }

  /// `state = step(state, …)` for each row; a new group's state is `initial(settings)`. A step that gives nil has changed its state in place.
  public func step(
    _ groups: LuaGroups, initial: LuaFunction, step: LuaFunction, groupOfRow: [UInt32], groupCount: Int,
    arguments: [LuaRowArgument]
  ) throws(LuaFailure) -> [LuaFailure] {
    precondition(groupOfRow.allSatisfy { $0 < groupCount })
    let buffers = BatchBuffers(arguments, results: [])
    var batch = unsafe makeBatch(WEIR_STEP, step, buffers, arguments.count, groupOfRow.count, 0)
    unsafe (batch.initial, batch.groups) = (initial.number, groups.number)
    defer { unsafe weir_batch_free(&batch) }
    let status = unsafe groupOfRow.withUnsafeBufferPointer { numbers in
      unsafe batch.group_of_row = numbers.baseAddress
      return unsafe weir_run(bridge, &batch)
    }
    try settle(status)
    return unsafe failures(batch)
  }

  /// The states of groups 0 to `count - 1` as bytes, one after the other. Throws where one is no plain data.
  public func export(_ groups: LuaGroups, count: Int) throws(LuaFailure) -> LuaStates {
    try settle(unsafe weir_groups_export(bridge, groups.number, Int64(count)))
    return unsafe LuaStates(weir_reply(bridge), count: count)
  }

  /// Gives some groups the states of some bytes.
  public func `import`(_ states: LuaStates, into groups: LuaGroups, at numbers: [Int]) throws(LuaFailure) {
    precondition(numbers.count == states.count)
    guard let nodes = states.nodes() else {
      throw LuaFailure(.result, "a saved state is damaged or of another version")
    }
    let places = numbers.map { Int64($0) }
    let status = unsafe places.withUnsafeBufferPointer { places in
      unsafe nodes.nodes.withUnsafeBufferPointer {
        unsafe weir_groups_import(bridge, groups.number, places.baseAddress, Int64(places.count), $0.baseAddress)
      }
    }
    try settle(status)
  }

  /// Merges consecutive states with `merge(a, b)`; group `g` of the result has those before `ends[g]` that no group
  /// before has. A merge that gives nil has changed its first state in place.
  public func combine(_ groups: LuaGroups, ends: [Int], merge: LuaFunction) throws(LuaFailure) -> LuaGroups {
    let result = try makeGroups()
    let status = unsafe ends.map { Int64($0) }.withUnsafeBufferPointer {
      unsafe weir_groups_combine(
        bridge, groups.number, result.number, merge.number, $0.baseAddress, Int64(ends.count))
    }
    try settle(status)
    return result
  }

  /// `finish(state)` of groups 0 to `groupCount - 1`, a row each; a group that no row stepped is finished from `initial(settings)`.
  public func finish(
    _ groups: LuaGroups, initial: LuaFunction, finish: LuaFunction, groupCount: Int, results: [LuaResult]
  ) throws(LuaFailure) -> [Column] {
    let buffers = BatchBuffers([], results: results)
    var batch = unsafe makeBatch(WEIR_MAP, finish, buffers, 0, groupCount, results.count)
    defer { unsafe weir_batch_free(&batch) }
    try settle(unsafe weir_groups_finish(bridge, groups.number, initial.number, &batch))
    return buffers.columns(results)
  }
}
