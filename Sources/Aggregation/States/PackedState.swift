import Columns
import Diagnostics

extension PackedWords {
  func write(to writer: inout StateWriter) {
    switch self {
    case .equal(let word, let count):
      writer.put(UInt8(0))
      writer.put(word)
      writer.put(UInt64(count))
    case .bytes1(let distances, let base):
      writer.put(UInt8(1))
      writer.put(base)
      writer.put(distances)
    case .bytes2(let distances, let base):
      writer.put(UInt8(2))
      writer.put(base)
      writer.put(distances)
    case .bytes4(let distances, let base):
      writer.put(UInt8(4))
      writer.put(base)
      writer.put(distances)
    case .bytes8(let words):
      writer.put(UInt8(8))
      writer.put(words)
    }
  }

  init(from reader: inout StateReader, count: Int) throws(RunFailure) {
    let width: UInt8 = try reader.integer()
    let base: Int64 = width == 8 ? 0 : try reader.integer()
    switch width {
    case 0:
      guard try reader.integer(UInt64.self) == UInt64(count) else { throw StateReader.damaged }
      self = .equal(base, count: count)
    case 1: self = .bytes1(try reader.array(count: count), from: base)
    case 2: self = .bytes2(try reader.array(count: count), from: base)
    case 4: self = .bytes4(try reader.array(count: count), from: base)
    case 8: self = .bytes8(try reader.array(count: count))
    default: throw StateReader.damaged
    }
  }
}

extension PackedColumn {
  func write(to writer: inout StateWriter) {
    writer.put(kind == .texts || kind == .lists ? UInt8(1) : !wide.isEmpty ? 2 : 0)
    if kind == .texts || kind == .lists {
      // As values: a dictionary would travel with every piece.
      writer.put(column)
      return
    }
    if case .decimals128 = kind { writer.put(UInt8(1)) } else { writer.put(UInt8(0)) }
    writer.put(present == nil ? UInt8(0) : 1)
    if let present { writer.put(present) }
    if wide.isEmpty { words.write(to: &writer) } else { writer.put(wide) }
  }

  /// The column of a type that `write` wrote, `count` rows long.
  static func column(of type: DataType, count: Int, from reader: inout StateReader) throws(RunFailure) -> Column {
    let form: UInt8 = try reader.integer()
    if form == 1 {
      let column = try reader.column(of: type)
      guard column.count == count else { throw StateReader.damaged }
      return column
    }
    let isWide = try reader.integer(UInt8.self) == 1
    let kind: Kind
    switch type {
    case .bool: kind = .bools
    case .int: kind = .ints
    case .float: kind = .floats
    case .decimal(_, let scale): kind = isWide ? .decimals128(scale: scale) : .decimals64(scale: scale)
    case .date: kind = .dates
    case .timestamp: kind = .timestamps
    case .string, .list: throw StateReader.damaged
    }
    let present = try reader.integer(UInt8.self) == 1 ? try reader.bools(count: count) : nil
    guard form == 2 else {
      let words = try PackedWords(from: &reader, count: count)
      return PackedColumn(kind: kind, words: words, wide: [], dictionary: nil, lists: nil, present: present).column
    }
    let wide = try reader.array(Int128.self, count: count)
    guard isWide, wide.allSatisfy({ DecimalArithmetic.fits($0) }) else { throw StateReader.damaged }
    return PackedColumn(kind: kind, words: PackedWords(), wide: wide, dictionary: nil, lists: nil, present: present)
      .column
  }
}

extension PackedRows {
  func write(to writer: inout StateWriter) {
    writer.put(rows)
    round.write(to: &writer)
    for column in keys + values { column.write(to: &writer) }
  }
}

extension RoundPositions {
  func write(to writer: inout StateWriter) {
    writer.put(starts)
    writer.put(bases)
  }

  convenience init(from reader: inout StateReader) throws(RunFailure) {
    let starts: [UInt32] = try reader.array()
    let bases: [Int128] = try reader.array(count: starts.count)
    guard starts.first == 0 else { throw StateReader.damaged }
    self.init(starts: starts, bases: bases)
  }
}

extension GroupedRows {
  /// The rows of a piece that `PackedRows.write` wrote.
  init(from reader: inout StateReader, _ layout: GroupLayout) throws(RunFailure) {
    let rows: [UInt16] = try reader.array()
    let round = try RoundPositions(from: &reader)
    var columns: [Column] = []
    for type in layout.keyTypes + layout.valueTypes {
      columns.append(try PackedColumn.column(of: type, count: rows.count, from: &reader))
    }
    let keyCount = layout.keyTypes.count
    self.init(
      keys: Array(columns[..<keyCount]), values: Array(columns[keyCount...]), count: rows.count,
      positions: .listed(round.keys(rows)))
  }
}
