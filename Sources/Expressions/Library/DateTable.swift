import Columns
import Memory

/// What a function of one date gives for the days from 1990 to 2049, which nearly all dates are; made once an operation.
enum DateTable {
  static let days =
    Int32(CalendarDate.days(year: 1990, month: 1, day: 1))..<Int32(CalendarDate.days(year: 2050, month: 1, day: 1))

  private static let known = Guarded<[LibraryOperation: [Int64]]>([:])

  static func values(of operation: LibraryOperation) -> [Int64] {
    if let values = known.withLock({ $0[operation] }) { return values }
    let evaluation = Evaluation(count: days.count, worker: ProgramWorker())
    let result = evaluation.dateFunction(operation, [Evaluated(values: .dates(Array(days)))])
    let values: [Int64] =
      switch result.values {
      case .dates(let days): days.map(Int64.init)
      case .ints(let values): values
      default: preconditionFailure("dates and their parts")
      }
    known.withLock { $0[operation] = values }
    return values
  }
}
