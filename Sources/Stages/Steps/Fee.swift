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
      context.reportUnknown("fee rule", ruleName, among: Array(context.planning.plugins.feeRules.keys))
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
    guard let columns = context.inputColumns(rule.inputs, of: rule.name, with: with, at: ruleName.span), isNew
    else {
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
