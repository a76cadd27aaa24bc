import Aggregation
import Columns
import Diagnostics
import Expressions
import Memory
import Planning

/// From all workers' groups to the rows of the step: keys, results of reductions and what is computed from them.
struct GroupingResult: Sendable {
  private let operation: GroupingOperation
  private let request: FinishRequest
  private let label: String

  init(_ operation: GroupingOperation, _ request: FinishRequest, _ report: StepReport) {
    self.operation = operation
    self.request = request
    label = report.label
  }

  /// The rows of some groups.
  private struct Part: Sendable {
    var columns: [Column]
    var count: Int
    /// Position keys of the rows; nil where the rows are in the order of the stage already.
    var positions: [Int128]?
    var omitted = 0
    var suppressed = 0
  }

  /// What went wrong with a group: of several failures that is told which one table of all groups would have met first.
  private struct Failure: Error {
    var rank: Int
    var position: Int128
    var error: any Error

    static func < (left: Failure, right: Failure) -> Bool { (left.rank, left.position) < (right.rank, right.position) }
  }

  /// - Parameter shares: each worker's sets, one a grain.
  func finish(_ shares: [[GroupStore]], _ report: inout StepReport) throws -> FinishedAggregate {
    var batches: [Batch] = []
    var omitted = 0
    for set in shares[0].indices {
      let parts = try parts(shares.map { $0[set] }, grain: operation.grains?.grains[set])
      for part in parts {
        omitted += part.omitted
        // The groups' rows are made and then withheld.
        report.counts.added += part.suppressed
        report.counts.suppressed += part.suppressed
      }
      for batch in rows(parts) where batch.count > 0 {
        var batch = batch
        batch.position = Batch.Position(split: set, batch: batches.count)
        batches.append(batch)
      }
    }
    return FinishedAggregate(Table(schema: operation.output, batches: batches), omitted: omitted)
  }

  private func parts(_ stores: [GroupStore], grain: Grain?) throws -> [Part] {
    let finished = Guarded<(parts: [Int: Part], failure: Failure?)>(([:], nil))
    let stop = request.stop
    try GroupStore.finish(stores, workers: request.contexts.count) { worker, number, groups in
      if stop.isSet { return }
      do throws(Failure) {
        let part = try part(of: groups, grain, request.contexts[worker])
        finished.withLock { $0.parts[number] = part }
      } catch {
        let failure = error
        finished.withLock { state in
          if let known = state.failure, known < failure { return }
          state.failure = failure
        }
      }
    }
    if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
    let (parts, failure) = finished.withLock { $0 }
    if let failure { throw failure.error }
    return parts.sorted { $0.key < $1.key }.map(\.value)
  }

  private func part(of groups: FinishedGroups, _ grain: Grain?, _ context: WorkerContext) throws(Failure) -> Part {
    var reduced: [Column] = []
    for index in operation.reductions.indices {
      do { reduced.append(try groups.reduced(index)) } catch { throw failure(error, index, groups) }
    }
    let firstKeys = groups.firstKeys
    var order: [Int32]? = groups.isWhole ? groups.outputOrder : nil
    var part = Part(columns: [], count: groups.count)
    if let minimum = operation.minimum {
      order = Self.large(order ?? (0..<Int32(groups.count)).map { $0 }, reduced[minimum.reduction], minimum)
      part.suppressed = groups.count - order!.count
    }
    part.count = order?.count ?? groups.count
    let keys = groups.keys.map { column in order.map { column.gathered($0) } ?? column }
    if let order { reduced = reduced.map { $0.gathered(order) } }
    if !groups.isWhole { part.positions = order.map { $0.map { firstKeys[Int($0)] } } ?? firstKeys }
    let keyCount = operation.keys.count
    part.columns = Array(keys.prefix(keyCount))
    if let grain {
      part.columns.append(.constant(.string(grain.rawValue), count: part.count, of: .string))
      part.columns.append(keys[keyCount])
    }
    part.columns += try finishedColumns(Array(keys.prefix(keyCount)), reduced, part, context)
    return leading(part)
  }

  private func failure(_ error: any Error, _ reduction: Int, _ groups: FinishedGroups) -> Failure {
    guard let problem = error as? GroupFailure else { return Failure(rank: reduction, position: 0, error: error) }
    var diagnostic = problem.failure.diagnostic
    diagnostic.message = "\(label): \(diagnostic.message)\(problem.group.map { named($0, groups.keys) } ?? "")"
    let first = problem.group.flatMap { groups.firstKeys.indices.contains($0) ? groups.firstKeys[$0] : nil }
    var told = problem.failure
    told.diagnostic = diagnostic
    return Failure(rank: reduction, position: problem.position ?? first ?? 0, error: told)
  }

  /// ` for the group month = 2024-01-01`
  private func named(_ row: Int, _ keys: [Column]) -> String {
    let key = zip(operation.keys, keys).map { "\($0.name) = \($1.scalar(row).text)" }
    return key.isEmpty ? "" : " for the group \(key.joined(separator: ", "))"
  }

  private static func large(_ order: [Int32], _ counts: Column, _ minimum: MinimumGroup) -> [Int32] {
    guard case .ints(let counts) = counts.values else { preconditionFailure("groups are counted in whole numbers") }
    return order.filter { counts[Int($0)] >= Int64(minimum.rows) }
  }

  /// Only the rows that the step below will look at.
  private func leading(_ part: Part) -> Part {
    guard let leading = request.leading, let positions = part.positions, leading.count < part.count else { return part }
    let chosen = firstRows(
      part.columns, count: part.count, by: leading.keys, positions: positions, limit: leading.count)
    return Part(
      columns: part.columns.map { $0.gathered(chosen) }, count: chosen.count,
      positions: chosen.map { positions[Int($0)] }, omitted: part.omitted + part.count - chosen.count,
      suppressed: part.suppressed)
  }

  private func finishedColumns(
    _ keys: [Column], _ reduced: [Column], _ part: Part, _ context: WorkerContext
  ) throws(Failure) -> [Column] {
    var rank = operation.reductions.count
    do {
      var finished: ProgramResult?
      if let program = operation.finishProgram, !program.outputs.isEmpty {
        var inputs = [Column](repeating: .unread, count: operation.scopeCount)
        for (key, position) in zip(keys, operation.keyPositions) { inputs[position] = key }
        inputs += reduced[operation.firstCall...]
        let result = try program.evaluate(inputs, count: part.count, worker: context.programs)
        try fail(result.failures.map { RowProblem($0) }, rank, part, keys)
        finished = result
      }
      var columns: [Column] = []
      for result in operation.results {
        rank += 1
        switch result {
        case .reduction(let index): columns.append(reduced[index])
        case .finish(let output): columns.append(finished!.columns[output])
        case .constant(let scalar, let type): columns.append(.constant(scalar, count: part.count, of: type))
        case .script(let script, let indexes):
          let (made, problems) = try script.makeInstance(context).map(
            indexes.map { reduced[$0] }, count: part.count)
          try fail(problems, rank, part, keys)
          columns.append(made[0])
        }
      }
      return columns
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(rank: rank, position: part.positions?.min() ?? 0, error: error)
    }
  }

  /// A group that cannot be computed ends the run: a report without one of its rows is worse than none.
  private func fail(_ problems: [RowProblem], _ rank: Int, _ part: Part, _ keys: [Column]) throws {
    func position(_ problem: RowProblem) -> Int128 {
      part.positions.map { $0[Int(problem.row)] } ?? Int128(problem.row)
    }
    guard let first = part.positions == nil ? problems.first : problems.min(by: { position($0) < position($1) })
    else { return }
    let group = named(Int(first.row), keys)
    var failure = RunFailure(first.code, "\(label): \(first.message)\(group)")
    if var whole = first.full?.diagnostic {
      whole.message = "\(label): \(whole.message)\(group)"
      failure = RunFailure(whole)
    }
    throw Failure(rank: rank, position: position(first), error: failure)
  }

  /// All parts as batches in the order of the stage.
  private func rows(_ parts: [Part]) -> [Batch] {
    if parts.count == 1, parts[0].positions == nil {
      return [Batch(columns: parts[0].columns, count: parts[0].count)]
    }
    return OrderedUnion(
      parts.map { OrderedUnion.Part(columns: $0.columns, positions: $0.positions ?? []) }
    ).batches(workers: request.contexts.count)
  }
}
