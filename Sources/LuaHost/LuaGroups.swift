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

  /// A group's state as a value that another state can merge; nil where no row stepped it.
  public func exportGroup(_ groups: LuaGroups, _ group: Int) throws(LuaFailure) -> LuaValue {
    try settle(unsafe weir_groups_export(bridge, groups.number, Int64(group)))
    return unsafe ValueNodes.readAll(weir_reply(bridge)).first ?? .nil
  }

  /// Merges another state's group into one: `merge(a, b)`, or the other itself where the group is new.
  public func merge(_ groups: LuaGroups, group: Int, with other: LuaValue, merge: LuaFunction) throws(LuaFailure) {
    if other.isNil { return }
    let nodes = ValueNodes()
    nodes.append(other)
    try settle(
      unsafe nodes.nodes.withUnsafeBufferPointer {
        unsafe weir_groups_merge(bridge, groups.number, merge.number, Int64(group), $0.baseAddress)
      })
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
