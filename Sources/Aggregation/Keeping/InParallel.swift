import Diagnostics
import Memory

/// Runs numbered pieces of work on several threads, worker numbers below `workers`; throws the failure of the first piece that failed, or `.interrupted`.
func inParallel(
  _ count: Int, workers: Int, stop: StopFlag = StopFlag(),
  _ work: @escaping @Sendable (_ worker: Int, _ number: Int) throws -> Void
) throws {
  let tickets = Tickets()
  let failures = Failures()
  concurrently(min(workers, count)) { worker in
    while !failures.isSet {
      let number = tickets.draw()
      if number >= count { break }
      do {
        if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
        try work(worker, number)
      } catch { failures.note(error, number) }
    }
  }
  try failures.throwFirst()
}
