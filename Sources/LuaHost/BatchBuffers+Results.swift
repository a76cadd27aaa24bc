import CLuaBridge
import Columns

extension BatchBuffers {
  /// The results as columns, in order.
  func columns(_ wanted: [LuaResult]) -> [Column] {
    wanted.enumerated().map { index, result in unsafe Self.column(results[index], result.type) }
  }

  private static func column(_ result: weir_result, _ type: DataType) -> Column {
    let count = unsafe result.count
    var present: [Bool]? = nil
    if unsafe result.has_missing, let flags = unsafe result.present {
      var mask = [Bool](repeating: true, count: count)
      for row in 0..<count { mask[row] = unsafe flags[row] != 0 }
      present = mask
    }
    func read<Element: BitwiseCopyable>(_ type: Element.Type, _ length: Int? = nil) -> [Element] {
      let length = length ?? count
      guard length > 0, let start = unsafe result.values else { return [] }
      return unsafe [Element](
        UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: Element.self), count: length))
    }
    func ends() -> [Int] {
      guard count > 0, let start = unsafe result.ends else { return [] }
      return unsafe UnsafeBufferPointer(start: start, count: count).map { Int($0) }
    }
    let values: Column.Values
    switch type {
    case .bool: values = .bools(read(UInt8.self).map { $0 != 0 })
    case .int: values = .ints(read(Int64.self))
    case .float: values = .floats(read(Double.self))
    case .decimal(let precision, let scale):
      let wide = read(Int128.self)
      values =
        precision <= DataType.narrowPrecision
        ? .decimals64(wide.map { Int64(truncatingIfNeeded: $0) }, scale: scale) : .decimals128(wide, scale: scale)
    case .string:
      let ends = ends()
      values = .texts(.plain(ends: ends, bytes: read(UInt8.self, ends.last ?? 0)))
    case .date: values = .dates(read(Int32.self))
    case .timestamp: values = .timestamps(read(Int64.self))
    case .list(let element):
      let ends = ends()
      guard var elements = unsafe result.element?.pointee else { preconditionFailure("a list has elements") }
      unsafe elements.count = ends.last ?? 0
      values = .lists(ListValues(ends: ends, elements: unsafe column(elements, element)))
    }
    return Column(values, present: present)
  }
}
