import Columns
import Diagnostics
import Memory

/// The state of a partial as bytes: little-endian, arrays after their count.
public struct StateWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func put(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<(value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  public mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ values: [Value]) {
    put(UInt64(values.count))
    #if _endian(little)
      bytes.append(bytesOf: values)
    #else
      bytes.append(bytesOf: values.map(\.littleEndian))
    #endif
  }

  public mutating func put(_ values: [Bool]) { put(values.map { $0 ? 1 : 0 } as [UInt8]) }
}

/// Reads what a `StateWriter` wrote; every count is checked before anything is taken.
public struct StateReader {
  private let bytes: ArraySlice<UInt8>
  private var place: Int

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  public static var damaged: RunFailure {
    RunFailure(.unreadableFile, "a saved partial result is damaged or of another version")
  }

  public var isAtEnd: Bool { place == bytes.endIndex }

  public mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(RunFailure) -> Value {
    let width = Value.bitWidth / 8
    guard bytes.endIndex - place >= width else { throw Self.damaged }
    var value: Value = 0
    for index in stride(from: width - 1, through: 0, by: -1) {
      value = (width > 1 ? value << 8 : 0) | Value(truncatingIfNeeded: bytes[place + index])
    }
    place += width
    return value
  }

  /// - Parameter count: how many there must be, where that is known.
  public mutating func array<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self, count: Int? = nil
  ) throws(RunFailure) -> [Value] {
    let stored: UInt64 = try integer()
    guard stored <= UInt64((bytes.endIndex - place) / (Value.bitWidth / 8)), count == nil || stored == UInt64(count!)
    else { throw Self.damaged }
    let end = place + Int(stored) * (Value.bitWidth / 8)
    defer { place = end }
    #if _endian(little)
      return bytes[place..<end].elements()
    #else
      return bytes[place..<end].elements(Value.self).map { Value(littleEndian: $0) }
    #endif
  }

  public mutating func bools(count: Int? = nil) throws(RunFailure) -> [Bool] {
    let raw = try array(UInt8.self, count: count)
    guard raw.allSatisfy({ $0 <= 1 }) else { throw Self.damaged }
    return raw.map { $0 == 1 }
  }

  /// Group numbers, each below `groupCount`.
  public mutating func groups(below groupCount: Int) throws(RunFailure) -> [UInt32] {
    let groups = try array(UInt32.self)
    guard groups.allSatisfy({ Int($0) < groupCount }) else { throw Self.damaged }
    return groups
  }
}

extension StateWriter {
  public mutating func put(_ text: String) { put(Array(text.utf8)) }
}

extension StateReader {
  public mutating func text() throws(RunFailure) -> String { String(decoding: try array(UInt8.self), as: UTF8.self) }
}
