import Diagnostics

extension Column {
  /// The rows of several columns of one type, one after the other. Texts of several dictionaries are re-coded into a
  /// new one.
  ///
  /// Decimals take the widest storage among the parts; their scales are equal.
  public static func concatenated(_ parts: [Column]) -> Column {
    precondition(!parts.isEmpty, "a column of nothing has no type")
    if parts.count == 1 { return parts[0] }
    let count = parts.reduce(0) { $0 + $1.count }
    var present: [Bool]?
    if parts.contains(where: { $0.present != nil }) {
      var mask: [Bool] = []
      mask.reserveCapacity(count)
      for part in parts { mask += part.present ?? [Bool](repeating: true, count: part.count) }
      present = mask
    }
    return Column(concatenatedValues(parts, count: count), present: present)
  }

  private static func concatenatedValues(_ parts: [Column], count: Int) -> Values {
    func joined<Element>(_ read: (Values) -> [Element]?) -> [Element] {
      var result: [Element] = []
      result.reserveCapacity(count)
      for part in parts {
        guard let values = read(part.values) else { preconditionFailure("columns of several types") }
        result += values
      }
      return result
    }
    switch parts[0].values {
    case .bools: return .bools(joined { if case .bools(let values) = $0 { values } else { nil } })
    case .ints: return .ints(joined { if case .ints(let values) = $0 { values } else { nil } })
    case .floats: return .floats(joined { if case .floats(let values) = $0 { values } else { nil } })
    case .dates: return .dates(joined { if case .dates(let values) = $0 { values } else { nil } })
    case .timestamps: return .timestamps(joined { if case .timestamps(let values) = $0 { values } else { nil } })
    case .decimals64(_, let scale), .decimals128(_, let scale):
      let isNarrow = parts.allSatisfy { if case .decimals64 = $0.values { true } else { false } }
      if isNarrow {
        return .decimals64(
          joined { if case .decimals64(let values, scale) = $0 { values } else { nil } }, scale: scale)
      }
      return .decimals128(
        joined {
          switch $0 {
          case .decimals64(let values, scale): values.map { Int128($0) }
          case .decimals128(let values, scale): values
          default: nil
          }
        }, scale: scale)
    case .texts: return .texts(TextValues.concatenated(parts, count: count))
    case .lists:
      var ends: [Int] = []
      ends.reserveCapacity(count)
      var elements: [Column] = []
      var before = 0
      for part in parts {
        guard case .lists(let lists) = part.values else { preconditionFailure("columns of several types") }
        for end in lists.ends { ends.append(before + end) }
        before += lists.element.count
        elements.append(lists.element)
      }
      return .lists(ListValues(ends: ends, elements: concatenated(elements)))
    }
  }
}

extension TextValues {
  fileprivate static func concatenated(_ parts: [Column], count: Int) -> TextValues {
    let texts: [TextValues] = parts.map {
      guard case .texts(let values) = $0.values else { preconditionFailure("columns of several types") }
      return values
    }
    if let shared = sharedDictionary(of: texts) {
      var codes: [UInt32] = []
      codes.reserveCapacity(count)
      for case .coded(let part, _) in texts { codes += part }
      return .coded(codes, shared)
    }
    if texts.allSatisfy({ if case .plain = $0 { true } else { false } }) {
      var allEnds: [Int] = []
      allEnds.reserveCapacity(count)
      var allBytes: [UInt8] = []
      for case .plain(let ends, let bytes) in texts {
        let before = allBytes.count
        for end in ends { allEnds.append(before + end) }
        allBytes += bytes.prefix(ends.last ?? 0)
      }
      return .plain(ends: allEnds, bytes: allBytes)
    }
    return recoded(zip(texts, parts).map { ($0, $1.present) }, count: count)
  }

  private static func sharedDictionary(of texts: [TextValues]) -> TextDictionary? {
    var shared: TextDictionary?
    for text in texts {
      guard case .coded(_, let dictionary) = text, shared == nil || shared === dictionary else { return nil }
      shared = dictionary
    }
    return shared
  }

  private static func recoded(_ parts: [(texts: TextValues, present: [Bool]?)], count: Int) -> TextValues {
    let target = TextDictionary()
    let empty = target.code(for: "")
    var codes: [UInt32] = []
    codes.reserveCapacity(count)
    // Code + 1 in the new dictionary for each code of an old one; 0 is not known yet.
    var maps: [ObjectIdentifier: [UInt32]] = [:]
    for part in parts {
      switch part.texts {
      case .coded(let old, let dictionary):
        var map = maps.removeValue(forKey: ObjectIdentifier(dictionary)) ?? []
        map += [UInt32](repeating: 0, count: dictionary.count - map.count)
        for row in old.indices {
          if let present = part.present, !present[row] {
            codes.append(empty)
            continue
          }
          let code = Int(old[row])
          if map[code] == 0 { map[code] = 1 + dictionary.withBytes(of: code) { target.code(for: $0) } }
          codes.append(map[code] - 1)
        }
        maps[ObjectIdentifier(dictionary)] = map
      case .plain(let ends, _):
        for row in ends.indices { codes.append(part.texts.withBytes(of: row) { target.code(for: $0) }) }
      }
    }
    return .coded(codes, target)
  }
}

extension Table {
  /// All rows as one batch, in order and in memory. Origins stay where every batch has them.
  public func concatenated() throws(RunFailure) -> Batch {
    let batches = try batches
    if batches.isEmpty { return Batch(columns: schema.fields.map { Column([], of: $0.type.data) }, count: 0) }
    return Batch(concatenating: batches)
  }
}

extension Batch {
  /// The rows of several batches of one schema, one after the other; at least one. Origins stay where every batch has them.
  public init(concatenating batches: [Batch]) {
    if batches.count == 1 {
      self = batches[0]
      return
    }
    let columns = batches[0].columns.indices.map { index in Column.concatenated(batches.map { $0.columns[index] }) }
    var origins: [RowOrigin]? = []
    for batch in batches {
      guard let more = batch.origins else {
        origins = nil
        break
      }
      origins?.append(contentsOf: more.known)
    }
    self.init(columns: columns, count: batches.reduce(0) { $0 + $1.count }, origins: origins.map { RowOrigins($0) })
  }
}
