import Columns
import Diagnostics
import Expressions
import LuaHost
import Memory
import Planning

/// A fold that runs as the code of a register machine.
///
/// A key that the machine does not finish goes back alone and whole to the interpreter, which decides: it gives what
/// the machine could not, or the exact error.
struct CompiledFold: BoundFold {
  let fold: LuaFold
  let program: FoldProgram
  let explanation = "columnar"

  func makeInstance(_ context: WorkerContext) throws -> any FoldInstance { Instance(self, context) }

  private final class Instance: FoldInstance {
    private let bound: CompiledFold
    private let context: WorkerContext
    private let runner: FoldRunner?
    private var interpreter: (any FoldInstance)?

    init(_ bound: CompiledFold, _ context: WorkerContext) {
      self.bound = bound
      self.context = context
      runner = FoldRunner(bound.program, limits: bound.fold.step.scripts.limits)
    }

    func fold(_ arguments: [Column], keyOfRow: [UInt32]) throws -> FoldedRows {
      let (script, costs) = (bound.fold.step, bound.fold.step.scripts.costs)
      let start = costs.start()
      defer { costs.note(script.costed, rows: keyOfRow.count, since: start) }
      guard let run = runner?.run(arguments, keyOfRow: keyOfRow) else {
        costs.noteReturned(script.costed, rows: keyOfRow.count)
        return try interpret(arguments, keyOfRow: keyOfRow)
      }
      let folded = FoldedRows(columns: run.columns, sourceRows: run.sourceRows, problems: [])
      guard !run.returned.isEmpty else { return folded }
      let rows = run.returned.flatMap { $0.map { Int32($0) } }
      costs.noteReturned(script.costed, rows: rows.count)
      do {
        var decided = try interpret(
          arguments.map { $0.gathered(rows) }, keyOfRow: rows.map { keyOfRow[Int($0)] })
        decided.sourceRows = decided.sourceRows.map { rows[Int($0)] }
        decided.problems = decided.problems.map { $0.moved(to: rows) }
        return folded.merged(with: decided)
      } catch let failure as RunFailure {
        throw failure.moved(to: rows)
      }
    }

    private func interpret(_ arguments: [Column], keyOfRow: [UInt32]) throws -> FoldedRows {
      let instance = try interpreter ?? bound.fold.interpreted(context)
      interpreter = instance
      return try instance.fold(arguments, keyOfRow: keyOfRow)
    }
  }
}

extension FoldedRows {
  /// What both made of different keys, in the order of the rows.
  fileprivate func merged(with other: FoldedRows) -> FoldedRows {
    let own = sourceRows.count
    var (left, right) = (0, 0)
    var places: [Int32] = []
    places.reserveCapacity(own + other.sourceRows.count)
    while left < own || right < other.sourceRows.count {
      // A row is of one of them alone.
      let takesOwn = right == other.sourceRows.count || (left < own && sourceRows[left] < other.sourceRows[right])
      places.append(Int32(takesOwn ? left : own + right))
      if takesOwn { left += 1 } else { right += 1 }
    }
    let rows = sourceRows + other.sourceRows
    return FoldedRows(
      columns: zip(columns, other.columns).map { Column.concatenated([$0, $1]).gathered(places) },
      sourceRows: places.map { rows[Int($0)] }, problems: problems + other.problems)
  }
}

extension LuaFold {
  /// Compiles the fold's functions for inputs of some types.
  func compile(_ arguments: [ValueType]) -> FoldCompiler.Outcome {
    let text = LocatedText(step.script.file)
    let names: [String] = if case .row(let fields) = step.parameters[0] { fields } else { [] }
    guard let made = compiled(step.function, "step", text), let first = compiled(initial, "init", text) else {
      return .interpreted(unknownFunction(step.function))
    }
    var last: FoldCompiler.Function?
    if let finish {
      guard let function = compiled(finish, "finish", text) else { return .interpreted(unknownFunction(finish)) }
      last = function
    }
    let settings = step.scripts.settings.map { ($0.name, LuaValue($0.value)) }
    let compiler = FoldCompiler(
      text: text, inputs: names, inputTypes: arguments, outputs: outputs, settings: .record(settings))
    let outcome = compiler.compile(initial: first, step: made, finish: last)
    if case .compiled(let program) = outcome {
      for input in program.inputs {
        guard case .list = arguments[input].data else { continue }
        return .interpreted(
          Diagnostic(
            .unsupportedExpression, "'\(names[input])' is a list", at: text.span(made.node.range)))
      }
    }
    return outcome
  }

  private func unknownFunction(_ function: LuaHost.LuaFunction) -> Diagnostic {
    let line = step.script.file.offset(ofLine: function.firstLine)
    return Diagnostic(
      .unsupportedExpression, "several functions stand on the same line, or one stands in another file",
      at: step.script.file.span(line..<line + 1))
  }

  /// A function as its file writes it, and the locals of the file that it reads.
  private func compiled(
    _ function: LuaHost.LuaFunction, _ name: String, _ text: LocatedText
  ) -> FoldCompiler.Function? {
    guard function.path == step.script.chunkName, let node = node(of: function, name, text) else { return nil }
    let upvalues = step.scripts.inspecting { self.upvalues(of: function, in: $0, text, depth: 0) } ?? [:]
    return FoldCompiler.Function(node, upvalues: upvalues)
  }

  private func node(
    of function: LuaHost.LuaFunction, _ name: String, _ text: LocatedText
  ) -> Expressions.LuaFunction? {
    let found = try? FunctionCompiler.function(
      in: text, firstLine: function.firstLine, lastLine: function.lastLine, named: name)
    return found ?? nil
  }

  private func upvalues(
    of function: LuaHost.LuaFunction, in state: LuaState, _ text: LocatedText, depth: Int
  ) -> [String: FoldCompiler.Upvalue] {
    guard let values = try? state.constants(of: function) else { return [:] }
    var upvalues: [String: FoldCompiler.Upvalue] = [:]
    for (name, value) in values {
      guard case .function(let called) = value else {
        upvalues[name] = .constant(value)
        continue
      }
      if depth < 4, called.path == function.path, let node = node(of: called, name, text) {
        let own = self.upvalues(of: called, in: state, text, depth: depth + 1)
        upvalues[name] = .function(node, upvalues: own)
      } else {
        upvalues[name] = .interpreted
      }
    }
    return upvalues
  }
}
