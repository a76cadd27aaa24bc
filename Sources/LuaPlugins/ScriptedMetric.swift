import Aggregation
import Columns
import Diagnostics
import LuaHost
import Planning

/// A metric that is scripted throughout: `init(settings)`, `step(state, row)`, `merge(a, b)`, `finish(state)`.
struct ScriptedMetric: ScriptedAggregate {
  /// Reads each row as one object.
  var step: LuaScript
  let initial: LuaHost.LuaFunction
  let merge: LuaHost.LuaFunction
  let finish: LuaHost.LuaFunction
  let result: ValueType

  func reduction(over arguments: [ValueType]) -> any Reduction {
    var bound = self
    bound.step.argumentTypes = arguments
    return ScriptedReduction(metric: bound, inputs: arguments.map(\.data) + [.int])
  }
}

/// A scripted metric over columns of known types.
struct ScriptedReduction: Reduction {
  let metric: ScriptedMetric
  /// Of the metric's inputs, and of where rows stand.
  let inputs: [DataType]

  var resultType: ValueType { metric.result }

  func makePartial() -> any ReductionPartial { ScriptedPartial(self) }
}

/// Units of a group: its rows of one split, or of one table, which a state of their own has stepped or will step.
///
/// What a unit is depends on the data alone, so the states that are merged, and their order, are the same for any number
/// of workers and any memory.
struct ScriptedUnits {
  /// Where each group's units end.
  var ends: [Int] = []
  /// The units that have a state already, and which of the states that is.
  var stepped: [(unit: Int, state: Int)] = []
  /// The rows of the others, each with its unit, in order.
  var rows: [Int32] = []
  var unitOfRow: [UInt32] = []
  var count = 0
}

extension ScriptedReduction {
  /// Steps rows of some units and gives the states. Throws `GroupFailure`.
  ///
  /// - Parameter keys: the position key of each row.
  func step(
    _ columns: [Column], _ keys: [Int128], unitOfRow: [UInt32], unitCount: Int, into groups: LuaGroups,
    _ state: LuaState
  ) throws {
    var first: GroupFailure?
    for start in stride(from: 0, to: unitOfRow.count, by: rowsPerBlock) {
      let range = start..<min(start + rowsPerBlock, unitOfRow.count)
      let slice = columns.map { $0.gathered(range.map { Int32($0) }) }
      let failures: [LuaFailure]
      do throws(LuaFailure) {
        failures = try state.step(
          groups, initial: metric.initial, step: metric.step.function, groupOfRow: Array(unitOfRow[range]),
          groupCount: unitCount, arguments: metric.step.given(Array(slice.dropLast())))
      } catch {
        throw failure(error, slice, keys[range], unitOfRow, from: start)
      }
      for problem in failures {
        let failed = failure(problem, slice, keys[range], unitOfRow, from: start)
        if first == nil || failed.position! < first!.position! { first = failed }
      }
    }
    if let first { throw first }
  }

  /// - Parameters:
  ///   - unitOfRow: of all rows, of which those at hand begin at `start`.
  private func failure(
    _ failure: LuaFailure, _ arguments: [Column], _ keys: ArraySlice<Int128>, _ unitOfRow: [UInt32], from start: Int
  ) -> GroupFailure {
    let row = failure.row.map { min($0, keys.count - 1) } ?? 0
    // The rows that its state comes from, where they are all at hand.
    let unit = unitOfRow[start + row]
    let first = unitOfRow[...(start + row)].lastIndex { $0 != unit }.map { $0 + 1 } ?? 0
    var told = metric.step.runFailure(
      failure, Array(arguments.dropLast()), repeatedBy: first < start ? [] : Array(first - start...row))
    if case .int(let word)? = arguments.last?.scalar(row) {
      let origin = RowOrigin(word: UInt64(bitPattern: word))
      told.place = RunFailure.Place(file: origin.file, byte: origin.byte)
    }
    return GroupFailure(position: keys[keys.startIndex + row], told)
  }

  /// A failure of a group, which is told at the metric's own line where the script was not at one.
  func failure(_ failure: LuaFailure, of function: LuaHost.LuaFunction, group: Int? = nil) -> GroupFailure {
    var failure = failure
    if failure.path?.isEmpty ?? true {
      failure.path = function.path
      failure.line = function.firstLine
    }
    return GroupFailure(group: group, RunFailure(metric.step.scripts.diagnostic(failure)))
  }

  /// The results of some groups: the states of each are merged in the order of the input, then finished.
  func finish(_ units: ScriptedUnits, _ columns: [Column], _ keys: [Int128], _ states: LuaStates, first: Int) throws
    -> Column
  {
    try metric.step.scripts.withState { state in
      let groups: LuaGroups
      do throws(LuaFailure) {
        groups = try state.makeGroups()
      } catch {
        throw failure(error, of: metric.initial)
      }
      var chosen = LuaStates()
      for (_, number) in units.stepped { chosen.append(states[number]) }
      do throws(LuaFailure) {
        try state.import(chosen, into: groups, at: units.stepped.map(\.unit))
      } catch {
        throw failure(error, of: metric.initial)
      }
      try step(columns, keys, unitOfRow: units.unitOfRow, unitCount: units.count, into: groups, state)
      let merged: LuaGroups
      do throws(LuaFailure) {
        merged = try state.combine(groups, ends: units.ends, merge: metric.merge)
      } catch {
        throw failure(error, of: metric.initial, group: error.row.map { first + $0 })
      }
      do throws(LuaFailure) {
        return try state.finish(
          merged, initial: metric.initial, finish: metric.finish, groupCount: units.ends.count,
          results: [
            LuaResult(name: "finish", type: metric.result.data, isNullable: metric.result.isNullable)
          ])[0]
      } catch {
        throw failure(error, of: metric.finish, group: error.row.map { first + $0 })
      }
    }
  }
}
