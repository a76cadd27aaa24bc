import Columns
import Diagnostics

extension GroupTable {
  /// The groups as bytes, in the order of their numbers: what partials encoded beside them refer to.
  public func encode() -> [UInt8] {
    var writer = StateWriter()
    writer.put(UInt64(groupCount))
    writer.put(firstKeys)
    for key in keyColumns() { writer.put(key) }
    return PartialState.framed(writer.bytes, as: Self.stateName)
  }

  /// The groups that `encode` gave, with the same numbers.
  ///
  /// - Throws: `.unreadableFile` where the bytes are of another version or other keys, or damaged.
  public convenience init(decoding bytes: [UInt8], keyTypes: [DataType]) throws(RunFailure) {
    var reader = try PartialState.unframed(bytes, as: Self.stateName)
    let count: UInt64 = try reader.integer()
    guard count <= UInt64(UInt32.max) else { throw StateReader.damaged }
    let firsts = try reader.array(Int128.self, count: Int(count))
    var keys: [Column] = []
    for type in keyTypes {
      let column = try reader.column(of: type)
      guard column.count == Int(count) else { throw StateReader.damaged }
      keys.append(column)
    }
    guard reader.isAtEnd else { throw StateReader.damaged }
    self.init(keyTypes: keyTypes)
    // Distinct keys are numbered as they come; a key that comes twice is damage.
    guard restore(keys, firstKeys: firsts) else { throw StateReader.damaged }
  }

  private static var stateName: String { "groups" }
}
