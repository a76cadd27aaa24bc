import Columns

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

    /// One array of words, or two for wide decimals; `known`, nil while all rows are, becomes false where a row has no value or none that the index has.
    func words(of column: Column, adding: Bool, known: inout [Bool]?) -> [[Int64]] {
      if let present = column.present {
        if var mask = known {
          for row in present.indices where !present[row] { mask[row] = false }
          known = mask
        } else if present.contains(false) {
          known = present
        }
      }
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

    private func decimalWords(_ values: [Int128], scale: Int, known: inout [Bool]?) -> [[Int64]] {
      var mask = known ?? [Bool](repeating: true, count: values.count)
      defer { known = mask.contains(false) ? mask : nil }
      let target = type.decimalScale ?? 0
      var low = [Int64](repeating: 0, count: values.count)
      var high = isWide ? low : []
      for row in values.indices where mask[row] {
        guard let value = DecimalArithmetic.rescaleExactly(values[row], from: scale, to: target),
          isWide || Int64(exactly: value) != nil
        else {
          mask[row] = false
          continue
        }
        low[row] = Int64(truncatingIfNeeded: value)
        if isWide { high[row] = Int64(truncatingIfNeeded: value >> 64) }
      }
      return isWide ? [low, high] : [low]
    }

    private func textWords(_ texts: TextValues, adding: Bool, known: inout [Bool]?) -> [Int64] {
      guard let dictionary else { preconditionFailure("texts against keys of another type") }
      var words = [Int64](repeating: 0, count: texts.count)
      var strangers: [Int32] = []
      if case .coded(let codes, let foreign) = texts {
        learn(foreign)
        for row in codes.indices {
          let code = Int(codes[row])
          if map[code] < 2 {
            if let known, !known[row] { continue }
            if map[code] == 0 { map[code] = entry(of: code, in: foreign, adding: adding) }
            if map[code] == 1 { strangers.append(Int32(truncatingIfNeeded: row)) }
          }
          words[row] = Int64(map[code]) - 2
        }
      } else {
        for row in words.indices where known.map({ $0[row] }) ?? true {
          if adding {
            words[row] = Int64(texts.withBytes(of: row) { dictionary.code(for: $0) })
          } else if let code = texts.withBytes(of: row, { dictionary.interner.number(of: $0) }) {
            words[row] = Int64(code)
          } else {
            strangers.append(Int32(truncatingIfNeeded: row))
          }
        }
      }
      if !strangers.isEmpty {
        var mask = known ?? [Bool](repeating: true, count: words.count)
        for row in strangers { mask[Int(row)] = false }
        known = mask
      }
      return words
    }

    /// Makes room for the codes of a foreign dictionary.
    private func learn(_ foreign: TextDictionary) {
      if source !== foreign { (source, map) = (foreign, []) }
      if map.count < foreign.count { map += [UInt32](repeating: 0, count: foreign.count - map.count) }
    }

    private func entry(of code: Int, in foreign: TextDictionary, adding: Bool) -> UInt32 {
      guard let dictionary else { return 1 }
      if adding { return 2 + foreign.withBytes(of: code) { dictionary.code(for: $0) } }
      return foreign.withBytes(of: code) { dictionary.interner.number(of: $0) }.map { UInt32($0) + 2 } ?? 1
    }
  }
}
