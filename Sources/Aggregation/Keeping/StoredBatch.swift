import Columns
import Diagnostics
import Memory

/// A batch that waits in a spill file.
///
/// Texts of a small dictionary go as codes and the dictionary stays in memory, so that codes of many batches still compare.
struct StoredBatch: WaitingRows {
  private let file: SpillFile
  private let segment: SpillFile.Segment
  private let types: [DataType]
  private let dictionaries: [TextDictionary?]
  private let count: Int
  private let position: Batch.Position
  let byteCount: Int

  /// Entries of a dictionary that is not written down.
  private static let dictionaryLimit = 1 << 16

  /// How a column is written.
  private enum Form: UInt8 { case unread, codes, values }

  init(_ batch: Batch, in file: SpillFile) throws(RunFailure) {
    self.file = file
    count = batch.count
    position = batch.position
    byteCount = batch.byteCount
    types = batch.columns.map(\.storageType)
    var writer = StateWriter()
    var dictionaries: [TextDictionary?] = []
    for column in batch.columns {
      var kept: TextDictionary?
      if column.isUnread, batch.count > 0 {
        writer.put(Form.unread.rawValue)
      } else if case .texts(.coded(let codes, let dictionary)) = column.values,
        dictionary.count <= Self.dictionaryLimit
      {
        writer.put(Form.codes.rawValue)
        writer.put(codes)
        writer.put(column.present == nil ? UInt8(0) : 1)
        if let present = column.present { writer.put(present) }
        kept = dictionary
      } else {
        writer.put(Form.values.rawValue)
        writer.put(column)
      }
      dictionaries.append(kept)
    }
    self.dictionaries = dictionaries
    writer.put(batch.origins == nil ? UInt8(0) : 1)
    if let origins = batch.origins { writer.put(origins.known.map(\.word)) }
    segment = try file.write(writer.bytes)
  }

  func load() throws(RunFailure) -> Batch {
    let bytes = try file.read(segment)
    var reader = StateReader(bytes[...])
    var columns: [Column] = []
    for index in types.indices {
      switch Form(rawValue: try reader.integer()) {
      case .unread: columns.append(.unread)
      case .codes:
        guard let dictionary = dictionaries[index] else { throw StateReader.damaged }
        let codes: [UInt32] = try reader.array(count: count)
        let present: [Bool]? = try reader.integer(UInt8.self) == 1 ? try reader.bools(count: count) : nil
        columns.append(Column(.texts(.coded(codes, dictionary)), present: present))
      case .values: columns.append(try reader.column(of: types[index]))
      case nil: throw StateReader.damaged
      }
    }
    var origins: [RowOrigin]?
    if try reader.integer(UInt8.self) == 1 {
      let words: [UInt64] = try reader.array(count: count)
      origins = words.map { RowOrigin(word: $0) }
    }
    return Batch(columns: columns, count: count, position: position, origins: origins.map { RowOrigins($0) })
  }
}

extension Column {
  /// A type of the values as they are stored: of a decimal the scale counts, not the digits.
  fileprivate var storageType: DataType {
    switch values {
    case .bools: .bool
    case .ints: .int
    case .floats: .float
    case .decimals64(_, let scale), .decimals128(_, let scale): .decimal(scale: scale)
    case .texts: .string
    case .dates: .date
    case .timestamps: .timestamp
    case .lists(let lists): .list(lists.element.storageType)
    }
  }
}
