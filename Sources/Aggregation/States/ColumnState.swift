import Columns
import Diagnostics

extension StateWriter {
  /// A column; texts and lists as their values, so that no dictionary has to travel.
  public mutating func put(_ column: Column) {
    put(column.present == nil ? UInt8(0) : 1)
    if let present = column.present { put(present) }
    switch column.values {
    case .bools(let values):
      put(UInt8(0))
      put(values)
    case .ints(let values):
      put(UInt8(1))
      put(values)
    case .floats(let values):
      put(UInt8(2))
      put(values.map(\.bitPattern))
    case .decimals64(let values, let scale):
      put(UInt8(3))
      put(UInt8(scale))
      put(values)
    case .decimals128(let values, let scale):
      put(UInt8(4))
      put(UInt8(scale))
      put(values)
    case .texts(let texts):
      put(UInt8(5))
      put(texts)
    case .dates(let values):
      put(UInt8(6))
      put(values)
    case .timestamps(let values):
      put(UInt8(7))
      put(values)
    case .lists(let lists):
      put(UInt8(8))
      put(lists.ends.map { Int64($0) })
      put(lists.element)
    }
  }

  private mutating func put(_ texts: TextValues) {
    var ends: [Int64] = []
    var all: [UInt8] = []
    for row in 0..<texts.count {
      texts.withBytes(of: row) { text in for index in text.indices { all.append(text[index]) } }
      ends.append(Int64(all.count))
    }
    put(ends)
    put(all)
  }
}

extension StateReader {
  /// A column of a type. What does not fit the type is damage.
  public mutating func column(of type: DataType) throws(RunFailure) -> Column {
    let hasMask: UInt8 = try integer()
    let present: [Bool]? = hasMask == 1 ? try bools() : nil
    let tag: UInt8 = try integer()
    let values: Column.Values
    switch (tag, type) {
    case (0, .bool): values = .bools(try bools())
    case (1, .int): values = .ints(try array())
    case (2, .float): values = .floats(try array(UInt64.self).map { Double(bitPattern: $0) })
    case (3, .decimal(_, let scale)):
      guard try integer(UInt8.self) == UInt8(scale) else { throw Self.damaged }
      values = .decimals64(try array(), scale: scale)
    case (4, .decimal(_, let scale)):
      guard try integer(UInt8.self) == UInt8(scale) else { throw Self.damaged }
      let coefficients = try array(Int128.self)
      guard coefficients.allSatisfy({ DecimalArithmetic.fits($0) }) else { throw Self.damaged }
      values = .decimals128(coefficients, scale: scale)
    case (5, .string):
      let ends = try ends()
      let bytes = try array(UInt8.self)
      guard ends.last ?? 0 == bytes.count else { throw Self.damaged }
      values = .texts(.plain(ends: ends, bytes: bytes))
    case (6, .date): values = .dates(try array())
    case (7, .timestamp): values = .timestamps(try array())
    case (8, .list(let element)):
      let ends = try ends()
      let elements = try column(of: element)
      guard ends.last ?? 0 == elements.count else { throw Self.damaged }
      values = .lists(ListValues(ends: ends, elements: elements))
    default: throw Self.damaged
    }
    guard hasMask <= 1, present == nil || present!.count == values.count else { throw Self.damaged }
    return Column(values, present: present)
  }

  private mutating func ends() throws(RunFailure) -> [Int] {
    let raw = try array(Int64.self)
    var before: Int64 = 0
    for end in raw {
      guard end >= before else { throw Self.damaged }
      before = end
    }
    return raw.map { Int($0) }
  }
}
