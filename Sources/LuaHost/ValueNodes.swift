import CLuaBridge
import Columns

#if canImport(Glibc)
  import Glibc
#endif

/// Values as the bridge's nodes; owns the texts that the nodes point to.
@safe final class ValueNodes {
  private(set) var nodes: [weir_value] = unsafe []

  func append(_ value: LuaValue) {
    var node = unsafe weir_value()
    switch value {
    case .nil: unsafe node.kind = Int32(WEIR_NIL.rawValue)
    case .bool(let flag): unsafe (node.kind, node.integer) = (Int32(WEIR_BOOL.rawValue), flag ? 1 : 0)
    case .int(let number): unsafe (node.kind, node.integer) = (Int32(WEIR_INT.rawValue), number)
    case .float(let number): unsafe (node.kind, node.number) = (Int32(WEIR_FLOAT.rawValue), number)
    case .string(let text):
      unsafe (node.kind, node.length) = (Int32(WEIR_STRING.rawValue), text.utf8.count)
      unsafe node.text = UnsafePointer(copy(text))
    case .decimal(let decimal):
      unsafe (node.kind, node.scale) = (Int32(WEIR_DECIMAL.rawValue), Int32(decimal.scale))
      unsafe node.integer = Int64(truncatingIfNeeded: decimal.coefficient >> 64)
      unsafe node.low = UInt64(truncatingIfNeeded: decimal.coefficient)
    case .date(let date): unsafe (node.kind, node.integer) = (Int32(WEIR_DATE.rawValue), Int64(date.days))
    case .timestamp(let instant):
      unsafe (node.kind, node.integer) = (Int32(WEIR_TIMESTAMP.rawValue), instant.microseconds)
    case .function(let function):
      unsafe (node.kind, node.integer) = (Int32(WEIR_FUNCTION.rawValue), Int64(function.number))
    case .table(let entries):
      unsafe (node.kind, node.integer) = (Int32(WEIR_TABLE.rawValue), Int64(entries.count))
      unsafe nodes.append(node)
      for entry in entries {
        append(entry.key)
        append(entry.value)
      }
      return
    }
    unsafe nodes.append(node)
  }

  /// A string that need not be UTF-8.
  func append(text: ArraySlice<UInt8>) {
    var node = unsafe weir_value()
    unsafe (node.kind, node.length) = (Int32(WEIR_STRING.rawValue), text.count)
    let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
    for (index, byte) in text.enumerated() { unsafe bytes[index] = CChar(bitPattern: byte) }
    unsafe bytes[text.count] = 0
    unsafe node.text = UnsafePointer(bytes)
    unsafe nodes.append(node)
  }

  /// The head of a table; its pairs follow.
  func append(tableOf count: Int) {
    var node = unsafe weir_value()
    unsafe (node.kind, node.integer) = (Int32(WEIR_TABLE.rawValue), Int64(count))
    unsafe nodes.append(node)
  }

  private func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    let count = text.utf8.count
    let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: count + 1)
    var index = 0
    for byte in text.utf8 {
      unsafe bytes[index] = CChar(bitPattern: byte)
      index += 1
    }
    unsafe bytes[count] = 0
    return unsafe bytes
  }

  deinit {
    for index in unsafe nodes.indices where unsafe nodes[index].text != nil { unsafe nodes[index].text.deallocate() }
  }

  /// The value that begins at `index`, which moves past it.
  static func read(_ nodes: UnsafePointer<weir_value>, _ index: inout Int) -> LuaValue {
    let node = unsafe nodes[index]
    index += 1
    switch unsafe weir_kind(UInt32(node.kind)) {
    case WEIR_BOOL: return unsafe .bool(node.integer != 0)
    case WEIR_INT: return unsafe .int(node.integer)
    case WEIR_FLOAT: return unsafe .float(node.number)
    case WEIR_STRING: return .string(unsafe text(node))
    case WEIR_DECIMAL:
      return .decimal(
        ExactDecimal(coefficient: unsafe coefficient(high: node.integer, low: node.low), scale: unsafe Int(node.scale)))
    case WEIR_DATE: return .date(CalendarDate(days: unsafe Int32(truncatingIfNeeded: node.integer)))
    case WEIR_TIMESTAMP: return .timestamp(Instant(microseconds: unsafe node.integer))
    case WEIR_FUNCTION:
      return .function(
        LuaFunction(
          number: unsafe Int32(node.integer), path: unsafe text(node), firstLine: unsafe Int(node.low >> 32),
          lastLine: unsafe Int(node.low & 0xFFFF_FFFF), parameterCount: unsafe Int(node.scale)))
    case WEIR_TABLE:
      var entries: [(key: LuaValue, value: LuaValue)] = []
      for _ in 0..<(unsafe node.integer) {
        let key = unsafe read(nodes, &index)
        entries.append((key: key, value: unsafe read(nodes, &index)))
      }
      return .table(entries)
    default: return .nil
    }
  }

  static func readAll(_ values: OpaquePointer?) -> [LuaValue] {
    let count = unsafe weir_values_count(values)
    guard count > 0, let nodes = unsafe weir_values_items(values) else { return [] }
    var index = 0
    var result: [LuaValue] = []
    while index < count { result.append(unsafe read(nodes, &index)) }
    return result
  }

  private static func text(_ node: weir_value) -> String {
    guard let start = unsafe node.text else { return "" }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: UnsafeRawPointer(start), count: node.length), as: UTF8.self)
  }

  static func coefficient(high: Int64, low: UInt64) -> Int128 { Int128(high) << 64 | Int128(low) }
}
