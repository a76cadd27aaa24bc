import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs `body` once for each worker number below `count`, on threads of their own, and returns when all are done.
///
/// Threads have 8 MB of stack: scripts and parsers recurse. Worker 0 runs on the calling thread.
public func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  var threads: [pthread_t] = []
  for worker in 1..<max(count, 1) {
    let job = unsafe Unmanaged.passRetained(Job { body(worker) })
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, &attributes,
      { pointer in
        let job = unsafe Unmanaged<Job>.fromOpaque(pointer!).takeRetainedValue()
        job.work()
        return nil
      }, job.toOpaque())
    unsafe pthread_attr_destroy(&attributes)
    if status == 0 {
      threads.append(thread)
    } else {
      unsafe job.release()
      body(worker)  // no thread to be had: the work is done all the same
    }
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}

private final class Job: Sendable {
  let work: @Sendable () -> Void
  init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}

/// A value that one thread hands to another and no longer touches itself.
public struct Handover<Value>: @unchecked Sendable {
  public let value: Value
  public init(_ value: Value) { self.value = value }
}

/// A counter that several workers draw from.
public final class Tickets: Sendable {
  private let next = Atomic<Int>(0)

  public init() {}

  /// 0, 1, 2 … each once.
  public func draw() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// A wish to stop, seen by all workers. Set once, never taken back.
public final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  public func set() { flag.store(true, ordering: .relaxed) }
  public var isSet: Bool { flag.load(ordering: .relaxed) }
}
