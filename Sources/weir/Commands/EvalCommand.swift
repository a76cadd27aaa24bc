import ArgumentParser
import Columns
import Diagnostics
import Expressions
import Planning

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Compute one expression: weir eval 'div(10, 3, 2)'.",
    discussion:
      "Columns are given with --set NAME=VALUE, with a type where needed: --set 'amount: decimal(18,2) USD=10.50'.")

  @Argument(help: "The expression.")
  var expression: String

  @Option(name: .customLong("set"), help: ArgumentHelp("A column and its value.", valueName: "NAME=VALUE"))
  var columns: [String] = []

  @Flag(help: "Print value and type as JSON.")
  var json = false

  func run() throws {
    var fields: [Field] = []
    var values: [Column] = []
    for column in columns {
      let (field, value) = try Self.column(column)
      fields.append(field)
      values.append(value)
    }
    let scope = ExpressionScope(columns: Schema(fields))
    var builder = ProgramBuilder(scope: scope)
    let output = builder.add(LocatedText(expression, path: "expression"))
    guard let output, !builder.diagnostics.hasErrors else {
      throw InvalidInput(builder.diagnostics.diagnostics)
    }
    let result = try builder.build().evaluate(values, count: 1, worker: ProgramWorker())
    if let failure = result.failures.first { throw RunFailure(failure.code, failure.message) }
    let value = result.columns[0].scalar(0)
    if json {
      print(
        JSONValue.object(["value": .string(value.text), "type": .string(output.type.description)]).text, terminator: "")
    } else {
      print(value.text)
    }
  }

  /// `name=value` or `name: type=value`. Without a type the value's own form decides.
  private static func column(_ text: String) throws -> (Field, Column) {
    guard let equals = text.firstIndex(of: "=") else {
      throw ValidationError("--set takes NAME=VALUE, not '\(text)'")
    }
    let value = String(text[text.index(after: equals)...])
    let head = text[..<equals].split(separator: ":", maxSplits: 1)
    guard let first = head.first else { throw ValidationError("--set takes NAME=VALUE, not '\(text)'") }
    let name = first.trimmed
    var type = guessedType(value)
    if head.count == 2 {
      do {
        type = try ValueType(parsing: head[1].trimmed)
      } catch {
        throw ValidationError("--set \(text): \(error.message)")
      }
    }
    if value.isEmpty || value == "nil" {
      return (Field(name, type.nullable()), Column([.missing], of: type.data))
    }
    guard let scalar = Scalar(parsing: value, as: type.data) else {
      throw ValidationError("--set \(text): '\(value)' is no \(type)")
    }
    return (Field(name, type), Column([scalar], of: type.data))
  }

  private static func guessedType(_ value: String) -> ValueType {
    if value == "true" || value == "false" { return ValueType(.bool) }
    if Int64(value) != nil { return ValueType(.int) }
    if let decimal = ExactDecimal(value) {
      return ValueType(.decimal(precision: max(18, decimal.precision), scale: decimal.scale))
    }
    if CalendarDate(value) != nil { return ValueType(.date) }
    return ValueType(.string)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
