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
          problems: folded.failures.map { script.problem($0, arguments) })
      } catch {
        throw script.runFailure(error, arguments)
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
      throw RunFailure(script.scripts.diagnostic(error))
    }
  }
}
