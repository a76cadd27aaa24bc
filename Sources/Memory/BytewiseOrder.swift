#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The order of texts: by their bytes, a text before those that go on where it ends.
public enum BytewiseOrder {
  /// -1, 0 or 1.
  public static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    let shared = min(left.count, right.count)
    let order = unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        shared == 0 ? 0 : Int(unsafe memcmp(left.baseAddress!, right.baseAddress!, shared)).signum()
      }
    }
    return order != 0 ? order : (left.count - right.count).signum()
  }
}
