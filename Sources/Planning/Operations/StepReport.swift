import Columns
import Diagnostics

/// The rows of one step, counted: `rowsIn + added = rowsOut + filtered + grouped + suppressed + quarantined`.
public struct StepCounts: Sendable, Equatable {
  public var rowsIn = 0
  /// Rows that the step made beyond those that came: an exploded list's second element, a join's second match.
  public var added = 0
  public var rowsOut = 0
  /// Rows that a condition dropped.
  public var filtered = 0
  /// Rows that became part of a group's row.
  public var grouped = 0
  /// Rows of groups too small to be shown.
  public var suppressed = 0
  /// Rows that could not be used.
  public var quarantined = 0

  public init() {}

  public var balances: Bool { rowsIn + added == rowsOut + filtered + grouped + suppressed + quarantined }

  public static func += (left: inout StepCounts, right: StepCounts) {
    left.rowsIn += right.rowsIn
    left.added += right.added
    left.rowsOut += right.rowsOut
    left.filtered += right.filtered
    left.grouped += right.grouped
    left.suppressed += right.suppressed
    left.quarantined += right.quarantined
  }
}

/// A row that could not be used: where it stands in its input, which step found it and why.
public struct QuarantinedRow: Sendable {
  public var origin: RowOrigin
  /// As in `PlannedStep.number`; -1 for a row that the ingest itself could not read.
  public var step: Int
  public var code: DiagnosticCode
  public var message: String
  /// Whether the step says that such a row ends the run, whatever its ingest says.
  public var isFatal: Bool
  /// What more a script has to say; of the rows of a batch, only the first has it.
  public var full: FullMessage?

  public init(
    origin: RowOrigin, step: Int, code: DiagnosticCode, message: String, isFatal: Bool = false,
    full: FullMessage? = nil
  ) {
    self.full = full
    self.origin = origin
    self.step = step
    self.code = code
    self.message = message
    self.isFatal = isFatal
  }
}

/// A row of a batch that a step cannot use.
public struct RowProblem: Sendable {
  public var row: Int32
  public var code: DiagnosticCode
  public var message: String
  /// Whether the row ends the run, where others would be set aside.
  public var isFatal: Bool
  /// What more a script has to say; of the rows of a batch, only the first has it.
  public var full: FullMessage?

  public init(row: Int32, code: DiagnosticCode, message: String, isFatal: Bool = false, full: FullMessage? = nil) {
    self.full = full
    self.row = row
    self.code = code
    self.message = message
    self.isFatal = isFatal
  }
}

/// What one worker has to say of one step.
public struct StepReport: Sendable {
  public let step: Int
  /// `billed, step 2 (derive)`
  public let label: String
  public var counts = StepCounts()
  public var quarantined: [QuarantinedRow] = []

  public init(step: Int, label: String) {
    self.step = step
    self.label = label
  }

  /// Takes the rows of `problems` out of a batch and notes them. A row that has no place in an input ends the run: a
  /// figure without one of its parts is
  /// worse than none.
  public mutating func quarantine(_ problems: [RowProblem], in batch: Batch) throws(RunFailure) -> Batch {
    guard !problems.isEmpty else { return batch }
    var keeps = [Bool](repeating: true, count: batch.count)
    for problem in problems where keeps[Int(problem.row)] {
      try note(problem, in: batch)
      keeps[Int(problem.row)] = false
    }
    return batch.gathered([Int32](rowsWhere: keeps))
  }

  /// Notes one row without taking it out.
  public mutating func note(_ problem: RowProblem, in batch: Batch) throws(RunFailure) {
    guard let origins = batch.origins else {
      let help = "rows made by an aggregate cannot be quarantined: a report without one of its rows is worse than none"
      guard var whole = problem.full?.diagnostic else {
        throw RunFailure(problem.code, "\(label): \(problem.message)", help: help)
      }
      whole.message = "\(label): \(whole.message)"
      whole.help = help
      throw RunFailure(whole)
    }
    quarantined.append(
      QuarantinedRow(
        origin: origins[Int(problem.row)], step: step, code: problem.code, message: problem.message,
        isFatal: problem.isFatal, full: problem.full))
    counts.quarantined += 1
  }

  public mutating func merge(_ other: StepReport) {
    counts += other.counts
    quarantined += other.quarantined
  }
}

extension RunFailure {
  /// The failure with the place that its row has in its input, where the batch knows it.
  public func located(in batch: Batch) -> RunFailure {
    guard place == nil, let row, let origins = batch.origins, Int(row) < origins.count else { return self }
    var located = self
    located.place = Place(file: origins[Int(row)].file, byte: origins[Int(row)].byte)
    return located
  }
}
