import Diagnostics
import Expressions
import LuaHost
import Memory

/// Which statements of a plugin's file were run.
public struct ScriptCoverage: Sendable {
  public var path: String
  /// The lines (from 1) on which statements of functions begin, ascending.
  public var lines: [Int]
  /// Those of them that were not run.
  public var missed: [Int]

  /// The coverage of every file of a plugin that has functions.
  public static func files(ofPluginAt folder: String, _ coverage: LuaCoverage) throws -> [ScriptCoverage] {
    let manifest = SourceFile(path: folder.path(of: "plugin.yaml"), text: "")
    let run = coverage.lines
    return try PluginFiles(folder: folder, manifest: manifest).scripts.compactMap { script in
      guard let chunk = try? LuaParser.chunk(LocatedText(script.file)) else { return nil }
      var finder = StatementFinder(file: script.file, run: run[script.chunkName] ?? [])
      finder.visit(chunk, inFunction: false)
      if finder.lines.isEmpty { return nil }
      return ScriptCoverage(path: script.file.path, lines: finder.lines.sorted(), missed: finder.missed.sorted())
    }
  }
}

/// Finds the statements of functions. What stands outside of functions runs when the file is loaded.
///
/// A statement counts as run where one of its lines ran that is not a line of an inner statement alone: the first line of
/// `while true do` has no instruction, so a loop has run where its body has.
private struct StatementFinder {
  let file: SourceFile
  let run: Set<Int>
  var lines: Set<Int> = []
  var missed: Set<Int> = []

  init(file: SourceFile, run: Set<Int>) {
    self.file = file
    self.run = run
  }

  mutating func visit(_ statements: [LuaStatement], inFunction: Bool) {
    for statement in statements {
      if inFunction, hasInstruction(statement) { note(statement) }
      visitParts(of: statement, inFunction)
    }
  }

  private mutating func note(_ statement: LuaStatement) {
    let first = file.line(at: statement.range.lowerBound)
    let last = file.line(at: max(statement.range.upperBound - 1, statement.range.lowerBound))
    lines.insert(first)
    let isRun = (first...last).contains { run.contains($0) }
    if isRun { missed.remove(first) } else { missed.insert(first) }
  }

  /// Whether it makes code of its own.
  private func hasInstruction(_ statement: LuaStatement) -> Bool {
    switch statement.kind {
    case .local(_, let values): !values.isEmpty
    case .block, .label, .localFunction, .function: false
    default: true
    }
  }

  private mutating func visitParts(of statement: LuaStatement, _ inFunction: Bool) {
    switch statement.kind {
    case .local(_, let values), .returning(let values): visit(values)
    case .assign(let places, let values): visit(places + values)
    case .call(let call): visit([call])
    case .block(let body): visit(body, inFunction: inFunction)
    case .whileLoop(let condition, let body), .repeatLoop(let body, until: let condition):
      visit([condition])
      visit(body, inFunction: inFunction)
    case .branch(let branches, let otherwise):
      for branch in branches {
        visit([branch.condition])
        visit(branch.body, inFunction: inFunction)
      }
      visit(otherwise ?? [], inFunction: inFunction)
    case .numericFor(_, let from, let to, let step, let body):
      visit([from, to] + (step.map { [$0] } ?? []))
      visit(body, inFunction: inFunction)
    case .genericFor(_, let values, let body):
      visit(values)
      visit(body, inFunction: inFunction)
    case .function(_, let function), .localFunction(_, let function): visit(function.body, inFunction: true)
    case .breaking, .goto, .label: break
    }
  }

  /// Functions inside of expressions.
  private mutating func visit(_ expressions: [LuaExpression]) {
    for expression in expressions {
      switch expression.kind {
      case .function(let function): visit(function.body, inFunction: true)
      case .table(let fields): visit(fields.map(\.value))
      case .call(let function, let arguments): visit([function] + arguments)
      case .methodCall(let object, _, let arguments): visit([object] + arguments)
      case .index(let object, let key): visit([object, key])
      case .binary(_, let left, let right): visit([left, right])
      case .unary(_, let operand), .parenthesized(let operand): visit([operand])
      case .none, .bool, .integer, .float, .string, .varargs, .name: break
      }
    }
  }
}
