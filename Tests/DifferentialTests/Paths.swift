import Columns
import Diagnostics
import Expressions
import Foundation
import LuaPlugins
import Planning

/// What a path made of a rule over a batch.
enum Outcome: Equatable {
  /// Binding said no.
  case refused([String])
  /// A row stopped the run.
  case stopped(String)
  case rows([RowOutcome])
}

enum RowOutcome: Equatable {
  case value([Cell])
  case failed(String)
}

/// A value with its bits: minus zero is not zero.
struct Cell: Equatable, CustomStringConvertible {
  let scalar: Scalar

  var description: String { "\(scalar)" }

  static func == (left: Cell, right: Cell) -> Bool {
    if case .float(let a) = left.scalar, case .float(let b) = right.scalar { return a.bitPattern == b.bitPattern }
    return left.scalar == right.scalar
  }
}

/// A plugin folder on the disk, written again for each rule.
final class Workbench {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "weir-differential-\(UUID().uuidString)")
    for kind in ["fees", "metrics", "functions"] {
      try FileManager.default.createDirectory(at: folder.appending(path: kind), withIntermediateDirectories: true)
    }
    try Data("name: fuzz\nversion: 1.0.0\n\(Rule.settings)".utf8).write(to: folder.appending(path: "plugin.yaml"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Loads the rule and binds it to its columns' types; nil where that is refused, with the reasons.
  func bind(_ rule: Rule, _ path: LuaPath) throws -> (bound: (any BoundScript)?, refusals: [String]) {
    for form in [Rule.Form.metric, .fee, .function] where form != rule.form {
      try? FileManager.default.removeItem(at: folder.appending(path: "\(form.rawValue)/rule.lua"))
    }
    try Data(rule.file.utf8).write(to: folder.appending(path: "\(rule.form.rawValue)/rule.lua"))
    var bag = DiagnosticBag()
    let file = SourceFile(path: "test", text: "")
    let catalogue = PluginLoader.load(folder: folder.path, at: file.span(0..<0), lua: path, &bag)
    if bag.hasErrors { return (nil, bag.diagnostics.map(\.message)) }
    let columns = rule.columns.isEmpty ? [RuleColumn.all[0]] : rule.columns
    if rule.form == .function {
      guard let function = catalogue.functions["fuzz.rule"] else { return (nil, ["no function"]) }
      if let refusal = function.refusal { return (nil, [refusal.message]) }
      precondition(function.inputs == columns.map(\.type), "inputs come in the order in which the file has them")
      return (BoundFunction(function: function), [])
    }
    var value: (any ScriptFunction)?
    let fee = catalogue.feeRules["fuzz.rule"]?.script
    let inputs: [ScriptInput]
    switch rule.form {
    case .function: inputs = []
    case .metric:
      if case .reduced(let function, _)? = catalogue.metrics["fuzz.rule"]?.form { value = function }
      inputs = catalogue.metrics["fuzz.rule"]?.inputs ?? []
    case .fee:
      inputs = catalogue.feeRules["fuzz.rule"]?.inputs ?? []
    }
    precondition(inputs.map(\.name) == columns.map(\.name), "inputs come in the order in which the file has them")
    do throws(InvalidInput) {
      let types = columns.map(\.type)
      if let fee { return (try fee.bind(types, terms: []), []) }
      return (try value?.bind(types), [])
    } catch {
      return (nil, error.diagnostics.map { "\($0.message) [\($0.code.rawValue)]" })
    }
  }

  static func run(_ bound: any BoundScript, _ columns: [Column], count: Int) throws -> Outcome {
    do {
      let (results, problems) = try bound.makeInstance(WorkerContext()).map(columns, count: count)
      var failures: [Int32: String] = [:]
      for problem in problems {
        failures[problem.row] =
          (failures[problem.row].map { $0 + " and " } ?? "") + "\(problem.code): \(problem.message)"
      }
      return .rows(
        (0..<count).map { row in
          failures[Int32(row)].map { .failed($0) } ?? .value(results.map { Cell(scalar: $0.scalar(row)) })
        })
    } catch let failure as RunFailure {
      return .stopped("\(failure.diagnostic.message) (\(failure.diagnostic.span?.line ?? 0))")
    }
  }
}

/// A function of expressions, called as a program calls it.
private struct BoundFunction: BoundScript {
  let function: any RowFunction

  var results: [ValueType] { [function.result] }
  var explanation: String { function.explanation }

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance {
    Instance(instance: try function.makeInstance())
  }

  private final class Instance: BoundScriptInstance {
    private let instance: any RowFunctionInstance

    init(instance: any RowFunctionInstance) { self.instance = instance }

    func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (columns: [Column], problems: [RowProblem])
    {
      let (column, failures) = try instance.map(arguments, count: count)
      return ([column], failures.map { RowProblem(row: $0.row, code: $0.code, message: $0.message) })
    }
  }
}
