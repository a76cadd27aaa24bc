import Columns
import Memory

/// Distinct keys of a table, numbered, for lookups from many workers. Keys that miss a value are not in it.
///
/// A key's word is its value, or for texts the code in a dictionary of the index. Decimals are brought to the scale of the index's column; one that has
/// digits beyond it equals nothing here.
struct KeyIndex: Sendable {
  /// How words lead to the number of their key.
  fileprivate enum Form: Sendable {
    /// One word a key, close together: the number of each word from the least on, -1 for none.
    case direct(numbers: [Int32], from: Int64)
    case word(ProbeTable<WordKey>)
    /// The first two words, and then the number so far with each word more.
    case words(ProbeTable<PairKey>, chain: [ProbeTable<PairKey>])
  }

  let types: [DataType]
  /// Per key, the dictionary of its texts.
  let dictionaries: [TextDictionary?]
  fileprivate let form: Form
  let count: Int

  /// Slots that a direct index may have for each row.
  private static let slotsPerRow = 8

  /// Numbers the keys of rows in the order in which they come; -1 where one misses a value.
  static func numbering(_ columns: [Column], types: [DataType], _ rowCount: Int) -> (KeyIndex, [Int32]) {
    let coders = types.map { JoinWords.Coder(type: $0, dictionary: $0 == .string ? TextDictionary() : nil) }
    var words: [[Int64]] = []
    var known: [Bool]?
    for key in columns.indices {
      for part in coders[key].words(of: columns[key], adding: true, known: &known) { words.append(part) }
    }
    let rows = known.map { [Int32](rowsWhere: $0) } ?? (0..<Int32(rowCount)).map { $0 }
    var numbers: [Int32]
    let form: Form
    let count: Int
    if words.count == 1, let direct = direct(words[0], rows) {
      (form, numbers, count) = (.direct(numbers: direct.slots, from: direct.base), direct.numbers, direct.count)
    } else if words.count == 1 {
      var table = ProbeTable<WordKey>()
      var fresh = [UInt32](repeating: 0, count: rows.count)
      table.assign(rows.map { words[0][Int($0)] }, into: &fresh)
      (form, count) = (.word(table), table.count)
      numbers = fresh.map { Int32(bitPattern: $0) }
    } else {
      (form, numbers, count) = chained(words, rows)
    }
    if rows.count < rowCount {
      var all = [Int32](repeating: -1, count: rowCount)
      for index in rows.indices { all[Int(rows[index])] = numbers[index] }
      numbers = all
    }
    return (KeyIndex(types: types, dictionaries: coders.map(\.dictionary), form: form, count: count), numbers)
  }

  /// An array slot for each word between the least and the greatest, where they lie close enough together.
  private static func direct(
    _ words: [Int64], _ rows: [Int32]
  ) -> (slots: [Int32], base: Int64, numbers: [Int32], count: Int)? {
    guard let first = rows.first else { return nil }
    var (least, greatest) = (words[Int(first)], words[Int(first)])
    for row in rows {
      let word = words[Int(row)]
      if word < least { least = word }
      if word > greatest { greatest = word }
    }
    let span = UInt64(bitPattern: greatest) &- UInt64(bitPattern: least)
    guard span < UInt64(rows.count * slotsPerRow + 1024) else { return nil }
    var slots = [Int32](repeating: -1, count: Int(span) + 1)
    var numbers = [Int32](repeating: 0, count: rows.count)
    var count: Int32 = 0
    for index in rows.indices {
      let slot = Int(words[Int(rows[index])] &- least)
      if slots[slot] < 0 {
        slots[slot] = count
        count += 1
      }
      numbers[index] = slots[slot]
    }
    return (slots, least, numbers, Int(count))
  }

  private static func chained(_ given: [[Int64]], _ rows: [Int32]) -> (Form, [Int32], Int) {
    var words = given
    // No key at all is one key, that of every row.
    while words.count < 2 { words.append([Int64](repeating: 0, count: words.first?.count ?? Int(rows.last ?? -1) + 1)) }
    var numbers = rows.map { words[0][Int($0)] }
    var tables: [ProbeTable<PairKey>] = []
    for step in 1..<words.count {
      var table = ProbeTable<PairKey>()
      var fresh = [UInt32](repeating: 0, count: rows.count)
      table.assign(numbers, rows.map { words[step][Int($0)] }, into: &fresh)
      numbers = fresh.map { Int64($0) }
      tables.append(table)
    }
    return (
      .words(tables[0], chain: Array(tables.dropFirst())), numbers.map { Int32(truncatingIfNeeded: $0) },
      tables[tables.count - 1].count
    )
  }
}

/// One worker's lookups in an index, with what it learned of foreign dictionaries.
struct KeyLookup {
  private let index: KeyIndex
  private var coders: [JoinWords.Coder]

  init(_ index: KeyIndex) {
    self.index = index
    coders = zip(index.types, index.dictionaries).map { JoinWords.Coder(type: $0, dictionary: $1) }
  }

  /// The number of each row's key, -1 where the index does not have it.
  mutating func numbers(_ columns: [Column], count: Int) -> [Int32] {
    precondition(columns.count == index.types.count && columns.allSatisfy { $0.count == count })
    var known: [Bool]?
    var words: [[Int64]] = []
    for key in columns.indices {
      for part in coders[key].words(of: columns[key], adding: false, known: &known) { words.append(part) }
    }
    var numbers: [Int32]
    switch index.form {
    case .direct(let slots, let base): numbers = looked(up: words[0], in: slots, from: base)
    case .word(let table):
      numbers = [Int32](repeating: -1, count: count)
      for row in 0..<count { numbers[row] = table.existing(WordKey(word: words[0][row])) }
    case .words(let table, let chain):
      while words.count < 2 { words.append([Int64](repeating: 0, count: count)) }
      numbers = [Int32](repeating: -1, count: count)
      let (first, second) = (words[0], words[1])
      for row in 0..<count { numbers[row] = table.existing(PairKey(first: first[row], second: second[row])) }
      for step in chain.indices {
        let next = words[step + 2]
        for row in 0..<count where numbers[row] >= 0 {
          numbers[row] = chain[step].existing(PairKey(first: Int64(numbers[row]), second: next[row]))
        }
      }
    }
    if let known { for row in 0..<count where !known[row] { numbers[row] = -1 } }
    return numbers
  }
}
