import Columns
import Diagnostics
import Planning

/// A metric's aggregate over rows that are handed to it, in one part or in several that are merged.
struct MetricRun {
  private let operation: any AggregateOperation
  private let given: GivenRows
  /// One for all runs: loading a plugin takes longer than a trial.
  private let context = WorkerContext()
  let resultName: String
  let resultType: ValueType

  /// - Parameter step: an `aggregate` of the metric alone, over the inputs in their order.
  init?(_ step: PlannedStep, _ given: GivenRows) {
    guard case .aggregate(let operation) = step.operation, step.input.count == given.inputs.count else { return nil }
    self.operation = operation
    self.given = given
    resultName = step.output[0].name
    resultType = step.output[0].type
  }

  /// The groups' rows; nil where a row is refused.
  ///
  /// - Parameters:
  ///   - parts: the rows of each part. Every part but the one that takes in the others is written down and read back, as
  ///     `weir partial` and `weir merge` do it.
  ///   - isReversed: whether the last part takes in the others; each keeps its place among the rows.
  func rows(_ parts: [[[Scalar]]], isReversed: Bool = false) throws -> [[Scalar]]? {
    var report = StepReport(step: 0, label: "the metric")
    do {
      var partials: [any AggregatePartial] = []
      let numbered = Array(parts.enumerated())
      for (number, rows) in isReversed ? numbered.reversed() : numbered {
        let partial = try operation.makePartial(context)
        if !rows.isEmpty {
          try partial.add(
            Batch(
              columns: given.columns(rows), count: rows.count, position: Batch.Position(split: number, batch: 0)),
            &report)
        }
        guard let first = partials.first else {
          partials.append(partial)
          continue
        }
        if let portable = partial as? any PortablePartial, let merged = first as? any PortablePartial {
          try merged.absorb(encoded: try portable.encode())
        } else {
          partials.append(partial)
        }
      }
      let finished = try operation.finish(partials, FinishRequest(contexts: [context]), &report)
      return finished.table.batches.flatMap { batch in
        (0..<batch.count).map { row in batch.columns.map { $0.scalar(row) } }
      }
    } catch is RunFailure {
      return nil
    }
  }
}
