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
  var last: UInt32 = 0
  for place in places { last = max(last, UInt32(bitPattern: place)) }
  precondition(places.isEmpty || Int(last) < values.count, "a place lies outside the values")
  return unsafe [Element](unsafeUninitializedCapacity: places.count) { results, count in
    unsafe places.withUnsafeBufferPointer { places in
      unsafe values.withUnsafeBufferPointer { values in
        for index in 0..<places.count {
          unsafe (results.baseAddress.unsafelyUnwrapped + index).initialize(
            to: values[unchecked: Int(places[unchecked: index])])
        }
      }
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

/// The places at which a mask is true, ascending.
public func places(whereTrue mask: [Bool]) -> [Int32] {
  unsafe [Int32](unsafeUninitializedCapacity: mask.count + 1) { results, count in
    var found = 0
    unsafe mask.withUnsafeBufferPointer { mask in
      for index in 0..<mask.count {
        // Written always, kept where the mask is true: no branch that could be guessed wrong.
        unsafe (results.baseAddress.unsafelyUnwrapped + found).initialize(to: Int32(truncatingIfNeeded: index))
        unsafe found += mask[unchecked: index] ? 1 : 0
      }
    }
    count = found
  }
}

extension UnsafeBufferPointer {
  @inlinable @inline(__always)
  subscript(unchecked index: Int) -> Element { unsafe (baseAddress.unsafelyUnwrapped + index).pointee }
}
