import Columns
import Memory

/// Values as signed words that compare as the values do.
enum OrderedWord {
  /// 64-bit words of every type but texts, lists and wide decimals.
  static func words(_ column: Column) -> [Int64] {
    switch column.values {
    case .ints(let values), .timestamps(let values), .decimals64(let values, _): return values
    case .bools(let values): return values.map { $0 ? 1 : 0 }
    case .dates(let values): return values.map { Int64($0) }
    case .floats(let values): return values.map { word($0) }
    case .decimals128(let values, _): return values.map { Int64(truncatingIfNeeded: $0) }
    case .texts, .lists: preconditionFailure("texts and lists have no words of their own")
    }
  }

  static func wideWords(_ column: Column) -> [Int128] {
    switch column.values {
    case .decimals64(let values, _): return values.map { Int128($0) }
    case .decimals128(let values, _): return values
    default: preconditionFailure("only decimals have wide words")
    }
  }

  /// Both zeros are one, and what is not a number stands after infinity.
  static func word(_ value: Double) -> Int64 {
    if value == 0 { return 0 }
    if value.isNaN { return .max }
    let bits = Int64(bitPattern: value.bitPattern)
    return bits < 0 ? bits ^ Int64.max : bits
  }

  static func float(_ word: Int64) -> Double {
    if word == .max { return .nan }
    return Double(bitPattern: UInt64(bitPattern: word < 0 ? word ^ Int64.max : word))
  }

  /// The values behind words of a type that has them.
  static func values(_ words: [Int64], of type: DataType) -> Column.Values {
    switch type {
    case .int: .ints(words)
    case .timestamp: .timestamps(words)
    case .bool: .bools(words.map { $0 != 0 })
    case .date: .dates(words.map { Int32(truncatingIfNeeded: $0) })
    case .float: .floats(words.map { float($0) })
    case .decimal(_, let scale): .decimals64(words, scale: scale)
    case .string, .list: preconditionFailure("texts and lists have no words of their own")
    }
  }
}

extension TextDictionary {
  /// -1, 0 or 1: how the bytes of two codes compare.
  func compare(_ left: Int, _ right: Int) -> Int {
    let bytes = interner.bytes.span
    return BytewiseOrder.compare(
      bytes.extracting(interner.range(of: left)), bytes.extracting(interner.range(of: right)))
  }
}

extension TextDictionary {
  /// -1, 0 or 1, by the bytes of a text and of a code's.
  func compare(_ text: Span<UInt8>, with code: Int) -> Int { withBytes(of: code) { BytewiseOrder.compare(text, $0) } }
}
