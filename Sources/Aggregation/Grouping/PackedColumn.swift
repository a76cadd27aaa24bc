import Columns

/// Rows of a column in as few bytes a value as their range needs: what waits for its partition's turn.
struct PackedColumn: Sendable {
  enum Kind: Hashable, Sendable {
    case bools, ints, floats, dates, timestamps, texts, lists
    case decimals64(scale: Int)
    case decimals128(scale: Int)
  }

  let kind: Kind
  let words: PackedWords
  /// Decimals of which one needs more than 64 bits; `words` is empty then.
  let wide: [Int128]
  /// Of texts, whose words are its codes.
  let dictionary: TextDictionary?
  let lists: ListValues?
  let present: [Bool]?

  var column: Column {
    let values: Column.Values =
      switch kind {
      case .bools: .bools(words.unpacked(Int64.self).map { $0 != 0 })
      case .ints: .ints(words.unpacked())
      case .floats: .floats(words.unpacked(Int64.self).map { Double(bitPattern: UInt64(bitPattern: $0)) })
      case .decimals64(let scale): .decimals64(words.unpacked(), scale: scale)
      case .decimals128(let scale): .decimals128(wide.isEmpty ? words.unpacked() : wide, scale: scale)
      case .texts: .texts(.coded(words.unpacked(), dictionary!))
      case .dates: .dates(words.unpacked())
      case .timestamps: .timestamps(words.unpacked())
      case .lists: .lists(lists!)
      }
    return Column(values, present: present)
  }

  /// Bytes held, for the memory budget; the dictionary, which many share, left out.
  var byteCount: Int {
    words.byteCount + wide.count * 16 + (present?.count ?? 0)
      + (lists.map { $0.count * 8 + $0.element.count * 16 } ?? 0)
  }
}

/// Cuts a column into packed parts.
struct ColumnPacker {
  private enum Source {
    case bytes([UInt8])
    case words32([Int32])
    case codes([UInt32], TextDictionary)
    case words64([Int64])
    case words128([Int128])
    case lists(Column)
  }

  private let kind: PackedColumn.Kind
  private let source: Source
  private let present: [Bool]?

  /// - Parameter column: texts are coded (`precondition`).
  init(_ column: Column) {
    present = column.present
    switch column.values {
    case .bools(let values): (kind, source) = (.bools, .bytes(values.map { $0 ? 1 : 0 }))
    case .ints(let values): (kind, source) = (.ints, .words64(values))
    case .floats(let values): (kind, source) = (.floats, .words64(values.map { Int64(bitPattern: $0.bitPattern) }))
    case .decimals64(let values, let scale): (kind, source) = (.decimals64(scale: scale), .words64(values))
    case .decimals128(let values, let scale): (kind, source) = (.decimals128(scale: scale), .words128(values))
    case .texts(.coded(let codes, let dictionary)): (kind, source) = (.texts, .codes(codes, dictionary))
    case .texts(.plain): preconditionFailure("texts that are packed are coded")
    case .dates(let values): (kind, source) = (.dates, .words32(values))
    case .timestamps(let values): (kind, source) = (.timestamps, .words64(values))
    case .lists: (kind, source) = (.lists, .lists(column))
    }
  }

  func packed(_ rows: ArraySlice<Int32>) -> PackedColumn {
    var mask: [Bool]?
    if let present {
      let gathered = rows.map { present[Int($0)] }
      if gathered.contains(false) { mask = gathered }
    }
    func packed(
      _ words: PackedWords, wide: [Int128] = [], dictionary: TextDictionary? = nil, lists: ListValues? = nil
    ) -> PackedColumn {
      PackedColumn(kind: kind, words: words, wide: wide, dictionary: dictionary, lists: lists, present: mask)
    }
    switch source {
    case .bytes(let values): return packed(PackedWords(values, rows))
    case .words32(let values): return packed(PackedWords(values, rows))
    case .words64(let values): return packed(PackedWords(values, rows))
    case .codes(let codes, let dictionary): return packed(PackedWords(codes, rows), dictionary: dictionary)
    case .words128(let values):
      guard let narrow = Self.narrowed(values, rows) else {
        return packed(PackedWords(), wide: rows.map { values[Int($0)] })
      }
      return packed(PackedWords(narrow, ArraySlice(0..<Int32(narrow.count))))
    case .lists(let column):
      guard case .lists(let lists) = column.gathered(Array(rows)).values else { preconditionFailure("no lists") }
      return packed(PackedWords(), lists: lists)
    }
  }

  private static func narrowed(_ values: [Int128], _ rows: ArraySlice<Int32>) -> [Int64]? {
    var narrow: [Int64] = []
    narrow.reserveCapacity(rows.count)
    for row in rows {
      guard let word = Int64(exactly: values[Int(row)]) else { return nil }
      narrow.append(word)
    }
    return narrow
  }
}

/// Integers as their distances from the least of them, one, two, four or eight bytes each.
enum PackedWords: Sendable {
  /// All are equal.
  case equal(Int64, count: Int)
  case bytes1([UInt8], from: Int64)
  case bytes2([UInt16], from: Int64)
  case bytes4([UInt32], from: Int64)
  case bytes8([Int64])

  init() { self = .equal(0, count: 0) }

  init<Word: FixedWidthInteger>(_ values: [Word], _ rows: ArraySlice<Int32>) {
    guard let first = rows.first else {
      self.init()
      return
    }
    var least = values[Int(first)]
    var greatest = least
    for row in rows {
      let word = values[Int(row)]
      if word < least { least = word }
      if word > greatest { greatest = word }
    }
    let base = Int64(truncatingIfNeeded: least)
    let width = UInt64(bitPattern: Int64(truncatingIfNeeded: greatest) &- base)
    switch width {
    case 0: self = .equal(base, count: rows.count)
    case ...0xFF: self = .bytes1(Self.distances(values, rows, from: base), from: base)
    case ...0xFFFF: self = .bytes2(Self.distances(values, rows, from: base), from: base)
    case ...0xFFFF_FFFF: self = .bytes4(Self.distances(values, rows, from: base), from: base)
    default: self = .bytes8(rows.map { Int64(truncatingIfNeeded: values[Int($0)]) })
    }
  }

  private static func distances<Word: FixedWidthInteger, Narrow: FixedWidthInteger>(
    _ values: [Word], _ rows: ArraySlice<Int32>, from base: Int64
  ) -> [Narrow] {
    var distances: [Narrow] = []
    distances.reserveCapacity(rows.count)
    for row in rows {
      distances.append(Narrow(truncatingIfNeeded: Int64(truncatingIfNeeded: values[Int(row)]) &- base))
    }
    return distances
  }

  func unpacked<Word: FixedWidthInteger>(_: Word.Type = Word.self) -> [Word] {
    switch self {
    case .equal(let word, let count): [Word](repeating: Word(truncatingIfNeeded: word), count: count)
    case .bytes1(let distances, let base): Self.words(distances, base)
    case .bytes2(let distances, let base): Self.words(distances, base)
    case .bytes4(let distances, let base): Self.words(distances, base)
    case .bytes8(let words): words.map { Word(truncatingIfNeeded: $0) }
    }
  }

  private static func words<Narrow: FixedWidthInteger, Word: FixedWidthInteger>(
    _ distances: [Narrow], _ base: Int64
  ) -> [Word] {
    distances.map { Word(truncatingIfNeeded: base &+ Int64(truncatingIfNeeded: $0)) }
  }

  var byteCount: Int {
    switch self {
    case .equal: 0
    case .bytes1(let distances, _): distances.count
    case .bytes2(let distances, _): distances.count * 2
    case .bytes4(let distances, _): distances.count * 4
    case .bytes8(let words): words.count * 8
    }
  }
}
