import Aggregation
import Columns
import Diagnostics
import Expressions

/// All that the pipeline's plugins define, by qualified name (`network.gsv`).
public struct PluginCatalogue: Sendable {
  public var identities: [PluginIdentity] = []
  /// Where what scripts log goes.
  public let log = RunLog()
  public var metrics: [String: MetricDefinition] = [:]
  public var feeRules: [String: FeeRuleDefinition] = [:]
  public var folds: [String: FoldDefinition] = [:]
  public var transforms: [String: TransformDefinition] = [:]
  public var sources: [String: SourceScriptDefinition] = [:]
  public var exports: [String: ExportScriptDefinition] = [:]
  public var functions: [String: any RowFunction] = [:]
  /// What the functions declare, for tests and documentation.
  public var functionInputs: [String: [ScriptInput]] = [:]
  /// What the result of each function means.
  public var functionProvenance: [String: Provenance] = [:]
  /// Definitions that could not be read, and plugins of which nothing could: what is wrong with them has been reported.
  public var unreadable: Set<String> = []
  /// Of the functions of all plugins.
  public let costs = ScriptCosts()

  public init() {}

  /// Takes in what another plugin defines.
  public mutating func add(_ other: PluginCatalogue) {
    identities += other.identities
    metrics.merge(other.metrics) { own, _ in own }
    feeRules.merge(other.feeRules) { own, _ in own }
    folds.merge(other.folds) { own, _ in own }
    transforms.merge(other.transforms) { own, _ in own }
    sources.merge(other.sources) { own, _ in own }
    exports.merge(other.exports) { own, _ in own }
    functions.merge(other.functions) { own, _ in own }
    functionInputs.merge(other.functionInputs) { own, _ in own }
    functionProvenance.merge(other.functionProvenance) { own, _ in own }
    unreadable.formUnion(other.unreadable)
  }

  /// Whether a name is one of what could not be read.
  public func isUnreadable(_ name: String) -> Bool { unreadable.containsDefinition(name) }

  /// Whether there is a definition of that name.
  public func defines(_ name: String) -> Bool {
    metrics[name] != nil || feeRules[name] != nil || folds[name] != nil || transforms[name] != nil
      || functions[name] != nil || sources[name] != nil || exports[name] != nil
  }
}

/// A function of a plugin that can be bound to columns of known types. Which path it takes (columnar or interpreter)
/// is its own affair.
public protocol ScriptFunction: Sendable {
  /// Throws what keeps it from being run over arguments of these types, at the script's own lines.
  ///
  /// - Parameter arguments: one for each declared input, in order.
  func bind(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundScript
}

/// A script's function over batches of known types.
public protocol BoundScript: Sendable {
  var results: [ValueType] { get }
  /// For `explain`: the path it takes, and what keeps it from the fast one.
  var explanation: String { get }
  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance
  /// The same script where only some of its results are looked at; the others may be `Column.unread`.
  func narrowed(to results: Set<Int>) -> any BoundScript
  /// What it computes from columns alone.
  ///
  /// - Parameter rows: by argument.
  func expressions(_ rows: CommonRows) -> Set<ColumnExpression>
  /// The same script, which takes results that rows have in common with other steps.
  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any BoundScript
}

extension BoundScript {
  public func narrowed(to results: Set<Int>) -> any BoundScript { self }
  public func expressions(_ rows: CommonRows) -> Set<ColumnExpression> { [] }
  public func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any BoundScript { self }
}

/// One worker's instance of a bound script.
public protocol BoundScriptInstance: AnyObject {
  /// One column for each result. Rows with a problem have placeholders. Throws `RunFailure` on what must stop the run.
  ///
  /// - Parameter common: results that the rows have in common with other steps, by number.
  func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (columns: [Column], problems: [RowProblem])
}

extension BoundScriptInstance {
  public func map(_ arguments: [Column], count: Int) throws -> (columns: [Column], problems: [RowProblem]) {
    try map(arguments, common: [], count: count)
  }
}

/// A metric whose states live in the interpreter.
public protocol ScriptedAggregate: Sendable {
  var result: ValueType { get }
  /// The reduction over columns of these types, one for each declared input, and a last one that says where each row
  /// stands in its input: `RowOrigin.word`, missing where in none.
  func reduction(over arguments: [ValueType]) -> any Reduction
}

/// A named, typed input that a script declares.
public struct ScriptInput: Sendable, Hashable {
  public var name: String
  public var type: ValueType
  /// Whether the declaration leaves precision and scale to the column.
  public var acceptsAnyDecimal: Bool

  public init(name: String, type: ValueType, acceptsAnyDecimal: Bool) {
    self.name = name
    self.type = type
    self.acceptsAnyDecimal = acceptsAnyDecimal
  }

  /// Whether a column of a type may be bound to it; a column that may be nil needs an input that says so.
  public func accepts(_ column: ValueType) -> Bool {
    guard column.unit == type.unit, type.isNullable || !column.isNullable else { return false }
    switch (type.data, column.data) {
    case (.decimal, .int): return true
    case (.decimal(_, let scale), .decimal(_, let columnScale)): return acceptsAnyDecimal || columnScale <= scale
    default: return type.data == column.data
    }
  }
}

/// What a metric is made of.
public struct MetricDefinition: Sendable {
  public var name: String
  public var provenance: Provenance
  public var unit: Unit
  public var inputs: [ScriptInput]
  public var form: Form
  /// Where it is defined.
  public var span: SourceSpan

  public enum Form: Sendable {
    /// One value a row, then a native aggregate.
    case reduced(value: any ScriptFunction, aggregate: String)
    /// Native aggregates of columns or of values, then a finish over their results in order.
    case combined([Part], finish: any ScriptFunction)
    /// A state a group, which rows step and whose parts merge.
    case scripted(any ScriptedAggregate)
  }

  public struct Part: Sendable {
    public var name: String
    public var aggregate: String
    public var arguments: [Argument]

    public init(name: String, aggregate: String, arguments: [Argument]) {
      self.name = name
      self.aggregate = aggregate
      self.arguments = arguments
    }
  }

  public enum Argument: Sendable {
    case column(String)
    /// Takes the metric's inputs.
    case value(any ScriptFunction)
    case constant(Scalar)
  }

  public init(name: String, provenance: Provenance, unit: Unit, inputs: [ScriptInput], form: Form, span: SourceSpan) {
    self.name = name
    self.provenance = provenance
    self.unit = unit
    self.inputs = inputs
    self.form = form
    self.span = span
  }
}

/// A rule that prices a row, by effective date.
public struct FeeRuleDefinition: Sendable {
  public var name: String
  public var provenance: Provenance
  public var unit: Unit
  public var inputs: [ScriptInput]
  /// The input whose date decides the version; nil for a rule that always holds.
  public var pricedBy: String?
  /// What a table of terms may override: the fields of the versions, and `minimum` and `maximum`.
  public var terms: [String]
  public var script: any FeeRuleScript
  public var span: SourceSpan

  public init(
    name: String, provenance: Provenance, unit: Unit, inputs: [ScriptInput], pricedBy: String?, terms: [String],
    script: any FeeRuleScript, span: SourceSpan
  ) {
    self.name = name
    self.provenance = provenance
    self.unit = unit
    self.inputs = inputs
    self.pricedBy = pricedBy
    self.terms = terms
    self.script = script
    self.span = span
  }
}

/// The pricing of a fee rule. Results: the fee, the version in force (its first day as text), the branch taken.
public protocol FeeRuleScript: Sendable {
  /// Throws what keeps it from being run over arguments of these types, at the script's own lines.
  ///
  /// - Parameters:
  ///   - arguments: one for each declared input, in order.
  ///   - terms: what a table of terms overrides. The bound script takes a column for each after the inputs, missing
  ///     where the version's own term holds, and if there are any, one more of ints: the row of the terms, -1 for none.
  func bind(_ arguments: [ValueType], terms: [Field]) throws(InvalidInput) -> any BoundScript
}
