import Columns
import Diagnostics
import LuaHost
import Planning

/// Sources and exports: scripts at both ends of a pipeline.
extension DefinitionReader {
  mutating func source() -> SourceScriptDefinition? {
    guard let declared = declarations("columns") else { return nil }
    if declared.isEmpty {
      report(
        "'columns' names each column that is emitted and its type", key: "columns",
        help: "columns = { at = \"date\", amount = \"decimal(10,2) USD\" }")
    }
    guard let rows = value["rows"].asFunction else {
      report(
        "a source has 'rows'", key: "source",
        help: "rows = function(input, emit) for line in input.lines do emit { name = line } end end")
      return nil
    }
    guard !declared.isEmpty else { return nil }
    let columns = declared.map { Field($0.name, $0.type, provenance: provenance) }
    return SourceScriptDefinition(
      name: qualifiedName, columns: columns,
      script: LuaSourceScript(
        script: scriptFunction(rows, [], returns: [], key: "rows", address: qualifiedName),
        results: columns.map(LuaResult.init)))
  }

  mutating func export() -> ExportScriptDefinition? {
    guard let inputs = inputs() else { return nil }
    if inputs.isEmpty {
      report(
        "'inputs' names the columns that are written and their types", key: "inputs",
        help: "inputs = { month = \"date\", gsv = \"decimal USD\" }")
    }
    guard let write = value["write"].asFunction else {
      report(
        "an export has 'write'", key: "export",
        help: "write = function(rows, out) for row in rows do out(row.month, \"\\n\") end end")
      return nil
    }
    guard !inputs.isEmpty else { return nil }
    var script = scriptFunction(
      write, [.row(inputs.map(\.name))], returns: [], key: "write", address: qualifiedName)
    script.argumentTypes = inputs.map(\.type)
    return ExportScriptDefinition(
      name: qualifiedName, inputs: inputs,
      script: LuaExportScript(script: script, names: inputs.map(\.name)))
  }
}
