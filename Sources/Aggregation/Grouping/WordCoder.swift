import Columns
import Memory

/// Turns the values of a column of one type into 64-bit words and back: equal values, and only they, have equal words.
///
/// Ints, dates, narrow decimals and the like are their own words. Texts and lists are numbered through a dictionary that the coder owns; decimals
/// of more than 18 digits are shifted left by one where they fit 62 bits, else numbered with the lowest bit set.
final class WordCoder {
  let type: DataType
  let texts = TextRecoder()
  private var interner = TextInterner()

  init(_ type: DataType) { self.type = type }

  /// Whether words are at most 32 bits wide once shifted to start from 0.
  var isNarrow: Bool {
    switch type {
    case .bool, .date, .string, .list: true
    case .int, .float, .timestamp, .decimal: false
    }
  }

  private var isTagged: Bool {
    if case .decimal(let precision, _) = type { precision > DataType.narrowPrecision } else { false }
  }

  /// One word a row; without meaning where the row has no value.
  func words(of column: Column) -> [Int64] {
    switch column.values {
    case .ints(let values), .timestamps(let values): return values
    case .bools(let values): return values.map { $0 ? 1 : 0 }
    case .dates(let values): return values.map { Int64($0) }
    case .floats(let values): return values.map { Self.word(of: $0) }
    case .texts(let values): return texts.words(of: values, present: column.present)
    case .decimals64(let values, let scale):
      checkScale(scale)
      if !isTagged { return values }
      return values.map { tagged(Int128($0)) }
    case .decimals128(let values, let scale):
      checkScale(scale)
      if !isTagged { return values.map { Int64(truncatingIfNeeded: $0) } }
      return values.map { tagged($0) }
    case .lists(let lists): return listWords(lists)
    }
  }

  private func checkScale(_ scale: Int) {
    precondition(type.decimalScale == scale, "a decimal column whose scale is not its type's")
  }

  /// Both zeros are one value, and so are all that are not a number.
  static func word(of value: Double) -> Int64 {
    if value == 0 { return 0 }
    return Int64(bitPattern: value.isNaN ? Double.nan.bitPattern : value.bitPattern)
  }

  private func tagged(_ coefficient: Int128) -> Int64 {
    let small = Int64(truncatingIfNeeded: coefficient)
    if Int128(small) == coefficient, small < 1 << 62, small >= -(1 << 62) { return small << 1 }
    var bytes: [UInt8] = []
    for shift in stride(from: 0, to: 128, by: 8) { bytes.append(UInt8(truncatingIfNeeded: coefficient >> shift)) }
    return Int64(interner.intern(bytes.span)) << 1 | 1
  }

  private func untagged(_ word: Int64) -> Int128 {
    if word & 1 == 0 { return Int128(word >> 1) }
    let bytes = interner.bytes[interner.range(of: Int(word >> 1))]
    var bits: UInt128 = 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt128(byte) }
    return Int128(truncatingIfNeeded: bits)
  }

  // MARK: Values of chosen rows

  /// Whether values are numbered as they come: each that is given a word is kept as long as the coder.
  var numbersValues: Bool {
    switch type {
    case .string, .list: true
    default: false
    }
  }

  /// Words that stand for the rows of a batch until it is known which of them are chosen: no value has a word below 0.
  func rowMarks(_ count: Int) -> [Int64] { (0..<count).map { ~Int64($0) } }

  /// Gives the rows of a batch that were chosen the words of their values, in place of their marks.
  func settle(_ words: inout [Int64], _ groups: [UInt32], _ column: Column) {
    var chosen: [(group: Int, row: Int32)] = []
    for group in groups where words[Int(group)] < 0 {
      chosen.append((Int(group), Int32(~words[Int(group)])))
      words[Int(group)] = 0
    }
    if chosen.isEmpty { return }
    for (place, word) in zip(chosen, self.words(of: column.gathered(chosen.map(\.row)))) { words[place.group] = word }
  }

  // A list is numbered by the words of its elements, each after a byte that says whether it is there.
  private lazy var elementCoder: WordCoder = {
    guard case .list(let element) = type else { preconditionFailure("\(type) has no elements") }
    return WordCoder(element)
  }()

  private func listWords(_ lists: ListValues) -> [Int64] {
    let elements = lists.element
    let elementWords = elementCoder.words(of: elements)
    var words: [Int64] = []
    words.reserveCapacity(lists.count)
    var bytes: [UInt8] = []
    for row in 0..<lists.count {
      bytes.removeAll(keepingCapacity: true)
      for index in lists.range(of: row) {
        let isPresent = elements.isPresent(index)
        bytes.append(isPresent ? 1 : 0)
        let word = isPresent ? elementWords[index] : 0
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
      }
      words.append(Int64(interner.intern(bytes.span)))
    }
    return words
  }

  private func lists(of words: [Int64], present: [Bool]?) -> ListValues {
    var ends: [Int] = []
    var elementWords: [Int64] = []
    var elementPresent: [Bool] = []
    let bytes = interner.bytes
    for row in words.indices {
      if present == nil || present![row] {
        var place = interner.range(of: Int(words[row])).lowerBound
        let end = interner.range(of: Int(words[row])).upperBound
        while place < end {
          elementPresent.append(bytes[place] == 1)
          var word: UInt64 = 0
          for index in 1...8 { word |= UInt64(bytes[place + index]) << UInt64(8 * index - 8) }
          elementWords.append(Int64(bitPattern: word))
          place += 9
        }
      }
      ends.append(elementWords.count)
    }
    let mask = elementPresent.contains(false) ? elementPresent : nil
    return ListValues(ends: ends, elements: elementCoder.column(of: elementWords, present: mask))
  }

  /// The column behind words that this coder gave. Words of rows without a value are ignored.
  func column(of words: [Int64], present: [Bool]?) -> Column {
    func cleared<Value>(_ absent: Value, _ value: (Int64) -> Value) -> [Value] {
      guard let present else { return words.map(value) }
      return words.indices.map { present[$0] ? value(words[$0]) : absent }
    }
    let values: Column.Values
    switch type {
    case .int: values = .ints(present == nil ? words : cleared(0) { $0 })
    case .timestamp: values = .timestamps(present == nil ? words : cleared(0) { $0 })
    case .bool: values = .bools(cleared(false) { $0 != 0 })
    case .date: values = .dates(cleared(0) { Int32(truncatingIfNeeded: $0) })
    case .float: values = .floats(cleared(0) { Double(bitPattern: UInt64(bitPattern: $0)) })
    case .decimal(_, let scale):
      values =
        isTagged
        ? .decimals128(cleared(0) { untagged($0) }, scale: scale)
        : .decimals64(present == nil ? words : cleared(0) { $0 }, scale: scale)
    case .string:
      let empty = present == nil ? 0 : texts.dictionary.code(for: "")
      values = .texts(.coded(cleared(empty) { UInt32(truncatingIfNeeded: $0) }, texts.dictionary))
    case .list: values = .lists(lists(of: words, present: present))
    }
    return Column(values, present: present)
  }
}
