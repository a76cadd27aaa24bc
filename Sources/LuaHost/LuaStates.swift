import CLuaBridge
import Columns

/// States of a scripted aggregate as bytes, one after the other: the same for the same states on every machine.
public struct LuaStates: Sendable {
  /// Of all states: a byte for the kind of each value, then the value; tables as pairs after their count.
  public private(set) var bytes: [UInt8] = []
  /// Where each state ends.
  public private(set) var ends: [Int] = []

  public init() {}

  public var count: Int { ends.count }

  private static let deepest = 40

  init(_ reply: OpaquePointer?, count: Int) {
    guard let nodes = unsafe weir_values_items(reply) else { return }
    var index = 0
    for _ in 0..<count {
      unsafe append(nodes, &index)
      ends.append(bytes.count)
    }
  }

  /// Takes over one state of others.
  public mutating func append(_ state: ArraySlice<UInt8>) {
    bytes += state
    ends.append(bytes.count)
  }

  public subscript(state: Int) -> ArraySlice<UInt8> { bytes[(state == 0 ? 0 : ends[state - 1])..<ends[state]] }

  private mutating func put(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private mutating func append(_ nodes: UnsafePointer<weir_value>, _ index: inout Int) {
    let node = unsafe nodes[index]
    index += 1
    let kind = unsafe node.kind
    bytes.append(UInt8(truncatingIfNeeded: kind))
    switch weir_kind(UInt32(kind)) {
    case WEIR_BOOL: unsafe bytes.append(node.integer == 0 ? 0 : 1)
    case WEIR_INT, WEIR_DATE, WEIR_TIMESTAMP: unsafe put(node.integer)
    case WEIR_FLOAT: unsafe put(node.number.bitPattern)
    case WEIR_DECIMAL:
      unsafe bytes.append(UInt8(truncatingIfNeeded: node.scale))
      unsafe put(node.low)
      unsafe put(node.integer)
    case WEIR_STRING:
      unsafe put(UInt32(truncatingIfNeeded: node.length))
      if let text = unsafe node.text {
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: UnsafeRawPointer(text), count: node.length))
      }
    case WEIR_TABLE:
      unsafe put(UInt32(truncatingIfNeeded: node.integer))
      for _ in 0..<(unsafe node.integer) * 2 { unsafe append(nodes, &index) }
    default: break
    }
  }

  /// The states as the bridge's nodes; nil where the bytes are damaged.
  func nodes() -> ValueNodes? {
    let nodes = ValueNodes()
    var place = 0
    for end in ends {
      guard read(&place, into: nodes, depth: 0), place == end else { return nil }
    }
    return nodes
  }

  private func integer<Value: FixedWidthInteger>(_ type: Value.Type, _ place: inout Int) -> Value? {
    let width = Value.bitWidth / 8
    guard bytes.count - place >= width else { return nil }
    var value: Value = 0
    for byte in 0..<width { value |= Value(truncatingIfNeeded: bytes[place + byte]) << (byte * 8) }
    place += width
    return value
  }

  private func read(_ place: inout Int, into nodes: ValueNodes, depth: Int) -> Bool {
    guard depth < Self.deepest, place < bytes.count else { return false }
    let kind = weir_kind(UInt32(bytes[place]))
    place += 1
    switch kind {
    case WEIR_NIL: nodes.append(.nil)
    case WEIR_BOOL:
      guard let flag = integer(UInt8.self, &place) else { return false }
      nodes.append(.bool(flag != 0))
    case WEIR_FLOAT:
      guard let bits = integer(UInt64.self, &place) else { return false }
      nodes.append(.float(Double(bitPattern: bits)))
    case WEIR_INT, WEIR_DATE, WEIR_TIMESTAMP:
      guard let value = integer(Int64.self, &place) else { return false }
      nodes.append(
        kind == WEIR_INT
          ? .int(value)
          : kind == WEIR_DATE
            ? .date(CalendarDate(days: Int32(truncatingIfNeeded: value))) : .timestamp(Instant(microseconds: value)))
    case WEIR_DECIMAL:
      guard let scale = integer(UInt8.self, &place), let low = integer(UInt64.self, &place),
        let high = integer(Int64.self, &place), scale <= 38
      else { return false }
      nodes.append(
        .decimal(ExactDecimal(coefficient: ValueNodes.coefficient(high: high, low: low), scale: Int(scale))))
    case WEIR_STRING:
      guard let length = integer(UInt32.self, &place), bytes.count - place >= Int(length) else { return false }
      nodes.append(text: bytes[place..<place + Int(length)])
      place += Int(length)
    case WEIR_TABLE:
      guard let count = integer(UInt32.self, &place), Int(count) <= bytes.count - place else { return false }
      nodes.append(tableOf: Int(count))
      for _ in 0..<Int(count) * 2 where !read(&place, into: nodes, depth: depth + 1) { return false }
    default: return false
    }
    return true
  }
}
