import CScan

/// Applies a function to each element: a loop without checks, which the compiler makes wide where the function allows it.
@inlinable @inline(__always)
public func elementwise<Element: BitwiseCopyable, Result: BitwiseCopyable>(
  _ values: [Element], _ body: (Element) -> Result
) -> [Result] {
  unsafe [Result](unsafeUninitializedCapacity: values.count) { results, count in
    unsafe values.withUnsafeBufferPointer { values in
      for index in 0..<values.count {
        unsafe (results.baseAddress.unsafelyUnwrapped + index).initialize(to: body(values[unchecked: index]))
      }
    }
    count = values.count
  }
}

/// Applies a function to the elements of two arrays of one length (`precondition`).
@inlinable @inline(__always)
public func elementwise<Left: BitwiseCopyable, Right: BitwiseCopyable, Result: BitwiseCopyable>(
  _ left: [Left], _ right: [Right], _ body: (Left, Right) -> Result
) -> [Result] {
  precondition(left.count == right.count)
  return unsafe [Result](unsafeUninitializedCapacity: left.count) { results, count in
    unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        for index in 0..<left.count {
          unsafe (results.baseAddress.unsafelyUnwrapped + index).initialize(
            to: body(left[unchecked: index], right[unchecked: index]))
        }
      }
    }
    count = left.count
  }
}

/// One of two elements, row by row: `picks` and both arrays have one length (`precondition`).
@inlinable @inline(__always)
public func chosen<Element: BitwiseCopyable>(_ picks: [Bool], _ left: [Element], _ right: [Element]) -> [Element] {
  precondition(picks.count == left.count && picks.count == right.count)
  return unsafe [Element](unsafeUninitializedCapacity: picks.count) { results, count in
    unsafe picks.withUnsafeBufferPointer { picks in
      unsafe left.withUnsafeBufferPointer { left in
        unsafe right.withUnsafeBufferPointer { right in
          for index in 0..<picks.count {
            let (a, b) = unsafe (left[unchecked: index], right[unchecked: index])
            unsafe (results.baseAddress.unsafelyUnwrapped + index).initialize(to: picks[unchecked: index] ? a : b)
          }
        }
      }
    }
    count = picks.count
  }
}

/// The elements at some places, in their order. A place that there is not is a `precondition`.
@inlinable @inline(__always)
public func gathered<Element: BitwiseCopyable>(_ values: [Element], at places: [Int32]) -> [Element] {
  unsafe [Element](unsafeUninitializedCapacity: places.count) { results, count in
    unsafe values.withUnsafeBytes { bytes in
      unsafe gather(
        bytes, of: MemoryLayout<Element>.stride, valueCount: values.count, at: places,
        UnsafeMutableRawBufferPointer(results))
    }
    count = places.count
  }
}

/// For each word the entry of a table that begins with the entry of `base`; -1 where the table has none.
@inlinable @inline(__always)
public func looked(up words: [Int64], in table: [Int32], from base: Int64) -> [Int32] {
  let count = UInt64(table.count)
  return unsafe table.withUnsafeBufferPointer { table in
    elementwise(words) { word in
      let place = UInt64(bitPattern: word &- base)
      return unsafe place < count ? table[unchecked: Int(truncatingIfNeeded: place)] : -1
    }
  }
}

/// Elements of `width` bytes into the memory behind `output`, which has room for one a place.
@usableFromInline
func gather(
  _ values: UnsafeRawBufferPointer, of width: Int, valueCount: Int, at places: [Int32],
  _ output: UnsafeMutableRawBufferPointer
) {
  guard !places.isEmpty else { return }
  let best = CInt(WEIR_BEST.rawValue)
  unsafe places.withUnsafeBufferPointer { places in
    guard let source = values.baseAddress, let target = output.baseAddress, let at = places.baseAddress else {
      preconditionFailure("a place lies outside the values")
    }
    let isInside: CInt
    switch width {
    case 1:
      isInside = unsafe weir_gather_8(
        source.assumingMemoryBound(to: UInt8.self), valueCount, at, places.count,
        target.assumingMemoryBound(to: UInt8.self), best)
    case 4:
      isInside = unsafe weir_gather_32(
        source.assumingMemoryBound(to: UInt32.self), valueCount, at, places.count,
        target.assumingMemoryBound(to: UInt32.self), best)
    case 8:
      isInside = unsafe weir_gather_64(
        source.assumingMemoryBound(to: UInt64.self), valueCount, at, places.count,
        target.assumingMemoryBound(to: UInt64.self), best)
    default:
      for index in 0..<places.count {
        precondition(unsafe at[index] >= 0 && at[index] < valueCount, "a place lies outside the values")
        unsafe (target + index * width).copyMemory(from: source + Int(at[index]) * width, byteCount: width)
      }
      return
    }
    precondition(isInside == 1, "a place lies outside the values")
  }
}

/// The places at which a mask is true, ascending.
public func places(whereTrue mask: [Bool]) -> [Int32] {
  // The C loop writes up to 16 places past the last one.
  unsafe [Int32](unsafeUninitializedCapacity: mask.count + 16) { results, count in
    unsafe mask.withUnsafeBytes { bytes in
      guard let first = bytes.baseAddress, let output = results.baseAddress else { return }
      count = unsafe weir_places(
        first.assumingMemoryBound(to: UInt8.self), bytes.count, output, CInt(WEIR_BEST.rawValue))
    }
  }
}

extension UnsafeBufferPointer {
  @inlinable @inline(__always)
  subscript(unchecked index: Int) -> Element { unsafe (baseAddress.unsafelyUnwrapped + index).pointee }
}
