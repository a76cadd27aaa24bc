import Diagnostics
import LuaPlugins
import Memory
import PipelineFiles
import Planning
import Stages

/// From a path to a plan: reads the file and its plugins, and resolves them. Throws `InvalidInput` with all mistakes.
struct PipelineLoader {
  var path: String
  /// `NAME=VALUE`, as on the command line.
  var parameters: [String] = []
  /// The path that functions of Lua files take.
  var lua = LuaPath.auto
  /// What no plugin may pass.
  var limits = PluginLimits.none

  func plan() throws -> Plan {
    let (context, bag) = try context()
    return try Planner.plan(context, earlier: bag)
  }

  /// What the pipeline is resolved against, with the mistakes found so far.
  func context() throws -> (PlanningContext, DiagnosticBag) {
    let file = SourceFile(path: path, text: try TextFile.read(path))
    var (spec, bag) = try PipelineReader.read(file, directory: path.folderOfPath)
    let values = ParameterValues(spec.parameters, given: try givenParameters(), directory: spec.directory, &bag)
    let plugins = PluginLoader.load(spec, parameters: values, lua: lua, limits: limits, &bag)
    return (PlanningContext(spec: spec, registry: .standard, plugins: plugins, parameters: values), bag)
  }

  private func givenParameters() throws -> [String: String] {
    var given: [String: String] = [:]
    for parameter in parameters {
      guard let equals = parameter.firstIndex(of: "=") else {
        Failure.write([
          Diagnostic(.wrongUsage, "--param takes NAME=VALUE, not '\(parameter)'")
        ])
        throw Ended(code: Failure.wrongUsage)
      }
      given[String(parameter[..<equals])] = String(parameter[parameter.index(after: equals)...])
    }
    return given
  }
}
