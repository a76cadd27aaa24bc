import CFold

extension weir_fold_value {
  /// - Parameter texts: takes the bytes of a text, which `low` is the place of.
  init(_ value: FoldValue, texts: inout [UInt8]) {
    func make(_ kind: weir_fold_kind, scale: Int = 0, low: UInt64 = 0, high: Int64 = 0) -> weir_fold_value {
      weir_fold_value(kind: Int32(kind.rawValue), scale: Int32(scale), low: low, high: high)
    }
    switch value {
    case .nil: self = make(WEIR_FOLD_NIL)
    case .bool(let holds): self = make(holds ? WEIR_FOLD_TRUE : WEIR_FOLD_FALSE)
    case .int(let number): self = make(WEIR_FOLD_INT, low: UInt64(bitPattern: number))
    case .float(let bits): self = make(WEIR_FOLD_FLOAT, low: bits)
    case .decimal(let coefficient, let scale):
      self = make(
        WEIR_FOLD_DECIMAL, scale: scale, low: UInt64(truncatingIfNeeded: coefficient),
        high: Int64(truncatingIfNeeded: coefficient >> 64))
    case .text(let bytes):
      self = make(WEIR_FOLD_TEXT, low: UInt64(texts.count), high: Int64(bytes.count))
      texts += bytes
    case .date(let days): self = make(WEIR_FOLD_DATE, low: UInt64(bitPattern: Int64(days)))
    case .timestamp(let instant): self = make(WEIR_FOLD_TIMESTAMP, low: UInt64(bitPattern: instant))
    }
  }
}

extension FoldValue {
  /// nil for a table.
  init?(_ value: weir_fold_value) {
    switch weir_fold_kind(UInt32(value.kind)) {
    case WEIR_FOLD_NIL: self = .nil
    case WEIR_FOLD_FALSE: self = .bool(false)
    case WEIR_FOLD_TRUE: self = .bool(true)
    case WEIR_FOLD_INT: self = .int(Int64(bitPattern: value.low))
    case WEIR_FOLD_FLOAT: self = .float(value.low)
    case WEIR_FOLD_DECIMAL: self = .decimal(Int128(value.high) << 64 | Int128(value.low), scale: Int(value.scale))
    case WEIR_FOLD_TEXT:
      let address = unsafe UnsafeRawPointer(bitPattern: UInt(value.low))
      self = unsafe .text([UInt8](UnsafeRawBufferPointer(start: address, count: Int(value.high))))
    case WEIR_FOLD_DATE: self = .date(Int32(truncatingIfNeeded: value.low))
    case WEIR_FOLD_TIMESTAMP: self = .timestamp(Int64(bitPattern: value.low))
    default: return nil
    }
  }
}

extension weir_fold_output {
  init(_ output: FoldCode.Output, name: UInt16) {
    unsafe self.init()
    let kind: weir_fold_column_kind
    switch output.kind {
    case .bool: kind = WEIR_FOLD_COLUMN_BOOL
    case .int: kind = WEIR_FOLD_COLUMN_INT
    case .float: kind = WEIR_FOLD_COLUMN_FLOAT
    case .text: kind = WEIR_FOLD_COLUMN_TEXT
    case .date: kind = WEIR_FOLD_COLUMN_DATE
    case .timestamp: kind = WEIR_FOLD_COLUMN_TIMESTAMP
    case .decimal(let precision, let scale):
      kind = precision <= 18 ? WEIR_FOLD_COLUMN_DECIMAL_64 : WEIR_FOLD_COLUMN_DECIMAL_128
      unsafe (self.precision, self.scale) = (Int32(precision), Int32(scale))
    }
    unsafe (self.kind, self.name, nullable) = (Int32(kind.rawValue), name, output.isNullable)
  }
}

extension FoldLane {
  /// The column that the machine wrote.
  init(_ output: weir_fold_output, count: Int) {
    func read<Element: BitwiseCopyable>(_ type: Element.Type, _ length: Int? = nil) -> [Element] {
      let length = length ?? count
      guard length > 0, let start = unsafe output.values else { return [] }
      return unsafe [Element](
        UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: Element.self), count: length))
    }
    var present: [Bool]?
    if unsafe output.has_missing, count > 0, let flags = unsafe output.present {
      let known = unsafe UnsafeBufferPointer(start: flags, count: count).map { $0 != 0 }
      present = known.contains(false) ? known : nil
    }
    let scale = unsafe Int(output.scale)
    switch unsafe weir_fold_column_kind(UInt32(output.kind)) {
    case WEIR_FOLD_COLUMN_BOOL: self.init(.bools(read(UInt8.self).map { $0 != 0 }), present: present)
    case WEIR_FOLD_COLUMN_INT: self.init(.ints(read(Int64.self)), present: present)
    case WEIR_FOLD_COLUMN_FLOAT: self.init(.floats(read(Double.self)), present: present)
    case WEIR_FOLD_COLUMN_DECIMAL_64: self.init(.decimals64(read(Int64.self), scale: scale), present: present)
    case WEIR_FOLD_COLUMN_DECIMAL_128: self.init(.decimals128(read(Int128.self), scale: scale), present: present)
    case WEIR_FOLD_COLUMN_DATE: self.init(.dates(read(Int32.self)), present: present)
    case WEIR_FOLD_COLUMN_TIMESTAMP: self.init(.timestamps(read(Int64.self)), present: present)
    default:
      var ends: [Int] = []
      if count > 0, let first = unsafe output.ends {
        ends = unsafe UnsafeBufferPointer(start: first, count: count).map { Int($0) }
      }
      self.init(.texts(ends: ends, bytes: read(UInt8.self, ends.last ?? 0)), present: present)
    }
  }

  /// Calls `body` with the addresses of the column.
  func withColumn(_ body: (weir_fold_column) -> Bool) -> Bool {
    guard let present else { return unsafe withValues(nil, body) }
    return unsafe present.withUnsafeBufferPointer { unsafe withValues($0.baseAddress, body) }
  }

  private func withValues(_ present: UnsafePointer<Bool>?, _ body: (weir_fold_column) -> Bool) -> Bool {
    func hand(
      _ kind: weir_fold_column_kind, _ values: UnsafeRawPointer?, scale: Int = 0, ends: UnsafePointer<Int64>? = nil,
      codes: UnsafePointer<UInt32>? = nil
    ) -> Bool {
      unsafe body(
        weir_fold_column(
          kind: Int32(kind.rawValue), scale: Int32(scale), values: values, present: present, ends: ends, codes: codes))
    }
    switch values {
    case .bools(let values): return unsafe values.withUnsafeBytes { unsafe hand(WEIR_FOLD_COLUMN_BOOL, $0.baseAddress) }
    case .ints(let values): return unsafe values.withUnsafeBytes { unsafe hand(WEIR_FOLD_COLUMN_INT, $0.baseAddress) }
    case .floats(let values):
      return unsafe values.withUnsafeBytes { unsafe hand(WEIR_FOLD_COLUMN_FLOAT, $0.baseAddress) }
    case .decimals64(let values, let scale):
      return unsafe values.withUnsafeBytes {
        unsafe hand(WEIR_FOLD_COLUMN_DECIMAL_64, $0.baseAddress, scale: scale)
      }
    case .decimals128(let values, let scale):
      return unsafe values.withUnsafeBytes {
        unsafe hand(WEIR_FOLD_COLUMN_DECIMAL_128, $0.baseAddress, scale: scale)
      }
    case .dates(let values): return unsafe values.withUnsafeBytes { unsafe hand(WEIR_FOLD_COLUMN_DATE, $0.baseAddress) }
    case .timestamps(let values):
      return unsafe values.withUnsafeBytes { unsafe hand(WEIR_FOLD_COLUMN_TIMESTAMP, $0.baseAddress) }
    case .texts(let ends, let bytes):
      return unsafe Self.withText(ends, bytes) { unsafe hand(WEIR_FOLD_COLUMN_TEXT, $1, ends: $0) }
    case .coded(let codes, let ends, let bytes):
      return unsafe codes.withUnsafeBufferPointer { codes in
        unsafe Self.withText(ends, bytes) {
          unsafe hand(WEIR_FOLD_COLUMN_CODED, $1, ends: $0, codes: codes.baseAddress)
        }
      }
    }
  }

  /// Of no bytes at all an address all the same: C adds offsets to it.
  private static func withText(
    _ ends: [Int], _ bytes: [UInt8], _ body: (UnsafePointer<Int64>?, UnsafeRawPointer?) -> Bool
  ) -> Bool {
    unsafe ends.withUnsafeBytes { ends in
      unsafe (bytes.isEmpty ? [0] : bytes).withUnsafeBytes { bytes in
        unsafe body(ends.baseAddress?.assumingMemoryBound(to: Int64.self), bytes.baseAddress)
      }
    }
  }
}
