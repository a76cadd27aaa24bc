import CLuaBridge

/// Values as scripts write them.
public enum LuaText {
  /// What `tostring` gives for a float: 14 digits, `.0` where it would look like an int.
  public static func string(_ value: Double) -> String {
    var characters = [CChar](repeating: 0, count: 64)
    let count = unsafe characters.withUnsafeMutableBufferPointer { unsafe weir_number_text(value, $0.baseAddress) }
    return String(decoding: characters.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
