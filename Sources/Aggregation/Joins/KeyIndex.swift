import Columns

/// Distinct keys of a table, numbered, for lookups from many workers. Keys that miss a value are not in it.
///
/// A key's word is its value, or for texts the code in a dictionary of the index. Decimals are brought to the scale of the index's column; one that has
/// digits beyond it equals nothing here.
struct KeyIndex: Sendable {
  let types: [DataType]
  /// Per key, the dictionary of its texts.
  let dictionaries: [TextDictionary?]
  let table: ProbeTable<PairKey>
  let chain: [ProbeTable<PairKey>]
  let count: Int

  /// Numbers the keys of rows; -1 where one misses a value.
  static func numbering(_ columns: [Column], types: [DataType], _ rowCount: Int) -> (KeyIndex, [Int32]) {
    let coders = types.map { JoinWords.Coder(type: $0, dictionary: $0 == .string ? TextDictionary() : nil) }
    var words: [[Int64]] = []
    var known = [Bool](repeating: true, count: rowCount)
    for key in columns.indices {
      for part in coders[key].words(of: columns[key], adding: true, known: &known) { words.append(part) }
    }
    while words.count < 2 { words.append([Int64](repeating: 0, count: rowCount)) }
    let rows = [Int32](rowsWhere: known)
    var numbers = rows.map { words[0][Int($0)] }
    var tables: [ProbeTable<PairKey>] = []
    for step in 1..<words.count {
      var table = ProbeTable<PairKey>()
      var fresh = [UInt32](repeating: 0, count: rows.count)
      table.assign(numbers, rows.map { words[step][Int($0)] }, into: &fresh)
      numbers = fresh.map { Int64($0) }
      tables.append(table)
    }
    var all = [Int32](repeating: -1, count: rowCount)
    for index in rows.indices { all[Int(rows[index])] = Int32(numbers[index]) }
    let index = KeyIndex(
      types: types, dictionaries: coders.map(\.dictionary), table: tables[0], chain: Array(tables.dropFirst()),
      count: tables[tables.count - 1].count)
    return (index, all)
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
    var known = [Bool](repeating: true, count: count)
    var words: [[Int64]] = []
    for key in columns.indices {
      for part in coders[key].words(of: columns[key], adding: false, known: &known) { words.append(part) }
    }
    while words.count < 2 { words.append([Int64](repeating: 0, count: count)) }
    var numbers = [Int32](repeating: -1, count: count)
    let first = words[0]
    let second = words[1]
    for row in 0..<count where known[row] {
      numbers[row] = index.table.existing(PairKey(first: first[row], second: second[row]))
    }
    for step in index.chain.indices {
      let next = words[step + 2]
      for row in 0..<count where numbers[row] >= 0 {
        numbers[row] = index.chain[step].existing(PairKey(first: Int64(numbers[row]), second: next[row]))
      }
    }
    return numbers
  }
}

enum JoinWords {
  /// Turns one key column into words that compare across the two sides of a join.
  final class Coder {
    let type: DataType
    let dictionary: TextDictionary?
    private var source: TextDictionary?
    /// Own code + 2 for each code of `source`; 1 for a text that is not here, 0 for one not asked for yet.
    private var map: [UInt32] = []

    init(type: DataType, dictionary: TextDictionary?) {
      self.type = type
      self.dictionary = dictionary
    }

    /// One array of words, or two for wide decimals; `known` becomes false where a row has no value or none that the index has.
    func words(of column: Column, adding: Bool, known: inout [Bool]) -> [[Int64]] {
      if let present = column.present { for row in present.indices where !present[row] { known[row] = false } }
      switch column.values {
      case .texts(let texts): return [textWords(texts, adding: adding, known: &known)]
      case .decimals64(let values, let scale):
        if scale == type.decimalScale, !isWide { return [values] }
        return decimalWords(values.map { Int128($0) }, scale: scale, known: &known)
      case .decimals128(let values, let scale): return decimalWords(values, scale: scale, known: &known)
      case .floats(let values): return [values.map { WordCoder.word(of: $0) }]
      case .lists: preconditionFailure("a list is no key of a join")
      default: return [OrderedWord.words(column)]
      }
    }

    private var isWide: Bool {
      if case .decimal(let precision, _) = type { precision > DataType.narrowPrecision } else { false }
    }

    private func decimalWords(_ values: [Int128], scale: Int, known: inout [Bool]) -> [[Int64]] {
      let target = type.decimalScale ?? 0
      var low = [Int64](repeating: 0, count: values.count)
      var high = isWide ? low : []
      for row in values.indices where known[row] {
        guard let value = DecimalArithmetic.rescaleExactly(values[row], from: scale, to: target),
          isWide || Int64(exactly: value) != nil
        else {
          known[row] = false
          continue
        }
        low[row] = Int64(truncatingIfNeeded: value)
        if isWide { high[row] = Int64(truncatingIfNeeded: value >> 64) }
      }
      return isWide ? [low, high] : [low]
    }

    private func textWords(_ texts: TextValues, adding: Bool, known: inout [Bool]) -> [Int64] {
      guard let dictionary else { preconditionFailure("texts against keys of another type") }
      var words = [Int64](repeating: 0, count: texts.count)
      guard case .coded(let codes, let foreign) = texts else {
        for row in words.indices where known[row] {
          if adding {
            words[row] = Int64(texts.withBytes(of: row) { dictionary.code(for: $0) })
          } else if let code = texts.withBytes(of: row, { dictionary.interner.number(of: $0) }) {
            words[row] = Int64(code)
          } else {
            known[row] = false
          }
        }
        return words
      }
      if source !== foreign { (source, map) = (foreign, []) }
      if map.count < foreign.count { map += [UInt32](repeating: 0, count: foreign.count - map.count) }
      for row in codes.indices where known[row] {
        let code = Int(codes[row])
        if map[code] == 0 {
          if adding {
            map[code] = 2 + foreign.withBytes(of: code) { dictionary.code(for: $0) }
          } else {
            let found = foreign.withBytes(of: code) { dictionary.interner.number(of: $0) }
            map[code] = found.map { UInt32($0) + 2 } ?? 1
          }
        }
        if map[code] == 1 { known[row] = false } else { words[row] = Int64(map[code]) - 2 }
      }
      return words
    }
  }
}
