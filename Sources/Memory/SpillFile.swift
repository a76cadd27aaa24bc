import CZstd
import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file for what does not fit the memory. It has no name from the moment that it is open, so that nothing of it is left however the run ends.
///
/// Any number of threads write and read it at once.
public final class SpillFile: Sendable {
  /// A piece of the file, compressed.
  public struct Segment: Sendable {
    let offset: Int
    let packedCount: Int
    let count: Int
    let hash: ContentHash
  }

  private let descriptor: CInt
  private let directory: String
  private let end = Atomic<Int>(0)

  /// - Parameter directory: made where it is not there.
  public init(directory: String) throws(RunFailure) {
    self.directory = directory
    do { try OutputFile.makeFolder(directory) } catch { throw Self.failure("written", directory) }
    var template = Array("\(directory)/.weir-spill-XXXXXX".utf8CString)
    let opened = unsafe template.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
    guard opened >= 0 else { throw Self.failure("made", directory) }
    descriptor = opened
    _ = unsafe template.withUnsafeBufferPointer { unsafe unlink($0.baseAddress!) }
    _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Bytes written.
  public var byteCount: Int { end.load(ordering: .relaxed) }

  /// Compresses and writes a piece.
  public func write(_ bytes: [UInt8]) throws(RunFailure) -> Segment {
    var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let size = unsafe packed.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compress(target.baseAddress, target.count, source.baseAddress, source.count, 1)
      }
    }
    precondition(ZSTD_isError(size) == 0, "the buffer has the size that the library asks for")
    let offset = end.wrappingAdd(size, ordering: .relaxed).oldValue
    var done = 0
    while done < size {
      let written = unsafe packed.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress! + done, size - done, off_t(offset + done))
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw Self.failure("written", directory)
      }
      done += written
    }
    return Segment(offset: offset, packedCount: size, count: bytes.count, hash: ContentHash(packed, in: 0..<size))
  }

  /// Reads a piece back. Throws `.unreadableFile` where it is not what was written.
  public func read(_ segment: Segment) throws(RunFailure) -> [UInt8] {
    var packed = [UInt8](repeating: 0, count: segment.packedCount)
    var done = 0
    while done < packed.count {
      let got = unsafe packed.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress! + done, $0.count - done, off_t(segment.offset + done))
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw Self.failure("read", directory)
      }
      if got == 0 { break }
      done += got
    }
    var bytes = [UInt8](repeating: 0, count: segment.count)
    guard done == packed.count, ContentHash(packed) == segment.hash,
      unsafe bytes.withUnsafeMutableBytes({ target in
        unsafe packed.withUnsafeBytes { source in
          unsafe ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
        }
      }) == segment.count
    else {
      throw RunFailure(
        .unreadableFile, "the temporary file in '\(directory)' is damaged: what was read is not what was written",
        help: "run again; if it happens again the disk is failing, and TMPDIR names another folder")
    }
    return bytes
  }

  /// Writes zeros over a piece, as a failing disk would.
  func damage(_ segment: Segment) {
    let zeros = [UInt8](repeating: 0, count: segment.packedCount)
    _ = unsafe zeros.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress!, $0.count, off_t(segment.offset)) }
  }

  private static func failure(_ verb: String, _ directory: String) -> RunFailure {
    let reason = unsafe String(cString: strerror(errno))
    return RunFailure(
      .unwritable, "a temporary file in '\(directory)' cannot be \(verb): \(reason.lowercased())",
      help: "free some room, name another folder with TMPDIR, or give the run more memory with --memory")
  }
}
