import Columns
import Diagnostics
import LuaHost
import Planning

/// The functions of a fold: `init(settings)`, `step(state, row, emit)`, `finish(state, emit)`.
struct LuaFold: FoldScript {
  /// Reads each row as one object.
  let step: LuaScript
  let initial: LuaHost.LuaFunction
  let finish: LuaHost.LuaFunction?
  let results: [LuaResult]

  func makeInstance(_ context: WorkerContext) throws -> any FoldInstance {
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
          arguments: script.given(arguments), results: definition.results)
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
