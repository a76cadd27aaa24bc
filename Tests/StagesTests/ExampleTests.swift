import Aggregation
import Columns
import Diagnostics
import Expressions
import Foundation
import LuaHost
import LuaPlugins
import PipelineFiles
import Planning
import Runner
import Stages
import Testing

/// The examples of the reference give what it says.
@Suite struct ExampleTests {
  @Test(arguments: FunctionManual.all.map(\.name))
  func aFunctionGivesInScriptsWhatItsExampleSays(_ name: String) throws {
    let example = FunctionManual.declared(name).example
    let state = try LuaState(name: "examples")
    let value = try state.load("return { f = function() return \(example.call) end }", path: "example.lua")
    let function = try #require(value["f"].asFunction)
    let given = try state.call(function)
    #expect(Self.text(given.first ?? .nil) == example.result, "\(example.call)")
  }

  @Test(arguments: FunctionLibrary.all.map(\.name))
  func aFunctionGivesInExpressionsWhatItsExampleSays(_ name: String) throws {
    let example = FunctionManual.declared(name).example
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Schema([])))
    _ = builder.add(LocatedText(example.call, path: "example"))
    #expect(builder.diagnostics.diagnostics == [])
    let result = try builder.build().evaluate([], count: 1, worker: ProgramWorker())
    #expect(result.failures == [])
    #expect(result.columns.first?.scalar(0).text == example.result, "\(example.call)")
  }

  @Test(arguments: Reductions.all.map { $0.declaration.name })
  func anAggregateGivesWhatItsExampleSays(_ name: String) throws {
    let example = try #require(WorkedExample.of(name), "'\(name)' has no example")
    let rows = try Self.rows(of: example, step: "aggregate: { metrics: [ { r: '\(example.call)' } ] }")
    #expect(rows == [example.result])
  }

  @Test(arguments: WindowFunctions.all.map { $0.declaration.name })
  func aWindowFunctionGivesWhatItsExampleSays(_ name: String) throws {
    let example = try #require(WorkedExample.of(name), "'\(name)' has no example")
    let rows = try Self.rows(of: example, step: "window: { order: [x], derive: { r: '\(example.call)' } }")
    #expect(rows.joined(separator: " ") == example.result)
  }

  @Test(arguments: DefinitionManual.all.map(\.name))
  func aDefinitionsExampleIsAValidFile(_ name: String) throws {
    let manual = try #require(DefinitionManual.all.first { $0.name == name })
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-example-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: manual.folder), withIntermediateDirectories: true)
    try Data("name: p\nversion: 1.0.0\n".utf8).write(to: folder.appending(path: "plugin.yaml"))
    let start = try #require(manual.example.firstRange(of: "name = \""))
    let own = manual.example[start.upperBound...].prefix { $0 != "\"" }
    try Data(manual.example.utf8).write(to: folder.appending(path: "\(manual.folder)/\(own).lua"))
    var bag = DiagnosticBag()
    let plugins = PluginLoader.load(folder: folder.path, at: SourceFile(path: "test", text: "").span(0..<0), &bag)
    #expect(bag.diagnostics == [])
    #expect(plugins.defines("p.\(own)"))
  }

  @Test(arguments: namesOfStepsWithKeys)
  func aStepTakesTheKeysThatItDeclares(_ name: String) throws {
    let step = try #require(Registry.standard.steps.first { $0.name == name })
    let text = """
      weir: 1
      name: keys
      ingest:
        given: { type: inline, columns: { x: int }, rows: [[1]] }
      transform:
        made: { from: given, steps: [ { \(name): { no_such_key_at_all: 1 } } ] }
      """
    let (spec, bag) = try PipelineReader.read(SourceFile(path: "keys.yaml", text: text), directory: "")
    let context = PlanningContext(
      spec: spec, registry: .standard, plugins: PluginCatalogue(), parameters: ParameterValues())
    let mistakes = Self.mistakes(context, bag)
    let help = mistakes.first { $0.code == .unknownKey }?.help
    #expect(help == "it takes \(step.keys.map(\.name).sorted().joined(separator: ", "))")
    let missing = mistakes.filter { $0.code == .missingKey }.map(\.message)
    let required = step.keys.filter { key in missing.contains { $0.hasSuffix("needs '\(key.name)'") } }.map(\.name)
    #expect(required == step.keys.filter(\.isRequired).map(\.name))
  }

  static let namesOfStepsWithKeys: [String] = {
    var names: [String] = []
    for step in Registry.standard.steps where !step.keys.isEmpty { names.append(step.name) }
    return names
  }()

  private static func mistakes(_ context: PlanningContext, _ bag: DiagnosticBag) -> [Diagnostic] {
    do throws(InvalidInput) {
      _ = try Planner.plan(context, earlier: bag)
      return []
    } catch {
      return error.diagnostics
    }
  }

  /// The column `r` of a step over the example's rows, in their order.
  private static func rows(of example: WorkedExample, step: String) throws -> [String] {
    let columns = example.columns.map { column in
      column.declaration.replacing(/: (.+)/) { ": \"\($0.1)\"" }
    }.joined(separator: ", ")
    let values = example.columns.map { $0.values.split(separator: " ").map { $0 == "nil" ? "null" : String($0) } }
    let rows = values[0].indices.map { row in "[\(values.map { $0[row] }.joined(separator: ", "))]" }
    let text = """
      weir: 1
      name: example
      ingest:
        given: { type: inline, columns: { \(columns) }, rows: [\(rows.joined(separator: ", "))] }
      transform:
        made: { from: given, steps: [ { \(step) } ] }
      """
    let (spec, bag) = try PipelineReader.read(SourceFile(path: "example.yaml", text: text), directory: "")
    let context = PlanningContext(
      spec: spec, registry: .standard, plugins: PluginCatalogue(), parameters: ParameterValues())
    let plan = try Planner.plan(context, earlier: bag)
    let table = try Run(plan, options: RunOptions(workers: 1), weirVersion: "0").tables(of: ["made"])[0]
    let column = try #require(table.schema.index(of: "r"))
    return table.batches.flatMap { batch in (0..<batch.count).map { batch.columns[column].scalar($0).text } }
  }

  private static func text(_ value: LuaValue) -> String {
    switch value {
    case .nil: "nil"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .float(let number): LuaText.string(number)
    case .string(let text): text
    case .decimal(let number): number.normalized.description
    case .date(let date): date.description
    case .timestamp(let instant): instant.description
    case .table: "table"
    case .function: "function"
    }
  }
}
