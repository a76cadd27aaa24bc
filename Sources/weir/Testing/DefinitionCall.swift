import Columns
import Diagnostics
import Expressions
import LuaPlugins
import Planning

/// One call of a plugin's function on values that are given by name: a fee rule, a function, the value of a metric, or
/// one of its parts.
struct DefinitionCall {
  private enum Form {
    case fee(FeeRuleDefinition)
    case function(any RowFunction)
    case script(any ScriptFunction)
  }

  let name: String
  /// nil of a metric's finish, whose inputs have the types of its aggregates.
  let inputs: [ScriptInput]?
  private let names: [String]
  private let form: Form

  /// nil where the plugins have nothing of that name.
  init?(_ address: String, in catalogue: PluginCatalogue) {
    name = address
    let definition = address.split(separator: ".").prefix(2).joined(separator: ".")
    let part = address.dropFirst(definition.count + 1)
    if let rule = catalogue.feeRules[address] {
      (inputs, form) = (rule.inputs, .fee(rule))
    } else if let function = catalogue.functions[address], function.refusal == nil {
      (inputs, form) = (catalogue.functionInputs[address], .function(function))
    } else if let metric = catalogue.metrics[definition] {
      switch metric.form {
      case .reduced(let value, _) where part.isEmpty: (inputs, form) = (metric.inputs, .script(value))
      case .combined(let parts, let finish) where part == "finish":
        (inputs, form) = (nil, .script(finish))
        names = parts.map(\.name)
        return
      case .combined(let parts, _):
        guard let found = parts.first(where: { $0.name == part }),
          case .value(let function)? = found.arguments.first
        else { return nil }
        (inputs, form) = (metric.inputs, .script(function))
      default: return nil
      }
    } else {
      return nil
    }
    names = inputs?.map(\.name) ?? []
  }

  /// What the call gives; the first is its value. Throws what keeps it from being made, and what it fails with.
  func results(_ arguments: [EvalArgument], terms: [EvalArgument] = []) throws -> [NamedValue] {
    for argument in arguments where !names.contains(argument.name) {
      throw RunFailure(
        .wrongUsage, "'\(name)' has no input '\(argument.name)'",
        help: suggestion(for: argument.name, among: names) ?? "it takes \(names.joined(separator: ", "))")
    }
    let given = try names.map { input in
      let declared = inputs?.first { $0.name == input }
      guard let argument = arguments.first(where: { $0.name == input }) else {
        throw RunFailure(
          .wrongUsage, "'\(name)' needs '\(input)'\(declared.map { " (\($0.type))" } ?? "")",
          help: "give it with --set '\(input)=…'")
      }
      let value = try argument.input(as: declared)
      if let declared, !declared.accepts(value.type) {
        throw RunFailure(
          .typeMismatch, "'\(name)' takes '\(input)' as \(declared.type), not as \(value.type)")
      }
      guard case .function = form, let declared, value.value != .missing else { return value }
      // A function gets its arguments in the types that it declares.
      guard let scalar = Scalar(written: value.value.written, as: declared.type.data) else {
        throw RunFailure(
          .overflow, "'\(input)' is \(value.value.text), which does not fit \(declared.type)")
      }
      return EvalLine.Input(name: value.name, type: declared.type, value: scalar)
    }
    return try call(given, terms: terms.map { try $0.input(as: nil) })
  }

  /// What the call gives for values of accepted types.
  private func call(_ given: [EvalLine.Input], terms: [EvalLine.Input]) throws -> [NamedValue] {
    let bound = try bind(given.map(\.type), terms: terms.map { Field($0.name, $0.type) })
    let columns = (given + terms).map { Column([$0.value], of: $0.type.data) }
    let (results, problems) = try bound.makeInstance(WorkerContext()).map(
      columns + (terms.isEmpty ? [] : [Column(.ints([0]))]), count: 1)
    if let problem = problems.first { throw Self.failure(problem.full, problem.code, problem.message) }
    return zip(zip(["value", "version", "branch"], bound.results), results).map {
      NamedValue(name: $0.0, type: $0.1, value: $1.scalar(0))
    }
  }

  /// The function over columns of some types.
  func bind(_ types: [ValueType], terms: [Field] = []) throws -> any BoundScript {
    switch form {
    case .function(let function): BoundFunction(function: function)
    case .script(let script): try script.bind(types)
    case .fee(let rule): try rule.script.bind(types, terms: terms)
    }
  }

  /// Without the line that repeats it, which is what was just done.
  private static func failure(_ full: FullMessage?, _ code: DiagnosticCode, _ message: String) -> RunFailure {
    guard var whole = full?.diagnostic else { return RunFailure(code, message) }
    whole.notes.removeAll { $0.label == "repeat it" }
    return RunFailure(whole)
  }
}

/// A function of expressions as a script that can be called over columns.
private struct BoundFunction: BoundScript {
  let function: any RowFunction

  var results: [ValueType] { [function.result] }
  var explanation: String { function.explanation }

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance {
    Instance(try function.makeInstance(), function.inputs)
  }

  private final class Instance: BoundScriptInstance {
    private let instance: any RowFunctionInstance
    private let inputs: [ValueType]

    init(_ instance: any RowFunctionInstance, _ inputs: [ValueType]) {
      self.instance = instance
      self.inputs = inputs
    }

    func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (columns: [Column], problems: [RowProblem])
    {
      let wide = zip(arguments, inputs).map { $0.widened(to: $1.data) }
      let (column, failures) = try instance.map(wide, count: count)
      return (
        [column],
        failures.map { RowProblem(row: $0.row, code: $0.code, message: $0.message, full: $0.full) }
      )
    }
  }
}
