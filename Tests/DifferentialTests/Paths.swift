import Columns
import Diagnostics
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
    for kind in ["fees", "metrics"] {
      try FileManager.default.createDirectory(at: folder.appending(path: kind), withIntermediateDirectories: true)
    }
    try Data("name: fuzz\nversion: 1.0.0\n".utf8).write(to: folder.appending(path: "plugin.yaml"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Loads the rule and binds it to its columns' types; nil where that is refused, with the reasons.
  func bind(_ rule: Rule, _ path: LuaPath) throws -> (bound: (any BoundScript)?, refusals: [String]) {
    let (own, other) = rule.form == .metric ? ("metrics", "fees") : ("fees", "metrics")
    try? FileManager.default.removeItem(at: folder.appending(path: "\(other)/rule.lua"))
    try Data(rule.file.utf8).write(to: folder.appending(path: "\(own)/rule.lua"))
    var bag = DiagnosticBag()
    let file = SourceFile(path: "test", text: "")
    let catalogue = PluginLoader.load(folder: folder.path, at: file.span(0..<0), lua: path, &bag)
    if bag.hasErrors { return (nil, bag.diagnostics.map(\.message)) }
    var value: (any ScriptFunction)?
    let fee = catalogue.feeRules["fuzz.rule"]?.script
    let inputs: [ScriptInput]
    switch rule.form {
    case .metric:
      if case .reduced(let function, _)? = catalogue.metrics["fuzz.rule"]?.form { value = function }
      inputs = catalogue.metrics["fuzz.rule"]?.inputs ?? []
    case .fee:
      inputs = catalogue.feeRules["fuzz.rule"]?.inputs ?? []
    }
    let columns = rule.columns.isEmpty ? [RuleColumn.all[0]] : rule.columns
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
