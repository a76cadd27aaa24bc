import Columns
import Diagnostics

extension GroupStore {
  /// All groups as bytes, for another process to take in.
  public func encode() throws -> [UInt8] {
    var writer = StateWriter()
    for state in try closedStates() { writer.put(state.encode()) }
    return PartialState.framed(writer.bytes, as: Self.stateName)
  }

  /// Takes in what another store encoded.
  ///
  /// - Throws: `.unreadableFile` where the bytes are of another grouping, or damaged.
  public func absorb(encoded bytes: [UInt8]) throws {
    var reader = try PartialState.unframed(bytes, as: Self.stateName)
    while !reader.isAtEnd { try absorb(try GroupState(decoding: try reader.array(), layout)) }
  }

  private static var stateName: String { "grouping" }
}
