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

extension UnsafeBufferPointer {
  @inlinable @inline(__always)
  subscript(unchecked index: Int) -> Element { unsafe (baseAddress.unsafelyUnwrapped + index).pointee }
}
