import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is read in blocks at given offsets, by any number of threads at once. Closed when the last owner lets go.
public final class InputFile: Sendable {
  /// The path as the user would type it.
  public let path: String
  /// Bytes, when it was opened.
  public let byteCount: Int
  private let descriptor: CInt

  public init(path: String) throws(RunFailure) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? RunFailure(.missingFile, "no file '\(path)'")
        : RunFailure(.unreadableFile, "cannot read '\(path)': \(Self.reason(errno))")
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw RunFailure(.unreadableFile, "cannot read '\(path)': it is not a file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads up to `count` bytes from `offset` into `bytes` at `position`, fewer only at the end of the file; `bytes` must have the room.
  public func read(into bytes: inout [UInt8], at position: Int, count: Int, from offset: Int) throws(RunFailure) -> Int
  {
    precondition(position + count <= bytes.count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress! + position + done, count - done, off_t(offset + done))
      }
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw RunFailure(.unreadableFile, "cannot read '\(path)' at byte \(offset + done): \(Self.reason(errno))")
      }
      done += got
    }
    return done
  }

  /// Reads exactly what the file had in the range when it was opened; a file cut short meanwhile is an error.
  public func readExactly(into bytes: inout [UInt8], at position: Int, range: Range<Int>) throws(RunFailure) {
    let got = try read(into: &bytes, at: position, count: range.count, from: range.lowerBound)
    if got < range.count {
      throw RunFailure(
        .changedFile, "'\(path)' became shorter while it was read",
        help: "it had \(byteCount) bytes; run again when nothing writes to it")
    }
  }

  /// The whole file; for small ones.
  public func readAll() throws(RunFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    try readExactly(into: &bytes, at: 0, range: 0..<byteCount)
    return bytes
  }

  private static func reason(_ code: CInt) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
