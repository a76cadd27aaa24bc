import Memory

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What entering a range of bytes in each state leads to.
struct QuoteTransition: Sendable {
  /// By the state's number.
  private var ends: [SeparatorScan.State]

  /// Reads the bytes at most twice: the states outside quotes soon agree.
  init(_ scan: SeparatorScan, _ window: borrowing ByteWindow, from: Int, to: Int) {
    let states: [SeparatorScan.State] = [.cellStart, .inCell, .inQuotes, .afterQuote, .rowStart]
    ends = states
    guard let quote = scan.quote, ByteScan.contains(window.storage, in: from..<to, quote) else {
      guard to > from else { return }
      let outside = scan.state(after: window, from: to - 1, to: to, enteredIn: .inCell)
      ends = states.map { scan.quote != nil && $0 == .inQuotes ? .inQuotes : outside }
      return
    }
    var position = from
    while position < to {
      let next = min(position + 1024, to)
      var known: [SeparatorScan.State?] = [nil, nil, nil, nil, nil]
      let stop = Set(ends).count <= 2 ? to : next
      for index in states.indices {
        let entered = Int(ends[index].rawValue)
        if known[entered] == nil {
          known[entered] = scan.state(after: window, from: position, to: stop, enteredIn: ends[index])
        }
        ends[index] = known[entered] ?? ends[index]
      }
      position = stop
    }
  }

  func callAsFunction(_ state: SeparatorScan.State) -> SeparatorScan.State { ends[Int(state.rawValue)] }
}

/// The state in which each split of a file begins, made exact by composing what the splits before it do.
///
/// A split's reader publishes its transition as soon as its bytes are loaded. Whoever needs a state and finds a transition missing waits a moment if
/// its reader is at work, and else computes it: no order of claiming can block.
final class QuoteChain: Sendable {
  private struct Progress {
    var transitions: [QuoteTransition?]
    var isLoading: [Bool]
    /// `states[n]` is known for every `n` below the count.
    var states: [SeparatorScan.State] = [.rowStart]
  }

  private let progress: Guarded<Progress>

  init(splitCount: Int) {
    progress = Guarded(
      Progress(
        transitions: [QuoteTransition?](repeating: nil, count: splitCount),
        isLoading: [Bool](repeating: false, count: splitCount)))
  }

  func begin(_ split: Int) { progress.withLock { $0.isLoading[split] = true } }

  func publish(_ transition: QuoteTransition, of split: Int) {
    progress.withLock { $0.transitions[split] = transition }
  }

  /// - Parameter compute: the transition of a split that no reader has published.
  func state(atStartOf split: Int, compute: (Int) throws -> QuoteTransition) rethrows -> SeparatorScan.State {
    var patience = 200
    while true {
      let (state, lacking, isLoading) = progress.withLock { progress in
        while progress.states.count <= split, let next = progress.transitions[progress.states.count - 1] {
          progress.states.append(next(progress.states[progress.states.count - 1]))
        }
        if progress.states.count > split { return (Optional(progress.states[split]), 0, false) }
        let lacking = progress.states.count - 1
        return (nil, lacking, progress.isLoading[lacking])
      }
      if let state { return state }
      if isLoading, patience > 0 {
        patience -= 1
        usleep(50)
      } else {
        publish(try compute(lacking), of: lacking)
      }
    }
  }
}
