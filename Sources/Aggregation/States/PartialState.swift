import Columns
import Diagnostics

/// How a partial writes and reads its own state, without the frame around it.
public protocol StatefulPartial: ReductionPartial {
  /// What kind of state it is; another kind is refused.
  static var stateName: String { get }
  func write(to writer: inout StateWriter)
  /// Takes over a state of `groupCount` groups, in place of its own.
  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure)
}

/// The frame around the state of a partial: mark, version, kind, groups, length, state, checksum.
public enum PartialState {
  private static let mark: [UInt8] = Array("WeirPart".utf8)
  private static let version: UInt16 = 1

  /// The state of groups 0 to `groupCount - 1` as bytes: the same for the same state on every machine.
  public static func encode(_ partial: any ReductionPartial, groupCount: Int) -> [UInt8] {
    guard let partial = partial as? any StatefulPartial else { preconditionFailure("a partial without a state") }
    partial.grow(to: groupCount)
    var writer = StateWriter()
    writer.put(UInt64(groupCount))
    partial.write(to: &writer)
    return framed(writer.bytes, as: type(of: partial).stateName)
  }

  /// A partial of the reduction with a state that `encode` gave, and its number of groups.
  ///
  /// - Throws: `.unreadableFile` where the bytes are of another version or reduction, or damaged.
  public static func decode(_ bytes: [UInt8], for reduction: some Reduction) throws(RunFailure)
    -> (partial: any ReductionPartial, groupCount: Int)
  {
    let fresh = reduction.makePartial()
    guard let partial = fresh as? any StatefulPartial else { throw StateReader.damaged }
    var reader = try unframed(bytes, as: type(of: partial).stateName)
    let stored = try reader.integer(UInt64.self)
    guard stored <= UInt64(UInt32.max) else { throw StateReader.damaged }
    try partial.read(from: &reader, groupCount: Int(stored))
    guard reader.isAtEnd else { throw StateReader.damaged }
    return (fresh, Int(stored))
  }

  /// A state with the frame around it.
  public static func framed(_ state: [UInt8], as name: String) -> [UInt8] {
    var writer = StateWriter()
    writer.put(mark)
    writer.put(version)
    writer.put(Array(name.utf8))
    writer.put(state)
    writer.put(checksum(writer.bytes[...]))
    return writer.bytes
  }

  /// Reads the frame of a state of that name.
  ///
  /// - Throws: `.unreadableFile` where it is another state, or damaged.
  public static func unframed(_ bytes: [UInt8], as name: String) throws(RunFailure) -> StateReader {
    guard bytes.count >= 8 else { throw StateReader.damaged }
    var tail = StateReader(bytes.suffix(8))
    guard try tail.integer(UInt64.self) == checksum(bytes.dropLast(8)) else { throw StateReader.damaged }
    var frame = StateReader(bytes.dropLast(8))
    guard try frame.array(UInt8.self) == mark, try frame.integer(UInt16.self) == version,
      try frame.array(UInt8.self) == Array(name.utf8)
    else { throw StateReader.damaged }
    let state = try frame.array(UInt8.self)
    guard frame.isAtEnd else { throw StateReader.damaged }
    return StateReader(state[...])
  }

  /// FNV-1a over the bytes.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return state
  }
}
