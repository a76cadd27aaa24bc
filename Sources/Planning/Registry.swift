import Columns
import Diagnostics

/// All that a pipeline can name. A new kind is one new file and one line where the registry is made.
public struct Registry: Sendable {
  public var sources: [any SourceDefinition.Type]
  public var steps: [any StepDefinition.Type]
  public var checks: [any CheckDefinition.Type]
  public var exports: [any ExportDefinition.Type]

  public init(
    sources: [any SourceDefinition.Type], steps: [any StepDefinition.Type], checks: [any CheckDefinition.Type],
    exports: [any ExportDefinition.Type]
  ) {
    self.sources = sources
    self.steps = steps
    self.checks = checks
    self.exports = exports
  }
}

/// One declaration feeds validation, `weir list` and the documentation.
public protocol Documented: SendableMetatype {
  static var name: String { get }
  /// One sentence.
  static var summary: String { get }
  /// As a pipeline writes it.
  static var example: String { get }
  /// The keys that it takes; empty where it takes a value, a list or names of one's own.
  static var keys: [KeyManual] { get }
}

extension Documented {
  public static var keys: [KeyManual] { [] }
}

/// A key of a step, ingest, check or export.
public struct KeyManual: Sendable {
  public let name: String
  /// The words that it takes, where those are all; the first holds where nothing is said.
  public let words: [String]
  public let isRequired: Bool
  public let summary: String

  public init(_ name: String, _ summary: String, words: [String] = [], required isRequired: Bool = false) {
    self.name = name
    self.words = words
    self.isRequired = isRequired
    self.summary = summary
  }
}

/// A kind of ingest: `type: csv`.
public protocol SourceDefinition: Documented {
  /// nil where a mistake was reported.
  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource?
}

/// A kind of step: `- filter: …`.
public protocol StepDefinition: Documented {
  /// Stages that the step reads beside its input.
  static func references(in arguments: DocumentNode) -> [LocatedText]
  /// nil where a mistake was reported that leaves the output unknown.
  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan?
}

extension StepDefinition {
  public static func references(in arguments: DocumentNode) -> [LocatedText] { [] }
}

/// A kind of check: the key that stands beside `from`.
public protocol CheckDefinition: Documented {
  static func references(in check: DocumentNode) -> [LocatedText]
  static func plan(_ argument: DocumentNode, reader: inout SpecReader, _ context: inout StepContext) -> PlannedCheck?
}

extension CheckDefinition {
  public static func references(in check: DocumentNode) -> [LocatedText] { [] }
}

/// A kind of export: `type: csv`.
public protocol ExportDefinition: Documented {
  /// - Parameter stages: those that it takes; nil where one of them had a mistake.
  static func plan(
    _ export: NamedNode, stages: [(name: String, schema: Schema)]?, reader: inout SpecReader,
    _ context: inout PlanningContext
  ) -> (any TableEncoder)?
}
