import CXxhash
import CZlib
import CZstd
import Diagnostics

/// How the bytes of a file are packed.
public enum Compression: Sendable {
  case none, gzip, zstandard

  /// Told by the end of the name.
  public init(path: String) {
    self = path.hasSuffix(".gz") ? .gzip : path.hasSuffix(".zst") ? .zstandard : .none
  }
}

/// The unpacked bytes of a file from its beginning or, where it is plain, from any place.
public final class ByteStream {
  public let file: InputFile
  private let inflater: (any Inflater)?
  private var packed: [UInt8]
  private var packedRange = 0..<0
  /// Where in the file the next bytes are.
  private var offset: Int
  private var hasher: RunningHash?

  /// - Parameter from: 0 for packed files.
  public init(_ file: InputFile, _ compression: Compression, from offset: Int, hashes: Bool = false) throws(RunFailure)
  {
    precondition(offset == 0 || compression == .none)
    self.file = file
    self.offset = offset
    switch compression {
    case .none: inflater = nil
    case .gzip: inflater = GzipInflater()
    case .zstandard: inflater = ZstandardInflater()
    }
    packed = inflater == nil ? [] : [UInt8](repeating: 0, count: 1 << 18)
    hasher = hashes ? RunningHash() : nil
  }

  /// Appends up to `count` bytes to the window; 0 at the end of the file.
  public func read(upTo count: Int, into window: inout ByteWindow) throws(RunFailure) -> Int {
    guard let inflater else {
      let range = offset..<min(offset + count, file.byteCount)
      guard !range.isEmpty else { return 0 }
      try window.append(file, range: range)
      offset = range.upperBound
      hasher?.add(window.storage, window.end - range.count..<window.end)
      return range.count
    }
    while true {
      if packedRange.isEmpty, offset < file.byteCount {
        let range = offset..<min(offset + packed.count, file.byteCount)
        try file.readExactly(into: &packed, at: 0, range: range)
        packedRange = 0..<range.count
        offset = range.upperBound
        hasher?.add(packed, packedRange)
      }
      let written = try window.append(upTo: count) { (storage, position) throws(RunFailure) in
        let step = inflater.step(packed, packedRange, into: &storage, at: position, count: count)
        guard let step else {
          throw RunFailure(.unreadableFile, "'\(file.path)' is damaged: it cannot be unpacked")
        }
        packedRange = packedRange.lowerBound + step.taken..<packedRange.upperBound
        return step.written
      }
      if written > 0 { return written }
      if packedRange.isEmpty, offset >= file.byteCount {
        guard inflater.isAtEnd else {
          throw RunFailure(.unreadableFile, "'\(file.path)' ends too early: it cannot be unpacked to the end")
        }
        return 0
      }
    }
  }

  /// Bytes of the file that were read, as they are stored.
  public var bytesRead: Int { offset }

  /// Of the file's bytes (packed, where they are), once all were read.
  public var hash: ContentHash? { offset >= file.byteCount ? hasher?.hash : nil }
}

/// Unpacks a stream of bytes step by step.
protocol Inflater: AnyObject {
  /// Whether a whole member has ended and none has begun since.
  var isAtEnd: Bool { get }
  /// nil where the bytes are damaged.
  func step(
    _ packed: [UInt8], _ range: Range<Int>, into output: inout [UInt8], at position: Int, count: Int
  ) -> (taken: Int, written: Int)?
}

/// Members of a gzip file, one after the other (RFC 1952).
@safe private final class GzipInflater: Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isAtEnd = true

  init() {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window; 16 more ask for a gzip header.
    unsafe inflateInit2_(stream, 31, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func step(
    _ packed: [UInt8], _ range: Range<Int>, into output: inout [UInt8], at position: Int, count: Int
  ) -> (taken: Int, written: Int)? {
    if range.isEmpty, isAtEnd { return (0, 0) }
    precondition(range.upperBound <= packed.count && position + count <= output.count)
    if isAtEnd {
      unsafe inflateReset(stream)
      isAtEnd = false
    }
    return unsafe packed.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + range.lowerBound)
        unsafe stream.pointee.avail_in = UInt32(range.count)
        unsafe stream.pointee.next_out = output.baseAddress! + position
        unsafe stream.pointee.avail_out = UInt32(count)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        if code == Z_STREAM_END { isAtEnd = true }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { return nil }
        return unsafe (range.count - Int(stream.pointee.avail_in), count - Int(stream.pointee.avail_out))
      }
    }
  }
}

/// Frames of a Zstandard file, one after the other (RFC 8878).
@safe private final class ZstandardInflater: Inflater {
  private let stream: OpaquePointer?
  private(set) var isAtEnd = true

  init() { unsafe stream = ZSTD_createDStream() }

  deinit { unsafe ZSTD_freeDStream(stream) }

  func step(
    _ packed: [UInt8], _ range: Range<Int>, into output: inout [UInt8], at position: Int, count: Int
  ) -> (taken: Int, written: Int)? {
    if range.isEmpty, isAtEnd { return (0, 0) }
    precondition(range.upperBound <= packed.count && position + count <= output.count)
    return unsafe packed.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress! + range.lowerBound, size: range.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress! + position, size: count, pos: 0)
        let left = unsafe ZSTD_decompressStream(stream, &target, &source)
        if ZSTD_isError(left) != 0 { return nil }
        isAtEnd = left == 0
        return unsafe (source.pos, target.pos)
      }
    }
  }
}

/// XXH3 of bytes that come in pieces.
@safe final class RunningHash {
  private let state: OpaquePointer?

  init() {
    unsafe state = XXH3_createState()
    unsafe _ = XXH3_128bits_reset(state)
  }

  deinit { unsafe _ = XXH3_freeState(state) }

  func add(_ bytes: [UInt8], _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    unsafe bytes.withUnsafeBytes {
      unsafe _ = weir_xxh3_update(state, $0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
    }
  }

  var hash: ContentHash {
    let hash = unsafe XXH3_128bits_digest(state)
    return ContentHash(high: hash.high64, low: hash.low64)
  }
}
