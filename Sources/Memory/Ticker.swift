#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Calls a function again and again on a thread of its own, until it is stopped.
public final class Ticker: Sendable {
  private let thread: pthread_t
  /// Closing the writing end wakes the thread and ends it.
  private let (reading, writing): (Int32, Int32)

  /// - Parameters:
  ///   - first: milliseconds before the first call.
  ///   - interval: milliseconds between calls.
  /// - Returns: nil where the system gives no thread or pipe.
  public init?(first: Int32, every interval: Int32, _ tick: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    (reading, writing) = (ends[0], ends[1])
    let end = ends[0]
    let loop = unsafe Unmanaged.passRetained(
      Loop {
        var pause = first
        while !Self.hasEnded(end, after: pause) {
          tick()
          pause = interval
        }
      })
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { pointer in
        let loop = unsafe Unmanaged<Loop>.fromOpaque(pointer!).takeRetainedValue()
        loop.run()
        return nil
      }, loop.toOpaque())
    self.thread = thread
    guard status == 0 else {
      unsafe loop.release()
      for end in ends { close(end) }
      return nil
    }
  }

  /// Ends the calls; none is under way any more when it returns. Called once.
  public func stop() {
    close(writing)
    pthread_join(thread, nil)
    close(reading)
  }

  /// Waits; whether the other end was closed meanwhile.
  private static func hasEnded(_ end: Int32, after milliseconds: Int32) -> Bool {
    var request = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
    while true {
      let found = unsafe poll(&request, 1, milliseconds)
      if found >= 0 { return found > 0 }
      if errno != EINTR { return true }
    }
  }
}

private final class Loop: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
