import Columns
import Diagnostics

/// A pipeline file as written: names and positions kept, nothing resolved.
public struct PipelineSpec: Sendable {
  public var file: SourceFile
  /// The folder that relative input paths start at.
  public var directory: String
  public var name: String
  public var description: String?
  public var parameters: [ParameterSpec] = []
  /// How many decimals a report shows at least, by unit.
  public var units: [String: Int] = [:]
  public var calendar = CalendarSpec()
  public var plugins: [PluginUse] = []
  public var ingests: [NamedNode] = []
  public var stages: [StageSpec] = []
  public var checks: [DocumentNode] = []
  public var exports: [NamedNode] = []
  public var quarantine = QuarantineSpec()

  public init(file: SourceFile, directory: String, name: String) {
    self.file = file
    self.directory = directory
    self.name = name
  }
}

/// An entry whose keys belong to its kind: an ingest, an export.
public struct NamedNode: Sendable {
  public var name: String
  public var nameSpan: SourceSpan
  public var node: DocumentNode

  public init(name: String, nameSpan: SourceSpan, node: DocumentNode) {
    self.name = name
    self.nameSpan = nameSpan
    self.node = node
  }
}

/// `data: { type: path, default: ../data }`
public struct ParameterSpec: Sendable {
  public enum Kind: Sendable, Equatable {
    /// A text that names a file or folder; relative ones start at the pipeline file, or at the current directory from
    /// `--param`.
    case path
    /// A text for paths and URLs that no report shows.
    case secret
    case value(ValueType)
  }

  public var name: String
  public var span: SourceSpan
  public var kind: Kind
  public var standard: LocatedText?

  public init(name: String, span: SourceSpan, kind: Kind, standard: LocatedText?) {
    self.name = name
    self.span = span
    self.kind = kind
    self.standard = standard
  }
}

/// Zone, week start and fiscal year: the pipeline's, never the machine's.
public struct CalendarSpec: Sendable, Equatable {
  /// Monday 1 to Sunday 7.
  public var firstWeekday = 1
  /// The month that a year begins with.
  public var firstMonth = 1
  /// Offset of the zone in which a timestamp without one is read.
  public var zoneMinutes = 0

  public init() {}
}

/// A plugin folder and the settings that the pipeline gives it.
public struct PluginUse: Sendable {
  public var path: LocatedText
  public var settings: [DocumentNode.Entry]
  /// Limits of its scripts that the pipeline caps.
  public var limits: [DocumentNode.Entry]

  public init(path: LocatedText, settings: [DocumentNode.Entry], limits: [DocumentNode.Entry]) {
    self.path = path
    self.settings = settings
    self.limits = limits
  }
}

/// A named entry of `transform`.
public struct StageSpec: Sendable {
  public var name: String
  public var nameSpan: SourceSpan
  public var from: [LocatedText]
  public var steps: [StepSpec]

  public init(name: String, nameSpan: SourceSpan, from: [LocatedText], steps: [StepSpec]) {
    self.name = name
    self.nameSpan = nameSpan
    self.from = from
    self.steps = steps
  }
}

/// One item of a stage: the step's name and what stands under it.
public struct StepSpec: Sendable {
  public var kind: String
  public var kindSpan: SourceSpan
  public var arguments: DocumentNode

  public init(kind: String, kindSpan: SourceSpan, arguments: DocumentNode) {
    self.kind = kind
    self.kindSpan = kindSpan
    self.arguments = arguments
  }
}

/// Where rows go that cannot be used, and how many may.
public struct QuarantineSpec: Sendable {
  public var path: LocatedText?
  /// Share of the rows read above which the run is refused (exit 4), such as 0.001; nil where any number may.
  public var maximumRate: ExactDecimal?

  public init() {}
}
