import Columns
import Diagnostics
import Planning

/// `reconcile: sum(amount + fee), with: monthly, equals: sum(gsv), within: 0`
enum Reconcile: CheckDefinition {
  static let name = "reconcile"
  static let summary = "An aggregate of one stage equals an aggregate of another, within a difference."
  static let example = "- { from: billed, reconcile: sum(amount), with: monthly, equals: sum(gsv), within: 0 }"

  static func plan(_ argument: DocumentNode, reader: inout SpecReader, _ context: inout StepContext) -> PlannedCheck? {
    let with = reader.requiredText("with")
    let equals = reader.requiredNode("equals")
    let within = reader.text("within")
    guard let with, let equals, let other = context.schema(of: with) else { return nil }
    var tolerance = ExactDecimal(0)
    if let within {
      guard let value = context.number(within, of: "'within'") else { return nil }
      tolerance = value
    }
    let left = total(argument, over: context.input, stage: context.stage, &context)
    let right = total(equals, over: other, stage: with.text, &context)
    guard let left, let right else { return nil }
    guard left.type.unit == right.type.unit else {
      context.report(
        .unitMismatch, "\(left.type) and \(right.type) cannot be compared", at: equals.span)
      return nil
    }
    let span = argument.text?.span ?? argument.span
    let allowed = tolerance
    return PlannedCheck(
      label:
        "reconcile: \(argument.text?.text ?? "") of '\(context.stage)' with \(equals.text?.text ?? "") of '\(with.text)'",
      span: span, inputs: [left.input, right.input]
    ) { tables in
      let values = try tables.map { try $0.batches[0].columns[0].scalar(0) }
      guard let a = values[0].exact, let b = values[1].exact else {
        return CheckOutcome(
          passed: values[0] == values[1], message: "\(values[0].text) against \(values[1].text)")
      }
      let scale = max(a.scale, b.scale, allowed.scale)
      guard let wide = [a, b, allowed].map({ $0.rescaledExactly(to: scale)?.coefficient }) as? [Int128] else {
        return CheckOutcome(passed: a == b, message: "\(a) against \(b)")
      }
      let difference = wide[0] - wide[1]
      let passed = difference.magnitude <= wide[2].magnitude
      let shown = ExactDecimal(coefficient: difference, scale: scale).normalized
      return CheckOutcome(
        passed: passed, message: "\(a.normalized) against \(b.normalized), a difference of \(shown)")
    }
  }

  private static func total(
    _ node: DocumentNode, over schema: Schema, stage: String, _ context: inout StepContext
  ) -> (input: PlannedCheck.Input, type: ValueType)? {
    var inner = context.entering(stage, schema)
    var planner = AggregatePlanner(inner)
    let metrics = DocumentNode(
      .mapping([DocumentNode.Entry(key: "value", keySpan: node.span, value: node)]), span: node.span)
    planner.addMetrics(metrics)
    let plan = planner.finish(&inner)
    context.leave(inner)
    guard let plan, case .aggregate(let operation) = plan.operation else { return nil }
    return (
      PlannedCheck.Input(stage: stage, operation: operation, reads: plan.reads), plan.output[0].type
    )
  }
}

extension Scalar {
  /// The exact number, where it is one.
  var exact: ExactDecimal? {
    switch self {
    case .int(let value): ExactDecimal(value)
    case .decimal(let value): value
    default: nil
    }
  }
}
