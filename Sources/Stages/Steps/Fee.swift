import Columns
import Diagnostics
import Expressions
import Planning

/// `fee: network.client_fee`: prices each row by a plugin's rule and says which version and branch decided.
enum Fee: StepDefinition {
  static let name = "fee"
  static let summary =
    "Prices each row by a plugin's fee rule; adds the fee and which rule, version and branch decided."
  static let example =
    "- fee: { rule: network.client_fee, as: fee, with: { amount: billed }, terms: { from: client_terms, key: client_id } }"

  static func references(in arguments: DocumentNode) -> [LocatedText] {
    arguments["terms"]?["from"]?.text.map { [$0] } ?? []
  }

  /// The columns that the step adds, by the name of the fee.
  private static func columnNames(_ base: String) -> [String] {
    [base, "\(base)_rule", "\(base)_version", "\(base)_branch"]
  }

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "fee", shorthand: "rule")
    let ruleName = reader.requiredText("rule")
    let alias = reader.text("as")
    let with = reader.entries("with")
    let termsNode = reader.node("terms")
    context.report(reader.finish())
    guard let ruleName else { return context.unchanged }
    guard let rule = context.planning.plugins.feeRules[ruleName.text] else {
      context.reportUnknown("fee rule", ruleName, among: Array(context.planning.plugins.feeRules.keys))
      let base = alias?.text ?? ruleName.text.split(separator: ".").last.map(String.init) ?? ruleName.text
      for name in columnNames(base) { context.poison(name) }
      return context.unchanged
    }
    let base = alias?.text ?? rule.name.split(separator: ".").last.map(String.init) ?? rule.name
    let names = columnNames(base)
    var isNew = true
    for name in names where !context.checkNew(name, at: alias?.span ?? ruleName.span, among: context.input.names) {
      isNew = false
    }
    guard let columns = context.inputColumns(rule.inputs, of: rule.name, with: with, at: ruleName.span), isNew
    else {
      for name in names { context.poison(name) }
      return context.unchanged
    }
    var terms: FeeTerms?
    if let termsNode {
      guard let read = FeeTerms.read(termsNode, rule, columns, &context) else {
        for name in names { context.poison(name) }
        return context.unchanged
      }
      terms = read
    }
    let bound: any BoundScript
    do {
      bound = try rule.script.bind(columns.map { context.input[$0].type }, terms: terms?.fields ?? [])
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
      output: output,
      operation: .rows(
        FeeOperation(
          function: bound, columns: columns, rule: rule.name, terms: terms,
          inputCount: context.input.count)),
      reads: Set(columns + (terms?.keys.left ?? [])), carried: Array(0..<context.input.count) + [nil, nil, nil, nil],
      explanation: ["\(rule.name): \(bound.explanation)"])
  }
}

/// Appends the fee, the rule's name, the version in force and the branch.
struct FeeOperation: RowOperation {
  var function: any BoundScript
  let columns: [Int]
  let rule: String
  let terms: FeeTerms?
  let inputCount: Int
  /// Whether somebody looks at the name of the rule.
  var namesRule = true

  var sides: [String] { terms.map { [$0.side] } ?? [] }

  func narrowed(to needed: Set<Int>) -> any RowOperation {
    var narrow = self
    narrow.namesRule = needed.contains(inputCount + 1)
    // The rule gives fee, version and branch; its name stands between the first two.
    let results = [inputCount: 0, inputCount + 2: 1, inputCount + 3: 2]
    narrow.function = function.narrowed(to: Set(needed.compactMap { results[$0] }))
    return narrow
  }

  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] { [function.expressions(rows.arguments(columns))] }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any RowOperation {
    var result = self
    result.function = function.taking(numbers, rows.arguments(columns))
    return result
  }

  func prepare(_ sides: [Table], _ report: inout StepReport) throws -> any PreparedRowOperation {
    Prepared(operation: self, terms: try terms.map { try PreparedTerms($0, sides[0], label: report.label) })
  }

  private struct Prepared: PreparedRowOperation {
    let operation: FeeOperation
    let terms: PreparedTerms?

    func makeWorker(_ context: WorkerContext) throws -> any RowWorker {
      Worker(operation, instance: try operation.function.makeInstance(context), terms: terms?.makeProbe())
    }
  }

  private final class Worker: RowWorker {
    let instance: any BoundScriptInstance
    let columns: [Int]
    let terms: TermsProbe?
    let dictionary = TextDictionary()
    let code: UInt32
    let namesRule: Bool

    init(_ operation: FeeOperation, instance: any BoundScriptInstance, terms: TermsProbe?) {
      self.instance = instance
      self.terms = terms
      columns = operation.columns
      namesRule = operation.namesRule
      code = dictionary.code(for: operation.rule)
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      var arguments = columns.map { batch.columns[$0] }
      let found = terms?.find(batch)
      if let found { arguments += found.columns }
      let (results, problems) = try instance.map(arguments, common: batch.common, count: batch.count)
      let rule =
        namesRule ? Column(.texts(.coded([UInt32](repeating: code, count: batch.count), dictionary))) : .unread
      let version = results[1].isUnread ? .unread : terms?.versions(results[1], found?.rows ?? []) ?? results[1]
      var priced = Batch(
        columns: batch.columns + [results[0], rule, version, results[2]], count: batch.count,
        position: batch.position, origins: batch.origins)
      priced.common = batch.common
      return try report.quarantine(problems, in: priced)
    }
  }
}
