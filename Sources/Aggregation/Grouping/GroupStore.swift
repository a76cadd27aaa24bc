import Columns
import Diagnostics
import Memory

/// One worker's share of a grouping.
///
/// Few groups stay in one table. Past a number of groups rows are no longer grouped as they come but laid by partition of their keys' hash; when all
/// workers are done each partition is grouped by one worker alone, in a table that fits its cache, and nothing is merged under a lock. What passes the
/// memory budget waits in a file.
public final class GroupStore {
  let layout: GroupLayout
  private let budget: MemoryBudget?
  private let limits: Limits
  private var state: GroupState
  private(set) var scatter: RowScatter?
  private var condenseLimit: Int
  /// Bytes that the budget counts for this store.
  private var taken = 0

  /// When a store changes its way of working.
  struct Limits {
    /// A table of so many groups still lives in the second-level cache.
    var groups = 1 << 15
    /// A table of so many groups that are found by array slot still beats laying rows by partition.
    var directGroups = 1 << 19
    /// Rows that are cut into partitions at a time.
    var round = 1 << 16
    /// Bytes of packed rows at which it is asked whether groups would take less.
    var condensing = 16 << 20
  }

  static let partitionBits = 7
  static let partitions = KeyPartitions(bits: partitionBits)
  /// Less is not worth a piece of its own for each partition.
  private static let leastSpill = 1 << 20

  public convenience init(_ layout: GroupLayout, budget: MemoryBudget? = nil) {
    self.init(layout, budget: budget, limits: Limits())
  }

  init(_ layout: GroupLayout, budget: MemoryBudget?, limits: Limits) {
    self.layout = layout
    self.budget = budget
    self.limits = limits
    condenseLimit = limits.condensing
    state = GroupState(layout)
  }

  deinit { budget?.take(-taken) }

  /// Takes in a batch: one column a key and a value, `count` rows each. Throws `RunFailure` where a temporary file cannot be written.
  public func add(keys: [Column], values: [Column], count: Int, position: Batch.Position) throws {
    let rows = GroupedRows(keys: keys, values: values, count: count, positions: RowPositions(position))
    if let scatter {
      scatter.add(rows)
      if scatter.packedByteCount > condenseLimit { condense(scatter) }
      try account(scatter)
    } else {
      state.add(rows)
      if mustScatter { startScattering() }
    }
  }

  private var mustScatter: Bool {
    if state.table.groupCount > (state.table.isDirect ? limits.directGroups : limits.groups) { return true }
    guard let budget, !layout.keyTypes.isEmpty else { return false }
    // A table at work is not written to a file; it has to leave room for those of the other workers.
    let bytes = state.byteCount
    budget.take(bytes - taken)
    taken = bytes
    return budget.isExceeded && bytes > min(Self.leastSpill, budget.limit / 16)
  }

  private func startScattering() {
    let scatter = RowScatter(layout, Self.partitions, roundSize: limits.round)
    scatter.take(state.split(Self.partitions))
    state = GroupState(layout)
    self.scatter = scatter
  }

  private func account(_ scatter: RowScatter) throws {
    guard let budget else { return }
    budget.take(scatter.byteCount - taken)
    taken = scatter.byteCount
    guard budget.isExceeded, taken > min(Self.leastSpill, budget.limit / 16) else { return }
    try scatter.spill(to: budget.spillFile())
    budget.take(-taken)
    taken = 0
  }

  /// Rows of few groups would fill the memory; one partition tells whether grouping them frees it.
  private func condense(_ scatter: RowScatter) {
    guard scatter.condense(0) else {
      condenseLimit *= 2
      return
    }
    for partition in scatter.parts.indices.dropFirst() { _ = scatter.condense(partition) }
  }

  // MARK: Other processes

  /// The groups, nothing more to come.
  func closedStates() throws -> [GroupState] {
    guard let scatter else { return [state] }
    scatter.flush()
    var states: [GroupState] = []
    for part in scatter.parts {
      try PartitionGrouping([part], layout, budget, room: nil).run { _, state in states.append(state) }
    }
    return states
  }

  func absorb(_ other: GroupState) throws {
    let mostGroups = state.table.isDirect ? limits.directGroups : limits.groups
    if scatter == nil, state.table.groupCount + other.table.groupCount > mostGroups { startScattering() }
    if let scatter {
      scatter.take(other.split(Self.partitions))
      try account(scatter)
    } else {
      state.absorb(other)
    }
  }

  // MARK: The end

  /// Groups what all workers have got, and gives every group to `body` once: all in one call where they are few, else a call a partition, from several
  /// threads at a time.
  ///
  /// - Parameter body: takes the number of the thread, of the call and the groups.
  public static func finish(
    _ stores: [GroupStore], workers: Int, _ body: @escaping @Sendable (Int, Int, FinishedGroups) -> Void
  ) throws {
    guard stores.contains(where: { $0.scatter != nil }) else {
      let whole = stores[0].state
      for store in stores.dropFirst() {
        whole.absorb(store.state)
        store.state = GroupState(store.layout)
      }
      var groups = whole.finish()
      groups.workers = workers
      body(0, 0, groups)
      return
    }
    let shared = Handover(stores)
    try inParallel(stores.count, workers: workers) { _, index in
      let store = shared.value[index]
      if store.scatter == nil { store.startScattering() }
      store.scatter!.flush()
      try store.account(store.scatter!)
    }
    let (layout, budget) = (stores[0].layout, stores[0].budget)
    let room = budget.map { $0.limit / max(workers, 1) }
    try inParallel(partitions.count, workers: workers) { worker, partition in
      let parts = shared.value.map { $0.scatter!.parts[partition] }
      try PartitionGrouping(parts, layout, budget, room: room).run { pass, state in
        var groups = state.finish()
        groups.isWhole = false
        body(worker, partition << 16 | pass, groups)
      }
    }
  }
}
