extension [UInt8] {
  /// Appends elements as they lie in memory.
  public mutating func append<Value: BitwiseCopyable>(bytesOf values: [Value]) {
    unsafe values.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

extension ArraySlice<UInt8> {
  /// The elements that lie here, which must be whole (`precondition`). Every pattern of bits must be a value of their type.
  public func elements<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type = Value.self) -> [Value] {
    let stride = MemoryLayout<Value>.stride
    precondition(count % stride == 0)
    return unsafe [Value](unsafeUninitializedCapacity: count / stride) { target, initialized in
      unsafe withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
      initialized = count / stride
    }
  }
}
