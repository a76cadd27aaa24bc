import Columns
import Diagnostics

/// A pipeline that is valid: what it still can fail on is data and environment.
public struct Plan: Sendable {
  public var spec: PipelineSpec
  /// Parameter values in force, secrets left out.
  public var parameters: [(name: String, value: Scalar)]
  public var sources: [PlannedSource]
  /// In an order in which each stands behind all that it reads.
  public var stages: [PlannedStage]
  public var checks: [PlannedCheck]
  public var exports: [PlannedExport]
  public var plugins: [PluginIdentity]
  /// Where what scripts say of the run goes.
  public var log: RunLog
  /// Of the plugins' functions; what running them takes is added while they run.
  public var scriptCosts: ScriptCosts
}

/// A plugin that took part, for `run.json` and reports.
public struct PluginIdentity: Sendable, Hashable {
  public var name: String
  public var version: String
  /// Hash of its files, hexadecimal.
  public var hash: String

  public init(name: String, version: String, hash: String) {
    self.name = name
    self.version = version
    self.hash = hash
  }
}

/// What becomes of rows of an ingest that cannot be used.
public enum BadRowPolicy: String, Sendable, CaseIterable { case quarantine, fail }

/// An ingest whose columns are known; its files are not opened yet.
public struct PlannedSource: Sendable {
  public var name: String
  public var span: SourceSpan
  public var schema: Schema
  public var onError: BadRowPolicy
  /// All declared cells are judged, also those that nobody reads.
  public var isStrict: Bool
  /// The files' paths, for messages and `explain`.
  public var location: String
  /// Opens the files and reads only their headers. Throws `RunFailure`. The argument is the number that origins give
  /// the ingest's first file.
  public var open: @Sendable (Int) throws -> any RowSource

  public init(
    name: String, span: SourceSpan, schema: Schema, onError: BadRowPolicy, isStrict: Bool, location: String,
    open: @escaping @Sendable (Int) throws -> any RowSource
  ) {
    self.name = name
    self.span = span
    self.schema = schema
    self.onError = onError
    self.isStrict = isStrict
    self.location = location
    self.open = open
  }
}

/// A stage with its steps resolved.
public struct PlannedStage: Sendable {
  public var name: String
  public var span: SourceSpan
  /// Sources and stages, united by name.
  public var inputs: [Input]
  /// The schema that the first step sees.
  public var inputSchema: Schema
  public var steps: [PlannedStep]
  public var schema: Schema { steps.last?.output ?? inputSchema }

  public struct Input: Sendable {
    public var name: String
    /// For each column of `inputSchema`, the column of the input.
    public var columns: [Int]
  }
}

/// A step that is ready to run.
public struct PlannedStep: Sendable {
  /// Unique in the plan.
  public var number: Int
  public var stage: String
  /// From 1, as a person counts.
  public var index: Int
  public var kind: String
  public var span: SourceSpan
  public var input: Schema
  public var output: Schema
  public var operation: PlannedOperation
  /// Columns of the input that the step looks at.
  public var reads: Set<Int>
  /// For each column of the output, the column of the input that it is, unchanged; nil where the step makes it.
  public var carried: [Int?]
  /// What `explain` shows below the step.
  public var explanation: [String]

  /// `billed, step 2 (derive)`
  public var label: String { "\(stage), step \(index) (\(kind))" }

  /// Columns of the input that are needed for some columns of the output.
  public func inputs(for outputs: Set<Int>) -> Set<Int> { reads.union(outputs.compactMap { carried[$0] }) }

  public var sides: [String] {
    switch operation {
    case .rows(let operation): operation.sides
    case .table(let operation): operation.sides
    case .aggregate: []
    }
  }
}

/// What the author of a step hands to the planner.
public struct StepPlan: Sendable {
  public var output: Schema
  public var operation: PlannedOperation
  public var reads: Set<Int>
  public var carried: [Int?]
  public var explanation: [String]

  public init(output: Schema, operation: PlannedOperation, reads: Set<Int>, carried: [Int?], explanation: [String] = [])
  {
    precondition(carried.count == output.count)
    self.output = output
    self.operation = operation
    self.reads = reads
    self.carried = carried
    self.explanation = explanation
  }
}

/// A check on stages: the rows are reduced while they pass, the verdict is given on what is left.
public struct PlannedCheck: Sendable {
  public var label: String
  public var span: SourceSpan
  public var inputs: [Input]
  public var conclude: @Sendable ([Table]) throws -> CheckOutcome

  public struct Input: Sendable {
    public var stage: String
    public var operation: any AggregateOperation
    public var reads: Set<Int>

    public init(stage: String, operation: any AggregateOperation, reads: Set<Int>) {
      self.stage = stage
      self.operation = operation
      self.reads = reads
    }
  }

  public init(
    label: String, span: SourceSpan, inputs: [Input], conclude: @escaping @Sendable ([Table]) throws -> CheckOutcome
  ) {
    self.label = label
    self.span = span
    self.inputs = inputs
    self.conclude = conclude
  }
}

/// Whether a check held, and what was seen where it did not.
public struct CheckOutcome: Sendable {
  public var passed: Bool
  public var message: String

  public init(passed: Bool, message: String) {
    self.passed = passed
    self.message = message
  }
}

/// An export of one or more stages to one file.
public struct PlannedExport: Sendable {
  public var name: String
  public var span: SourceSpan
  public var stages: [String]
  /// Relative to the output folder.
  public var path: String
  public var kind: String
  public var encoder: any TableEncoder

  public init(name: String, span: SourceSpan, stages: [String], path: String, kind: String, encoder: any TableEncoder) {
    self.name = name
    self.span = span
    self.stages = stages
    self.path = path
    self.kind = kind
    self.encoder = encoder
  }
}

/// Writes tables as bytes.
public protocol TableEncoder: Sendable {
  /// - Parameter write: takes the next bytes of the file.
  func encode(_ tables: [(name: String, table: Table)], to write: ([UInt8]) throws -> Void) throws
}
