#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Time that a processor spent, in nanoseconds.
public enum ProcessorTime {
  /// On the calling thread.
  public static var ofThread: Int { read(CLOCK_THREAD_CPUTIME_ID) }

  /// On all threads of the process since it began.
  public static var ofProcess: Int { read(CLOCK_PROCESS_CPUTIME_ID) }

  /// What a clock on the wall shows; only differences mean something.
  public static var ofWall: Int { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
