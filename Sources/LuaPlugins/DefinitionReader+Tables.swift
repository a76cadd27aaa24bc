import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

/// Folds and transforms: scripts whose rows in and rows out are different ones.
extension DefinitionReader {
  mutating func fold() -> FoldDefinition? {
    guard let inputs = inputs(), let outputs = outputs() else { return nil }
    guard let initial = value["init"].asFunction, let step = value["step"].asFunction else {
      report(
        "a fold has 'init' and 'step'", key: "fold",
        help: "init = function(settings) return {} end, step = function(state, row, emit) … end")
      return nil
    }
    checkRejects(step)
    var script = scriptFunction(
      step, [.row(inputs.map(\.name))], returns: [], key: "step", address: qualifiedName)
    script.argumentTypes = inputs.map(\.type)
    return FoldDefinition(
      name: qualifiedName, inputs: inputs, outputs: outputs,
      script: LuaFold(
        step: script, initial: initial, finish: value["finish"].asFunction, outputs: outputs))
  }

  /// A row that is set aside leaves no trace in the state, so `reject` stands before the state changes.
  private mutating func checkRejects(_ step: LuaHost.LuaFunction) {
    guard
      let function = try? FunctionCompiler.function(
        in: LocatedText(script.file), firstLine: step.firstLine, lastLine: step.lastLine, named: "step"),
      let call = LateReject.find(in: function)
    else { return }
    bag.report(
      Diagnostic(
        .invalidRule, "\(qualifiedName): the row is rejected after it has changed the state",
        at: script.file.span(call), help: "reject first, and change the state once the row is known to count"))
  }

  mutating func transform() -> TransformDefinition? {
    guard let inputs = inputs(), let outputs = outputs() else { return nil }
    guard let run = value["run"].asFunction else {
      report(
        "a transform has 'run'", key: "transform",
        help: "run = function(rows, emit) for _, row in ipairs(rows) do emit { name = row.name } end end")
      return nil
    }
    let names = inputs.map(\.name)
    var script = scriptFunction(run, [.row(names)], returns: [], key: "run", address: qualifiedName)
    script.argumentTypes = inputs.map(\.type)
    return TransformDefinition(
      name: qualifiedName, inputs: inputs, outputs: outputs,
      script: LuaTransform(
        script: script, names: names, results: outputs.map(LuaResult.init)))
  }

  /// What it emits, in the order in which the file writes it.
  private mutating func outputs() -> [Field]? {
    guard let declared = declarations("outputs") else { return nil }
    if declared.isEmpty {
      report("'outputs' names each column that is emitted and its type", key: "outputs")
      return nil
    }
    return declared.map { Field($0.name, $0.type, provenance: provenance) }
  }
}

extension LuaResult {
  init(_ field: Field) {
    self.init(name: field.name, type: field.type.data, isNullable: field.type.isNullable)
  }
}
