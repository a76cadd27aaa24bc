import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much memory the states of a run may take together, and where the rest goes.
public final class MemoryBudget: Sendable {
  /// Bytes of states; half of what the process may take, since buffers, tables at work and results take their share.
  public let limit: Int
  private let directory: String
  private let used = Atomic<Int>(0)
  private let opened = Guarded<SpillFile?>(nil)

  /// - Parameter directory: where temporary files go.
  public init(bytes: Int, directory: String) {
    limit = max(bytes / 2, 1)
    self.directory = directory
  }

  /// Counts bytes that a state takes, or gives back where negative.
  public func take(_ bytes: Int) { used.wrappingAdd(bytes, ordering: .relaxed) }

  public var isExceeded: Bool { used.load(ordering: .relaxed) > limit }

  /// The file for what does not fit, made at first use.
  public func spillFile() throws(RunFailure) -> SpillFile {
    try opened.withLock { (file) throws(RunFailure) in
      if let file { return file }
      let made = try SpillFile(directory: directory)
      file = made
      return made
    }
  }

  /// Bytes that went to the disk.
  public var spilledBytes: Int { opened.withLock { $0?.byteCount ?? 0 } }
}

/// Bytes that a budget counts for as long as somebody holds this.
public final class MemoryLease: Sendable {
  private let budget: MemoryBudget
  private let bytes: Int

  public init(_ budget: MemoryBudget, bytes: Int) {
    self.budget = budget
    self.bytes = bytes
    budget.take(bytes)
  }

  deinit { budget.take(-bytes) }
}

/// What the machine and its user say of memory and temporary files.
public enum MachineMemory {
  public static var byteCount: Int {
    let pages = sysconf(CInt(_SC_PHYS_PAGES))
    let size = sysconf(CInt(_SC_PAGESIZE))
    return pages > 0 && size > 0 ? pages * size : 4 << 30
  }

  /// `TMPDIR`, where it is set.
  public static var temporaryDirectory: String? {
    guard let value = unsafe getenv("TMPDIR") else { return nil }
    let path = unsafe String(cString: value)
    return path.isEmpty ? nil : path
  }
}
