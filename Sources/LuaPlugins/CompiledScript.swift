import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

/// A script that runs as a columnar program.
///
/// Rows for which the program has no result go back alone to the interpreter, which decides: it gives the value that
/// the program's types could
/// not hold on the way, or the exact error.
struct CompiledScript: BoundScript {
  let script: LuaScript
  var program: Program
  let outputs: [Int]
  let results: [ValueType]
  let explanation = "columnar"

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance { Instance(self, context) }

  func expressions(_ rows: CommonRows) -> Set<ColumnExpression> { rows.expressions(of: program) }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any BoundScript {
    var result = self
    result.program = program.taking(numbers, rows)
    return result
  }

  private final class Instance: BoundScriptInstance {
    private let bound: CompiledScript
    private let context: WorkerContext

    init(_ bound: CompiledScript, _ context: WorkerContext) {
      self.bound = bound
      self.context = context
    }

    func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (
      columns: [Column], problems: [RowProblem]
    ) {
      let costs = bound.script.scripts.costs
      let start = costs.start()
      defer { costs.note(bound.script.costed, rows: count, since: start) }
      let result = try bound.program.evaluate(
        arguments, common: common, count: count, worker: context.programs)
      let columns = bound.outputs.map { result.columns[$0] }
      let rows = result.rowsWithoutResult(columns)
      guard !rows.isEmpty else { return (columns, []) }
      costs.noteReturned(bound.script.costed, rows: rows.count)
      let decided: (columns: [Column], problems: [RowProblem])
      do {
        decided = try bound.script.map(
          arguments.map { $0.gathered(rows) }, count: rows.count, results: bound.results,
          in: bound.script.scripts.state(context))
      } catch let failure as RunFailure {
        throw failure.moved(to: rows)
      }
      return (
        zip(columns, decided.columns).map { $0.replacing(rows, with: $1) }, decided.problems.map { $0.moved(to: rows) }
      )
    }
  }
}

extension ProgramResult {
  /// The rows that failed, and those with a float that is no result: NaN, an infinity, minus zero.
  func rowsWithoutResult(_ columns: [Column]) -> [Int32] {
    var rows = Set(failures.map(\.row))
    for column in columns {
      guard case .floats(let values) = column.values else { continue }
      for (row, value) in values.enumerated() where !value.isFinite || (value == 0 && value.sign == .minus) {
        if column.isPresent(row) { rows.insert(Int32(row)) }
      }
    }
    return rows.sorted()
  }
}

extension Column {
  /// The column with other values in some rows.
  func replacing(_ rows: [Int32], with values: Column) -> Column {
    var places = (0..<Int32(count)).map { $0 }
    for (index, row) in rows.enumerated() { places[Int(row)] = Int32(count + index) }
    return Column.concatenated([self, values]).gathered(places)
  }
}

extension RowProblem {
  /// The problem of a row that was taken out with others: `rows` says where each was.
  func moved(to rows: [Int32]) -> RowProblem {
    var moved = self
    moved.row = rows[Int(row)]
    return moved
  }
}
