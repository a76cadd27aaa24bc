import Diagnostics

/// The bytes of an input that are in memory now, in a buffer that is used again and again.
///
/// `storage[start..<end]` are the bytes; both sides are padded, so that 64 bytes before the first and after the last may be loaded (never interpreted).
public struct ByteWindow: Sendable {
  public static let padding = 64

  /// The window's bytes between paddings.
  public var storage: [UInt8]
  /// One past the last byte.
  public private(set) var end: Int
  /// Where in the input (decompressed) the byte at `start` stands.
  public private(set) var inputOffset: Int

  public init(capacity: Int = 0) {
    storage = [UInt8](repeating: 0, count: capacity + 2 * Self.padding)
    end = Self.padding
    inputOffset = 0
  }

  /// Position of the first byte.
  public var start: Int { Self.padding }
  public var count: Int { end - start }
  /// Bytes that fit without growing.
  public var room: Int { storage.count - Self.padding - end }
  public var capacity: Int { storage.count - 2 * Self.padding }

  /// Where in the input the byte at a position stands.
  public func inputOffset(at position: Int) -> Int { inputOffset + position - start }

  /// Empties the window and puts it at a place of the input.
  public mutating func reset(toInputOffset offset: Int) {
    end = start
    inputOffset = offset
  }

  /// Drops everything before `position` and moves the rest to the front.
  public mutating func drop(before position: Int) {
    let kept = end - position
    let front = start
    let shift = position - front
    if shift > 0 {
      unsafe storage.withUnsafeMutableBytes { buffer in
        // Overlapping ranges are fine: copyMemory is memmove.
        unsafe (buffer.baseAddress! + front).copyMemory(from: buffer.baseAddress! + position, byteCount: kept)
      }
    }
    end = start + kept
    inputOffset += shift
  }

  /// Makes room for at least so many bytes more.
  public mutating func reserve(_ more: Int) {
    if room < more {
      let wanted = max(count + more, capacity * 2)
      storage.append(contentsOf: repeatElement(0, count: wanted - capacity))
    }
  }

  /// Appends a range of a file.
  public mutating func append(_ file: InputFile, range: Range<Int>) throws(RunFailure) {
    reserve(range.count)
    try file.readExactly(into: &storage, at: end, range: range)
    end += range.count
  }

  /// Appends bytes.
  public mutating func append(_ bytes: [UInt8]) {
    reserve(bytes.count)
    storage.replaceSubrange(end..<end + bytes.count, with: bytes)
    end += bytes.count
  }

  /// Appends what `fill` writes into the storage from a position on; it returns how many bytes it wrote.
  public mutating func append(
    upTo count: Int, _ fill: (inout [UInt8], Int) throws(RunFailure) -> Int
  ) throws(RunFailure) -> Int {
    reserve(count)
    let written = try fill(&storage, end)
    end += written
    return written
  }
}
