import Columns
import Diagnostics
import LuaHost
import Planning

/// Metrics that are scripted throughout.
extension DefinitionReader {
  private static let parts: [(key: String, parameters: Int, purpose: String, example: String)] = [
    ("init", 0, "the state of a group without rows", "init = function(settings) return { total = 0 } end"),
    (
      "step", 2, "what a row does to the state",
      "step = function(state, row) state.total = state.total + row.amount end"
    ),
    (
      "merge", 2, "the state of two parts of a group, since workers step each part of the input on its own",
      "merge = function(a, b) return { total = a.total + b.total } end"
    ),
    ("finish", 1, "the value of a group", "finish = function(state) return state.total end"),
  ]

  mutating func scriptedMetric(_ inputs: [ScriptInput]) -> ScriptedMetric? {
    for key in ["value", "aggregate", "aggregates"] where !value[key].isNil {
      report(
        "'\(key)' does not go with 'step': a metric is scripted throughout or uses the native aggregates", key: key,
        help: "drop '\(key)', or drop 'init', 'step' and 'merge'")
    }
    var functions: [String: LuaHost.LuaFunction] = [:]
    let present = ["step", "init", "merge"].first { !value[$0].isNil } ?? "step"
    for part in Self.parts {
      guard let function = value[part.key].asFunction else {
        report(
          value[part.key].isNil
            ? "a metric with '\(present)' has '\(part.key)': \(part.purpose)"
            : "'\(part.key)' is a \(value[part.key].typeName), not a function",
          key: value[part.key].isNil ? present : part.key, help: part.example)
        continue
      }
      if function.parameterCount < part.parameters {
        report(
          "'\(part.key)' takes \(part.parameters) parameter\(part.parameters == 1 ? "" : "s"), and this one has "
            + "\(function.parameterCount)", key: part.key, help: part.example)
        continue
      }
      functions[part.key] = function
    }
    if value["returns"].isNil {
      report(
        "a metric with 'step' declares what 'finish' gives", key: present, help: "returns = \"decimal(38,18) USD\"")
      return nil
    }
    guard let result = type(value["returns"], key: "returns"), functions.count == Self.parts.count, !bag.hasErrors
    else { return nil }
    var step = scriptFunction(
      functions["step"]!, [.row(inputs.map(\.name))], returns: [], key: "step", address: qualifiedName)
    step.argumentTypes = inputs.map(\.type)
    return ScriptedMetric(
      step: step, initial: functions["init"]!, merge: functions["merge"]!, finish: functions["finish"]!,
      result: result)
  }
}
