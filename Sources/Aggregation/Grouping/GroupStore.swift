import Columns
import Memory
import Synchronization

/// One worker's share of a grouping.
///
/// Few groups stay in one table. Past a number of groups rows are no longer grouped as they come but laid by partition of their keys' hash; when all
/// workers are done each partition is grouped by one worker alone, in a table that fits its cache, and nothing is merged under a lock.
public final class GroupStore {
  private let layout: GroupLayout
  private var state: GroupState
  private var scatter: RowScatter?
  private var condenseLimit = GroupStore.firstCondenseLimit

  /// A table of so many groups still lives in the second-level cache.
  private static let groupLimit = 1 << 15
  private static let partitions = KeyPartitions(bits: 6)
  /// Bytes of packed rows at which it is asked whether groups would take less.
  private static let firstCondenseLimit = 16 << 20

  public init(_ layout: GroupLayout) {
    self.layout = layout
    state = GroupState(layout)
  }

  /// Takes in a batch: one column a key and a value, `count` rows each.
  public func add(keys: [Column], values: [Column], count: Int, position: Batch.Position) {
    let rows = GroupedRows(keys: keys, values: values, count: count, positions: RowPositions(position))
    if let scatter {
      scatter.add(rows)
      if scatter.byteCount > condenseLimit { condense(scatter) }
    } else {
      state.add(rows)
      if state.table.groupCount > Self.groupLimit { startScattering() }
    }
  }

  private func startScattering() {
    let scatter = RowScatter(layout, Self.partitions)
    for (part, state) in zip(scatter.parts, state.split(Self.partitions)) { part.state = state }
    state = GroupState(layout)
    self.scatter = scatter
  }

  /// Rows of few groups would fill the memory; one partition tells whether grouping them frees it.
  private func condense(_ scatter: RowScatter) {
    guard scatter.condense(0) else {
      condenseLimit *= 2
      return
    }
    for partition in scatter.parts.indices.dropFirst() { _ = scatter.condense(partition) }
  }

  // MARK: The end

  /// Groups what all workers have got, and gives every group to `body` once: all in one call where they are few, else a call a partition, from several
  /// threads at a time.
  ///
  /// - Parameter body: takes the number of the thread, of the call and the groups.
  public static func finish(
    _ stores: [GroupStore], workers: Int, _ body: @escaping @Sendable (Int, Int, FinishedGroups) -> Void
  ) {
    let layout = stores[0].layout
    guard stores.contains(where: { $0.scatter != nil }) else {
      let whole = stores[0].state
      for store in stores.dropFirst() {
        whole.absorb(store.state)
        store.state = GroupState(layout)
      }
      body(0, 0, whole.finish())
      return
    }
    let shared = Handover(stores)
    let openings = Tickets()
    concurrently(min(workers, stores.count)) { _ in
      while true {
        let index = openings.draw()
        if index >= shared.value.count { break }
        let store = shared.value[index]
        if store.scatter == nil { store.startScattering() }
        store.scatter!.flush()
      }
    }
    let tickets = Tickets()
    concurrently(workers) { worker in
      while true {
        let partition = tickets.draw()
        if partition >= partitions.count { break }
        if let state = grouped(shared.value.map { $0.scatter!.parts[partition] }, layout) {
          var groups = state.finish()
          groups.isWhole = false
          body(worker, partition, groups)
        }
      }
    }
  }

  private static func grouped(_ parts: [RowScatter.Part], _ layout: GroupLayout) -> GroupState? {
    var whole: GroupState?
    for part in parts {
      if let state = part.state {
        if let whole { whole.absorb(state) } else { whole = state }
        part.state = nil
      }
    }
    for part in parts {
      let chunks = part.chunks
      part.chunks = []
      for chunk in chunks {
        if whole == nil { whole = GroupState(layout) }
        whole!.add(chunk.unpacked)
      }
    }
    return whole
  }
}
