import Columns
import Memory
import Planning

/// Gathers what a run's parts cost while the run drives them one after the other.
final class ProfileRecorder {
  /// An ingest or a finished table, sent through all steps that can run at the same time.
  struct Pass {
    var label: String
    var wall = 0
    var processor = 0
    var reading = 0
    var rows = 0
    var bytes = 0
    var columns: [(field: Field, nanoseconds: Int, cells: Int)] = []
    /// What several steps take.
    var common: [(label: String, nanoseconds: Int, rows: Int)] = []
  }

  /// Work on whole tables, or the writing of a file.
  struct Cost {
    var processor = 0
    var wall = 0
    var bytes = 0

    static func += (left: inout Cost, right: Cost) {
      left.processor += right.processor
      left.wall += right.wall
      left.bytes += right.bytes
    }
  }

  private(set) var passes: [Pass] = []
  /// Processor time within passes, by label of the step or check.
  private(set) var rowWork: [String: Int] = [:]
  /// What a step does once its input, or a side of it, is complete, by label.
  private(set) var tableWork: [String: Cost] = [:]
  private(set) var outputs: [(path: String, cost: Cost)] = []
  private let costs: ScriptCosts
  private let begin = ProcessorTime.ofWall
  /// What the process had taken before: starting up, reading the pipeline and planning it.
  private let before = ProcessorTime.ofProcess

  init(_ costs: ScriptCosts) {
    self.costs = costs
    costs.measure()
  }

  func notePass(
    _ lanes: [Lane], _ graph: RunGraph, _ common: CommonExpressions, label: String, schema: Schema, since start: Int
  ) {
    var pass = Pass(label: label, wall: ProcessorTime.ofWall - start)
    var columns: [Int: (nanoseconds: Int, cells: Int)] = [:]
    pass.common = common.numbers.map { (label: common.text($0, schema.names), nanoseconds: 0, rows: 0) }
    for lane in lanes {
      guard let profile = lane.profile else { continue }
      pass.processor += profile.total
      pass.reading += profile.reading
      pass.rows += lane.sourceReport.counts.rowsIn
      pass.bytes += profile.bytes
      for (node, nanoseconds) in profile.nodes { rowWork[graph.nodes[node].label, default: 0] += nanoseconds }
      for (number, cost) in profile.common {
        pass.common[number].nanoseconds += cost.nanoseconds
        pass.common[number].rows += cost.rows
      }
      for (column, cost) in profile.columns {
        let sum = columns[column] ?? (0, 0)
        columns[column] = (sum.nanoseconds + cost.nanoseconds, sum.cells + cost.cells)
      }
    }
    pass.columns = columns.sorted { $0.key < $1.key }
      .map { (field: schema[$0.key], nanoseconds: $0.value.nanoseconds, cells: $0.value.cells) }
    passes.append(pass)
  }

  /// Measures work that nothing else runs beside, workers that it starts included.
  func measuring<Result>(_ label: String, _ work: () throws -> Result) rethrows -> Result {
    let (processor, wall) = (ProcessorTime.ofProcess, ProcessorTime.ofWall)
    let result = try work()
    tableWork[label, default: Cost()] += Cost(
      processor: ProcessorTime.ofProcess - processor, wall: ProcessorTime.ofWall - wall)
    return result
  }

  /// - Parameter write: adds up the bytes that it writes.
  func measuringOutput(_ path: String, _ write: (inout Int) throws -> Void) rethrows {
    let (processor, wall) = (ProcessorTime.ofProcess, ProcessorTime.ofWall)
    var bytes = 0
    try write(&bytes)
    outputs.append(
      (
        path,
        Cost(processor: ProcessorTime.ofProcess - processor, wall: ProcessorTime.ofWall - wall, bytes: bytes)
      ))
  }

  /// The profile of what ran until now, steps with the rows of the ledger.
  func profile(_ ledger: Ledger) -> RunProfile {
    RunProfile(
      planning: before, processor: ProcessorTime.ofProcess, wall: ProcessorTime.ofWall - begin, passes: passes,
      rowWork: rowWork, tableWork: tableWork, outputs: outputs, functions: costs.all, ledger: ledger)
  }
}
