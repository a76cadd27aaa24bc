import CLuaBridge
import Columns

/// A batch as C reads it: copies of columns, constants and names, freed together.
@safe final class BatchBuffers {
  private var allocations: [UnsafeMutableRawPointer] = unsafe []
  private var nodeLists: [ValueNodes] = []
  private var resultCount = 0
  private(set) var arguments: UnsafeMutablePointer<weir_argument>
  private(set) var results: UnsafeMutablePointer<weir_result>

  init(_ given: [LuaRowArgument], results wanted: [LuaResult]) {
    unsafe arguments = .allocate(capacity: given.count + 1)
    unsafe results = .allocate(capacity: wanted.count + 1)
    for (index, argument) in given.enumerated() {
      unsafe (arguments + index).initialize(to: make(argument))
    }
    for (index, result) in wanted.enumerated() {
      unsafe (results + index).initialize(to: make(result.name, result.type, isNullable: result.isNullable))
      unsafe (results + index).pointee.rounds_later = result.isRoundedLater
    }
    resultCount = wanted.count
  }

  deinit {
    for index in 0..<resultCount { unsafe free(results + index) }
    unsafe arguments.deallocate()
    unsafe results.deallocate()
    for index in unsafe allocations.indices { unsafe allocations[index].deallocate() }
  }

  private func free(_ result: UnsafeMutablePointer<weir_result>) {
    if let element = unsafe result.pointee.element { unsafe free(element) }
    unsafe weir_result_free(result)
  }

  private func room<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: count + 1)
    unsafe allocations.append(UnsafeMutableRawPointer(pointer))
    return unsafe pointer
  }

  private func copy<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = unsafe room(values.count, of: Element.self)
    unsafe values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { unsafe pointer.initialize(from: start, count: source.count) }
    }
    return unsafe pointer
  }

  private func copy(_ text: String) -> UnsafePointer<CChar> {
    unsafe UnsafePointer(copy(text.utf8CString.map { $0 }))
  }

  private func make(_ argument: LuaRowArgument) -> weir_argument {
    var made = unsafe weir_argument()
    switch argument {
    case .row(let names, let columns):
      unsafe made.kind = Int32(WEIR_ARGUMENT_ROW.rawValue)
      let spelled = unsafe room(names.count, of: UnsafePointer<CChar>?.self)
      for (index, name) in names.enumerated() { unsafe (spelled + index).initialize(to: copy(name)) }
      unsafe (made.names, made.column_count) = (UnsafePointer(spelled), Int32(columns.count))
      let copied = unsafe room(columns.count, of: weir_column.self)
      for (index, column) in columns.enumerated() { unsafe (copied + index).initialize(to: make(column)) }
      unsafe made.columns = UnsafePointer(copied)
    case .column(let column):
      unsafe made.kind = Int32(WEIR_ARGUMENT_COLUMN.rawValue)
      let copied = unsafe room(1, of: weir_column.self)
      unsafe copied.initialize(to: make(column))
      unsafe made.columns = UnsafePointer(copied)
    case .constant(let value):
      unsafe made.kind = Int32(WEIR_ARGUMENT_CONSTANT.rawValue)
      unsafe (made.nodes, made.constant_count) = (make([value]), 1)
    case .choice(let values, let choices):
      precondition(choices.allSatisfy { values.indices.contains(Int($0)) })
      unsafe made.kind = Int32(WEIR_ARGUMENT_CHOICE.rawValue)
      unsafe (made.nodes, made.constant_count) = (make(values), Int32(values.count))
      unsafe made.choices = UnsafePointer(copy(choices))
    }
    return unsafe made
  }

  private func make(_ values: [LuaValue]) -> UnsafePointer<weir_value> {
    let list = ValueNodes()
    for value in values { list.append(value) }
    nodeLists.append(list)
    let count = unsafe list.nodes.count
    let pointer = unsafe room(count, of: weir_value.self)
    for index in 0..<count { unsafe (pointer + index).initialize(to: list.nodes[index]) }
    return unsafe UnsafePointer(pointer)
  }

  private func make(_ column: Column) -> weir_column {
    var made = unsafe weir_column()
    if let present = column.present { unsafe made.present = UnsafePointer(copy(present.map { $0 ? UInt8(1) : 0 })) }
    func set(_ kind: weir_kind, _ values: UnsafeMutableRawPointer) {
      unsafe made.kind = Int32(kind.rawValue)
      unsafe made.values = UnsafeRawPointer(values)
    }
    switch column.values {
    case .bools(let values): unsafe set(WEIR_BOOL, UnsafeMutableRawPointer(copy(values.map { $0 ? UInt8(1) : 0 })))
    case .ints(let values): unsafe set(WEIR_INT, UnsafeMutableRawPointer(copy(values)))
    case .floats(let values): unsafe set(WEIR_FLOAT, UnsafeMutableRawPointer(copy(values)))
    case .decimals64(let values, let scale):
      unsafe made.scale = Int32(scale)
      unsafe set(WEIR_DECIMAL, UnsafeMutableRawPointer(copy(values.map { Int128($0) })))
    case .decimals128(let values, let scale):
      unsafe made.scale = Int32(scale)
      unsafe set(WEIR_DECIMAL, UnsafeMutableRawPointer(copy(values)))
    case .dates(let values): unsafe set(WEIR_DATE, UnsafeMutableRawPointer(copy(values)))
    case .timestamps(let values): unsafe set(WEIR_TIMESTAMP, UnsafeMutableRawPointer(copy(values)))
    case .texts(let texts):
      let (ends, bytes) = Self.plain(texts)
      unsafe set(WEIR_STRING, UnsafeMutableRawPointer(copy(bytes)))
      unsafe made.ends = UnsafePointer(copy(ends.map { Int64($0) }))
    case .lists(let lists):
      let element = unsafe room(1, of: weir_column.self)
      unsafe element.initialize(to: make(lists.element))
      unsafe set(WEIR_LIST, UnsafeMutableRawPointer(element))
      unsafe made.element = UnsafePointer(element)
      unsafe made.ends = UnsafePointer(copy(lists.ends.map { Int64($0) }))
    }
    return unsafe made
  }

  private static func plain(_ texts: TextValues) -> (ends: [Int], bytes: [UInt8]) {
    switch texts {
    case .plain(let ends, let bytes): return (ends, bytes)
    case .coded(let codes, let dictionary):
      var (ends, bytes): ([Int], [UInt8]) = ([], [])
      ends.reserveCapacity(codes.count)
      for code in codes {
        dictionary.withBytes(of: Int(code)) { text in for index in text.indices { bytes.append(text[index]) } }
        ends.append(bytes.count)
      }
      return (ends, bytes)
    }
  }

  private func make(_ name: String, _ type: DataType, isNullable: Bool) -> weir_result {
    var made = unsafe weir_result()
    unsafe (made.name, made.nullable) = (copy(name), isNullable)
    let kind: weir_kind
    switch type {
    case .bool: kind = WEIR_BOOL
    case .int: kind = WEIR_INT
    case .float: kind = WEIR_FLOAT
    case .decimal(let precision, let scale):
      kind = WEIR_DECIMAL
      unsafe (made.precision, made.scale) = (Int32(precision), Int32(scale))
    case .string: kind = WEIR_STRING
    case .date: kind = WEIR_DATE
    case .timestamp: kind = WEIR_TIMESTAMP
    case .list(let element):
      kind = WEIR_LIST
      let elements = unsafe room(1, of: weir_result.self)
      unsafe elements.initialize(to: make(name, element, isNullable: false))
      unsafe made.element = elements
    }
    unsafe made.kind = Int32(kind.rawValue)
    return unsafe made
  }
}
