import Columns
import Diagnostics
import Expressions

/// What one step of one stage is resolved against.
public struct StepContext: Sendable {
  public var planning: PlanningContext
  public let stage: String
  /// Columns that the step sees.
  public let input: Schema
  /// Names that an earlier mistake leaves without a type: what depends on them is not reported again.
  public private(set) var poisoned: Set<String>
  /// Schemas of all stages and sources that are resolved; a name with nil had a mistake.
  public let schemas: [String: Schema?]

  init(
    planning: PlanningContext, stage: String, input: Schema, poisoned: Set<String>, schemas: [String: Schema?]
  ) {
    self.planning = planning
    self.stage = stage
    self.input = input
    self.poisoned = poisoned
    self.schemas = schemas
  }

  /// For what reads the columns of a stage without being one of its steps.
  public init(_ planning: PlanningContext, reading stage: String, _ columns: Schema) {
    self.init(planning: planning, stage: stage, input: columns, poisoned: [], schemas: [:])
  }

  public mutating func report(_ code: DiagnosticCode, _ message: String, at span: SourceSpan, help: String? = nil) {
    planning.bag.report(code, message, at: span, help: help)
  }

  public mutating func report(_ diagnostics: DiagnosticBag) { report(contentsOf: diagnostics.diagnostics) }

  /// Passes mistakes on, but not those that follow from an earlier one.
  public mutating func report(contentsOf diagnostics: [Diagnostic]) {
    for var diagnostic in diagnostics {
      if diagnostic.code == .unknownColumn, poisoned.contains(diagnostic.span?.text ?? "") { continue }
      if diagnostic.code == .luaSyntax, diagnostic.help == nil, let span = diagnostic.span,
        span.file.text(ofLine: span.line).contains(" #")
      {
        diagnostic.help = "in YAML ' #' begins a comment: put quotes around the whole expression"
      }
      planning.bag.report(diagnostic)
    }
  }

  public mutating func poison(_ name: String) { poisoned.insert(name) }

  /// The position of a column of the input; reports where there is none.
  public mutating func column(_ name: LocatedText) -> Int? {
    if let index = input.index(of: name.text) { return index }
    if !poisoned.contains(name.text) {
      report(
        .unknownColumn, "no column '\(name.text)' in '\(stage)'", at: name.span,
        help: suggestion(for: name.text, among: input.names) ?? Self.otherWriting(of: name.text))
    }
    return nil
  }

  /// How what somebody wrote where a column was wanted is written here.
  private static func otherWriting(of text: String) -> String? {
    let words = text.split(separator: " ").map(String.init)
    if text.contains(",") { return "several columns stand in [ ]: [\(text)]" }
    if words.count == 2, words[1].lowercased() == "desc" { return "a minus descends: -\(words[0])" }
    return nil
  }

  /// The schema of another stage or source; reports where there is none, nil too where it had a mistake of its own.
  public mutating func schema(of stage: LocatedText) -> Schema? {
    if let schema = schemas[stage.text] { return schema }
    report(
      .unknownStage, "no stage '\(stage.text)'", at: stage.span,
      help: suggestion(for: stage.text, among: schemas.keys))
    return nil
  }

  /// The scope of an expression over some columns.
  public func scope(_ columns: Schema, extractable: (any ExtractableCalls)? = nil) -> ExpressionScope {
    var scope = ExpressionScope(
      columns: columns, place: "'\(stage)'", parameters: planning.parameters.constants,
      functions: planning.plugins.functions,
      calendar: ExpressionScope.Calendar(
        weekStart: planning.spec.calendar.firstWeekday, fiscalYearStart: planning.spec.calendar.firstMonth),
      extractable: extractable)
    scope.unreadable = planning.plugins.unreadable
    return scope
  }

  /// Checks the name of a column that a step makes. A column is never replaced.
  public mutating func checkNew(_ name: String, at span: SourceSpan, among existing: [String]) -> Bool {
    guard existing.contains(name) else { return true }
    report(
      .duplicateName, "column '\(name)' exists already; replacing a column is an error", at: span,
      help: "choose another name, or drop the old one with 'select' first")
    return false
  }
}

extension StepContext {
  /// The same pipeline seen from another stage.
  public func entering(_ stage: String, _ input: Schema) -> StepContext {
    StepContext(planning: planning, stage: stage, input: input, poisoned: [], schemas: schemas)
  }

  /// Takes over what was reported there.
  public mutating func leave(_ other: StepContext) { planning = other.planning }
}
