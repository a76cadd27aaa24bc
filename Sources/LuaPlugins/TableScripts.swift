import Columns
import Diagnostics
import LuaHost
import Memory
import Planning

/// The functions of a fold: `init(settings)`, `step(state, row, emit)`, `finish(state, emit)`.
struct LuaFold: FoldScript {
  /// Reads each row as one object.
  let step: LuaScript
  let initial: LuaHost.LuaFunction
  let finish: LuaHost.LuaFunction?
  let outputs: [Field]

  func bind(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundFold {
    let start = ProcessorTime.ofThread
    let bound = try chosen(arguments)
    step.noteBinding(bound.explanation, since: start)
    return bound
  }

  private func chosen(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundFold {
    switch compile(arguments) {
    case .compiled(let program):
      // Which lines run only the interpreter notes.
      if step.scripts.path == .interpreter || step.scripts.coverage != nil {
        return InterpretedFold(fold: self, explanation: LuaPath.asked)
      }
      return CompiledFold(fold: self, program: program)
    case .interpreted(let reason):
      if step.scripts.path == .columnar { throw InvalidInput([LuaPath.refusal(reason, of: step.qualifiedName)]) }
      return InterpretedFold(fold: self, explanation: step.explanation(reason))
    case .invalid(let diagnostics): throw InvalidInput(diagnostics)
    }
  }

  func interpreted(_ context: WorkerContext) throws -> any FoldInstance {
    Instance(self, try step.scripts.state(context))
  }

  private final class Instance: FoldInstance {
    private let definition: LuaFold
    private let state: LuaState

    init(_ definition: LuaFold, _ state: LuaState) {
      self.definition = definition
      self.state = state
    }

    func fold(_ arguments: [Column], keyOfRow: [UInt32]) throws -> FoldedRows {
      let script = definition.step
      do throws(LuaFailure) {
        let folded = try state.fold(
          initial: definition.initial, step: script.function, finish: definition.finish, keyOfRow: keyOfRow,
          arguments: script.given(arguments), results: definition.outputs.map(LuaResult.init))
        return FoldedRows(
          columns: folded.columns, sourceRows: folded.sourceRows,
          problems: problems(folded.failures, arguments, keyOfRow))
      } catch {
        throw script.runFailure(error, arguments, repeatedBy: error.row.map { rows(upTo: $0, keyOfRow) })
      }
    }

    /// The rows of a key up to one of them: what its state comes from.
    private func rows(upTo row: Int, _ keyOfRow: [UInt32]) -> [Int] {
      let first = keyOfRow[..<row].lastIndex { $0 != keyOfRow[row] }.map { $0 + 1 } ?? 0
      return Array(first...row)
    }

    /// What is wrong with each row: the error itself, and for the rest of its key that it comes after one.
    private func problems(_ failures: [LuaFailure], _ arguments: [Column], _ keyOfRow: [UInt32]) -> [RowProblem] {
      var broken: (key: UInt32, problem: RowProblem)?
      var isFirst = true
      return failures.map { failure in
        let row = failure.row ?? 0
        if let broken, broken.key == keyOfRow[row] {
          return RowProblem(
            row: Int32(row), code: broken.problem.code,
            message: "comes after a row of its key that failed: \(broken.problem.message)")
        }
        let problem = definition.step.problem(
          failure, arguments, isFirst: isFirst, repeatedBy: rows(upTo: row, keyOfRow))
        isFirst = false
        if failure.kind != .rejected { broken = (keyOfRow[row], problem) }
        return problem
      }
    }
  }
}

/// A fold that the interpreter runs, many keys a call.
struct InterpretedFold: BoundFold {
  let fold: LuaFold
  let explanation: String

  func makeInstance(_ context: WorkerContext) throws -> any FoldInstance {
    Instance(fold.step, try fold.interpreted(context))
  }

  /// Notes what the rows cost.
  private final class Instance: FoldInstance {
    private let script: LuaScript
    private let folding: any FoldInstance

    init(_ script: LuaScript, _ folding: any FoldInstance) {
      self.script = script
      self.folding = folding
    }

    func fold(_ arguments: [Column], keyOfRow: [UInt32]) throws -> FoldedRows {
      let start = script.scripts.costs.start()
      defer { script.scripts.costs.note(script.costed, rows: keyOfRow.count, since: start) }
      return try folding.fold(arguments, keyOfRow: keyOfRow)
    }
  }
}

/// The function of a transform: `run(rows, emit)`.
struct LuaTransform: TransformScript {
  let script: LuaScript
  let names: [String]
  let results: [LuaResult]

  func run(_ arguments: [Column], count: Int, _ context: WorkerContext) throws -> (columns: [Column], count: Int) {
    let state = try script.scripts.state(context)
    do throws(LuaFailure) {
      return try state.transform(script.function, names: names, columns: arguments, count: count, results: results)
    } catch {
      var diagnostic = script.scripts.diagnostic(error, of: script)
      let line = script.evalLine(arguments, rows: Array(0..<min(count, LuaScript.longestRepetition + 1)))
      if let line { diagnostic.notes.append(.init("repeat it", line.text)) }
      throw RunFailure(diagnostic)
    }
  }
}
