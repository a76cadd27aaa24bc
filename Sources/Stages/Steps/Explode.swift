import Columns
import Diagnostics
import Expressions
import Planning

/// `explode: { skill: skills }`: a row for each element of a list.
enum Explode: StepDefinition {
  static let name = "explode"
  static let summary =
    "A row for each element of a list (new name: any list); rows with an empty or missing list are dropped."
  static let example = "- explode: { skill: skills }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    guard let entries = step.arguments.entries, entries.count == 1 else {
      context.report(
        .wrongValue, "explode takes one new name and a list: explode: { skill: skills }", at: step.arguments.span)
      return nil
    }
    guard let (program, fields) = context.compile(entries, existing: context.input.names, subject: "explode") else {
      return context.unchanged
    }
    guard case .list(let element) = fields[0].type.data else {
      context.report(
        .typeMismatch, "explode takes a list, and this is \(fields[0].type)", at: entries[0].value.span)
      context.poison(entries[0].key)
      return context.unchanged
    }
    var output = context.input
    output.append(Field(fields[0].name, ValueType(element)))
    return StepPlan(
      output: output, operation: .rows(ExplodeOperation(program: program)), reads: Set(program.inputColumns),
      carried: Array(0..<context.input.count) + [nil])
  }
}

struct ExplodeOperation: SimpleRowOperation {
  let program: Program
  /// Columns of the output that later steps look at. A list repeated for each of its elements takes the square of its
  /// length, so it is not where nobody does.
  var needed: Set<Int>?

  func narrowed(to needed: Set<Int>) -> any RowOperation {
    var result = self
    result.needed = needed
    return result
  }

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker(self, context) }

  private final class Worker: RowWorker {
    let program: Program
    let needed: Set<Int>?
    let context: WorkerContext

    init(_ operation: ExplodeOperation, _ context: WorkerContext) {
      program = operation.program
      needed = operation.needed
      self.context = context
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      let result = try program.evaluate(batch.columns, count: batch.count, worker: context.programs)
      let list = result.columns[0]
      guard case .lists(let lists) = list.values else { preconditionFailure("explode is planned over a list") }
      var failing = [Bool](repeating: false, count: batch.count)
      for failure in result.failures where !failing[Int(failure.row)] {
        try report.note(RowProblem(failure), in: batch)
        failing[Int(failure.row)] = true
      }
      var rows: [Int32] = []
      var elements: [Int32] = []
      for row in 0..<batch.count where !failing[row] {
        let range = list.isPresent(row) ? lists.range(of: row) : 0..<0
        if range.isEmpty { report.counts.filtered += 1 } else { report.counts.added += range.count - 1 }
        for element in range {
          rows.append(Int32(row))
          elements.append(Int32(element))
        }
      }
      let columns = batch.columns.enumerated().map { place, column in
        needed?.contains(place) ?? true ? column.gathered(rows) : .unread
      }
      return Batch(
        columns: columns + [lists.element.gathered(elements)], count: rows.count, position: batch.position,
        origins: batch.origins?.gathered(rows))
    }
  }
}
