import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files and folders that a run writes. Every failure is a `RunFailure` in plain words.
public enum OutputFile {
  /// Writes a new file and flushes it to the disk. Nothing is left of it where that fails, or a stop is asked for on the way.
  public static func write(
    _ path: String, stop: StopFlag = StopFlag(), _ produce: ((([UInt8]) throws -> Void)) throws -> Void
  ) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw unwritable(path) }
    var buffer: [UInt8] = []
    do {
      try produce { bytes in
        if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
        buffer += bytes
        if buffer.count >= 1 << 20 {
          try flush(buffer, to: descriptor, path)
          buffer.removeAll(keepingCapacity: true)
        }
      }
      try flush(buffer, to: descriptor, path)
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw unwritable(path) }
    } catch {
      close(descriptor)
      remove(path)
      throw error
    }
    guard close(descriptor) == 0 else { throw unwritable(path) }
  }

  private static func flush(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw unwritable(path)
      }
      written += count
    }
  }

  public static func move(_ path: String, to target: String) throws {
    guard unsafe rename(path, target) == 0 else { throw unwritable(target) }
  }

  public static func remove(_ path: String) { _ = unsafe unlink(path) }

  /// Makes a folder and those above it.
  public static func makeFolder(_ path: String) throws {
    if path.isEmpty || path == "/" || path == "." { return }
    if unsafe mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if unsafe mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    }
    throw unwritable(path)
  }

  /// Takes a lock file that no other process holds; nil where one does. The lock ends with the process or with `unlock`.
  public static func lock(_ path: String) throws -> Int32? {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw unwritable(path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  public static func unlock(_ descriptor: Int32, path: String) {
    remove(path)
    close(descriptor)
  }

  private static func unwritable(_ path: String) -> RunFailure {
    let reason = unsafe String(cString: strerror(errno))
    return RunFailure(
      .unwritable, "cannot write '\(path)': \(reason.lowercased())", help: "choose another folder with --out DIR")
  }
}
