import Columns
import Diagnostics
import Planning

/// `fee: network.client_fee`: prices each row by a plugin's rule and says which version and branch decided.
enum Fee: StepDefinition {
  static let name = "fee"
  static let summary =
    "Prices each row by a plugin's fee rule; adds the fee and which rule, version and branch decided."
  static let example = "- fee: { rule: network.client_fee, as: fee, with: { amount: billed } }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "fee", shorthand: "rule")
    let ruleName = reader.requiredText("rule")
    let alias = reader.text("as")
    let with = reader.entries("with")
    context.report(reader.finish())
    guard let ruleName else { return context.unchanged }
    guard let rule = context.planning.plugins.feeRules[ruleName.text] else {
      let rules = context.planning.plugins.feeRules.keys.sorted()
      context.report(
        .unknownRule, "no fee rule '\(ruleName.text)'", at: ruleName.span,
        help: suggestion(for: ruleName.text, among: rules)
          ?? (rules.isEmpty ? "no plugin of this pipeline has fee rules" : "rules are \(rules.joined(separator: ", "))")
      )
      if let alias { context.poison(alias.text) }
      if let last = ruleName.text.split(separator: ".").last { context.poison(String(last)) }
      return context.unchanged
    }
    let base = alias?.text ?? rule.name.split(separator: ".").last.map(String.init) ?? rule.name
    let names = [base, "\(base)_rule", "\(base)_version", "\(base)_branch"]
    var isNew = true
    for name in names where !context.checkNew(name, at: alias?.span ?? ruleName.span, among: context.input.names) {
      isNew = false
    }
    guard let columns = bind(rule, with: with, at: ruleName.span, &context), isNew else {
      for name in names { context.poison(name) }
      return context.unchanged
    }
    let bound: any BoundScript
    do {
      bound = try rule.function.bind(columns.map { context.input[$0].type })
    } catch {
      context.report(contentsOf: error.diagnostics)
      for name in names { context.poison(name) }
      return context.unchanged
    }
    var output = context.input
    output.append(Field(names[0], bound.results[0], provenance: rule.provenance))
    output.append(Field(names[1], ValueType(.string)))
    output.append(Field(names[2], ValueType(.string)))
    output.append(Field(names[3], bound.results[2]))
    return StepPlan(
      output: output, operation: .rows(FeeOperation(function: bound, columns: columns, rule: rule.name)),
      reads: Set(columns), carried: Array(0..<context.input.count) + [nil, nil, nil, nil],
      explanation: ["\(rule.name): \(bound.explanation)"])
  }

  /// The column of each input, by name or by `with`.
  private static func bind(
    _ rule: FeeRuleDefinition, with: [DocumentNode.Entry], at span: SourceSpan, _ context: inout StepContext
  ) -> [Int]? {
    var columns: [Int] = []
    var failed = false
    for entry in with where !rule.inputs.contains(where: { $0.name == entry.key }) {
      let names = rule.inputs.map(\.name)
      context.report(
        .unknownKey, "'\(rule.name)' has no input '\(entry.key)'", at: entry.keySpan,
        help: suggestion(for: entry.key, among: names) ?? "it takes \(names.joined(separator: ", "))")
      failed = true
    }
    for input in rule.inputs {
      let given = with.first { $0.key == input.name }?.value.text
      let name = given?.text ?? input.name
      if let column = context.inputColumn(name, for: input, of: rule.name, at: given?.span ?? span) {
        columns.append(column)
      } else {
        failed = true
      }
    }
    return failed ? nil : columns
  }
}

extension StepContext {
  /// The column that a script's input is bound to; reports where there is none or it does not fit.
  mutating func inputColumn(_ name: String, for input: ScriptInput, of script: String, at span: SourceSpan) -> Int? {
    guard let column = self.input.index(of: name) else {
      if !poisoned.contains(name) {
        report(
          .unknownColumn, "'\(script)' needs a column '\(name)' (\(input.type)), which '\(stage)' does not have",
          at: span,
          help: suggestion(for: name, among: self.input.names)
            ?? "derive it before, or bind another with 'with: { \(input.name): COLUMN }'")
      }
      return nil
    }
    let type = self.input[column].type
    guard input.accepts(type) else {
      if type.isNullable, input.accepts(type.nullable(false)) {
        report(
          .maybeNil, "'\(name)' may be nil, and '\(script)' takes \(input.type)", at: span,
          help: "derive a column without nil before, such as '\(name) or 0'")
      } else if type.unit != input.type.unit, type.data.isNumeric == input.type.data.isNumeric {
        report(
          .unitMismatch, "'\(script)' takes '\(input.name)' as \(input.type), and '\(name)' is \(type)", at: span)
      } else {
        report(
          .typeMismatch, "'\(script)' takes '\(input.name)' as \(input.type), and '\(name)' is \(type)", at: span)
      }
      return nil
    }
    return column
  }
}

/// Appends the fee, the rule's name, the version in force and the branch.
struct FeeOperation: SimpleRowOperation {
  let function: any BoundScript
  let columns: [Int]
  let rule: String

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker {
    Worker(instance: try function.makeInstance(context), columns: columns, rule: rule)
  }

  private final class Worker: RowWorker {
    let instance: any BoundScriptInstance
    let columns: [Int]
    let dictionary = TextDictionary()
    let code: UInt32

    init(instance: any BoundScriptInstance, columns: [Int], rule: String) {
      self.instance = instance
      self.columns = columns
      code = dictionary.code(for: rule)
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      let (results, problems) = try instance.map(columns.map { batch.columns[$0] }, count: batch.count)
      let rule = Column(.texts(.coded([UInt32](repeating: code, count: batch.count), dictionary)))
      let priced = Batch(
        columns: batch.columns + [results[0], rule, results[1], results[2]], count: batch.count,
        position: batch.position,
        origins: batch.origins)
      return try report.quarantine(problems, in: priced)
    }
  }
}
