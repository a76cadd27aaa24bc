import Columns
import Diagnostics
import Expressions
import Planning

/// `derive: { amount: hours * rate }`: adds columns, in written order, each seeing the earlier.
enum Derive: StepDefinition {
  static let name = "derive"
  static let summary = "Adds columns by expressions, in written order, each seeing the earlier."
  static let example = "- derive: { amount: hours * rate }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    guard let entries = step.arguments.entries else {
      context.report(
        .wrongValue, "derive takes names and expressions: derive: { amount: hours * rate }", at: step.arguments.span)
      return context.unchanged
    }
    guard let (program, fields) = context.compile(entries, existing: context.input.names, subject: "derive") else {
      return context.unchanged
    }
    var output = context.input
    for field in fields { output.append(field) }
    return StepPlan(
      output: output, operation: .rows(ComputedColumns(program: program, keepsInput: true)),
      reads: Set(program.inputColumns),
      carried: Array(0..<context.input.count) + fields.map { _ in nil },
      explanation: program.functionPaths)
  }
}
