/// A stream as arrays of bytes, for readers that keep what they need of it.
public final class StreamPieces {
  public let stream: ByteStream
  private var window = ByteWindow(capacity: 1 << 18)

  public init(_ stream: ByteStream) { self.stream = stream }

  /// The next bytes; none at the end.
  public func next() throws -> [UInt8] {
    window.drop(before: window.end)
    let count = try stream.read(upTo: 1 << 18, into: &window)
    return Array(window.storage[window.end - count..<window.end])
  }
}
