import Columns
import Diagnostics
import Memory
import Planning

/// One pass over a source: every row of an ingest or of a finished table through all steps that can run at the same
/// time.
final class Drive: Sendable {
  let graph: RunGraph
  let root: Int
  /// The nodes below the root that batches pass, by ascending number.
  let tree: [Int]
  let prepared: [Int: any PreparedRowOperation]
  let label: String
  /// Columns of the source.
  let width: Int
  let isStrict: Bool
  let isProfiled: Bool
  let common: CommonExpressions
  private let sourceColumns: [Int: [Int: Set<Int>]]
  private let needed: [Int]
  private let columnsBelow: [Int: [Int]]
  private let columnsAfter: [Int: [Int]]
  private let shared: [Int: [(column: Int, readers: [Int])]]
  /// Cells of the source's rows that could not be read and that nobody has looked at yet, by column.
  let badCells: [Int: [RowOrigin: CellFailure]]
  private let resumed: Handover<[Int: [any AggregatePartial]]>

  /// - Parameter resumed: what workers have of aggregates from earlier passes, by node and then by worker.
  init(
    graph: RunGraph, root: Int, width: Int, isStrict: Bool, prepared: [Int: any PreparedRowOperation],
    common: CommonExpressions,
    resumed: [Int: [any AggregatePartial]] = [:], badCells: [Int: [RowOrigin: CellFailure]] = [:],
    isProfiled: Bool = false
  ) {
    self.isProfiled = isProfiled
    self.badCells = badCells
    self.resumed = Handover(resumed)
    self.graph = graph
    self.root = root
    self.width = width
    self.isStrict = isStrict
    self.prepared = prepared
    self.common = common
    label = graph.nodes[root].label
    tree = graph.tree(below: root)
    sourceColumns = graph.sourceColumns(below: root, width: width)
    needed = graph.nodes[root].neededOutput.sorted()
    var below: [Int: [Int]] = [:]
    for index in tree { below[index] = Self.columnsNeeded(below: index, graph, sourceColumns) }
    columnsBelow = below
    columnsAfter = Dictionary(
      uniqueKeysWithValues: tree.map { index in
        (index, Set(graph.nodes[index].children.flatMap { below[$0] ?? [] }).sorted())
      })
    shared = Dictionary(
      uniqueKeysWithValues: ([root] + tree).map { node in
        let readers = Dictionary(
          grouping: graph.nodes[node].children.flatMap { child in (below[child] ?? []).map { (child, $0) } }, by: \.1)
        return (
          node,
          readers.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            .map { (column: $0.key, readers: $0.value.map(\.0)) }
        )
      })
  }

  /// Source columns that several children of a node look at, themselves or below them, and which children.
  func sharedColumns(below index: Int) -> [(column: Int, readers: [Int])] { shared[index] ?? [] }

  /// A worker's share of an aggregate, from an earlier pass or new.
  func partial(_ index: Int, of operation: any AggregateOperation, worker: Int, _ context: WorkerContext) throws
    -> any AggregatePartial
  {
    let earlier = resumed.value[index] ?? []
    return try earlier.indices.contains(worker) ? earlier[worker] : operation.makePartial(context)
  }

  /// Columns of the source that somebody looks at.
  var columns: [Int] { isStrict ? Array(0..<width) : needed }

  /// Source columns that a node and all below it look at.
  func columnsNeeded(below index: Int) -> [Int] { columnsBelow[index] ?? [] }

  /// Source columns that the nodes below a node look at.
  func columnsNeeded(after index: Int) -> [Int] { columnsAfter[index] ?? [] }

  private static func columnsNeeded(
    below index: Int, _ graph: RunGraph, _ sourceColumns: [Int: [Int: Set<Int>]]
  ) -> [Int] {
    var result: Set<Int> = []
    var open = [index]
    while let node = open.popLast() {
      let inputs = sourceColumns[node] ?? [:]
      for column in graph.needs(of: node) { result.formUnion(inputs[column] ?? []) }
      if !graph.isBreaker(node) { open += graph.nodes[node].children }
    }
    return result.sorted()
  }

  func sourceColumnsRead(by index: Int) -> Set<Int> {
    let inputs = sourceColumns[index] ?? [:]
    return graph.reads(of: index).reduce(into: []) { $0.formUnion(inputs[$1] ?? []) }
  }

  /// The source columns that the columns of a node's input are.
  func sourceColumns(of index: Int) -> [Int: Set<Int>] { sourceColumns[index] ?? [:] }

  /// Whether the node's input is still the source's rows, column by column: only conditions stand before it.
  func readsSourceOnly(_ index: Int) -> Bool {
    (sourceColumns[index] ?? [:]).allSatisfy { $0.value == [$0.key] } && graph.nodes[index].parents.count == 1
  }

  /// Runs the pass and gives each worker's lane, in worker order.
  ///
  /// - Parameter feed: pushes work unit `n` of `units` into a lane.
  func run(
    units: Int, workers: [WorkerContext], stop: StopFlag, feed: @escaping @Sendable (Int, Lane) throws -> Void
  ) throws -> [Lane] {
    let tickets = Tickets()
    let outcome = Outcome()
    let contexts = Handover(workers)
    let count = max(1, min(workers.count, units))
    let failed = StopFlag()
    let drive = self
    concurrently(count) { worker in
      do {
        let lane = try Lane(drive, worker: worker, context: contexts.value[worker])
        while !failed.isSet {
          if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
          let unit = tickets.draw()
          if unit >= units { break }
          do {
            try feed(unit, lane)
          } catch {
            failed.set()
            outcome.note(error, unit: unit)
            return
          }
        }
        lane.profile?.end()
        outcome.deliver(lane, worker: worker)
      } catch {
        failed.set()
        outcome.note(error, unit: Int.max)
      }
    }
    return try outcome.lanes(count)
  }
}

/// What the workers of a pass bring home.
private final class Outcome: Sendable {
  private struct State {
    var lanes: [Int: Handover<Lane>] = [:]
    var failures: [(unit: Int, error: any Error)] = []
  }

  private let state = Guarded(State())

  func note(_ error: any Error, unit: Int) { state.withLock { $0.failures.append((unit, error)) } }

  func deliver(_ lane: Lane, worker: Int) {
    let handed = Handover(lane)
    state.withLock { $0.lanes[worker] = handed }
  }

  /// The lanes in worker order, or the failure of the earliest unit. Units are drawn in ascending order and a unit
  /// under way is finished, so that
  /// failure is the same for any number of workers.
  func lanes(_ count: Int) throws -> [Lane] {
    let state = Handover(state.withLock { $0 })
    if let first = state.value.failures.min(by: { $0.unit < $1.unit }) { throw first.error }
    return (0..<count).compactMap { state.value.lanes[$0]?.value }
  }
}
