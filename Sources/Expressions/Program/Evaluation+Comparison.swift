import Columns

extension Evaluation {
  func comparison(_ left: Evaluated, _ right: Evaluated, _ types: [DataType], orEqual: Bool) -> Evaluated {
    let values: [Bool]
    switch (left.values, right.values) {
    case (.ints, .ints), (.timestamps, .timestamps):
      values = orEqual ? zip(left.ints, right.ints) { $0 <= $1 } : zip(left.ints, right.ints) { $0 < $1 }
    case (.dates, .dates):
      values = orEqual ? zip(left.dates, right.dates) { $0 <= $1 } : zip(left.dates, right.dates) { $0 < $1 }
    case (.floats, .floats):
      values = orEqual ? zip(left.floats, right.floats) { $0 <= $1 } : zip(left.floats, right.floats) { $0 < $1 }
    case (.ints, .floats):
      values = zip(left.ints, right.floats) { Self.compares($0, $1).map { orEqual ? $0 <= 0 : $0 < 0 } ?? false }
    case (.floats, .ints):
      values = zip(left.floats, right.ints) { Self.compares($1, $0).map { orEqual ? $0 >= 0 : $0 > 0 } ?? false }
    case (.texts(let a), .texts(let b)):
      let orders = textOrders(a, left.isConstant, b, right.isConstant)
      values = orEqual ? orders.map { $0 <= 0 } : orders.map { $0 < 0 }
    default: values = decimalComparison(left, right, types) { orEqual ? $0 <= 0 : $0 < 0 }
    }
    return result(.bools(values), from: [left, right])
  }

  /// How an int and a float compare by mathematical value; nil with NaN.
  private static func compares(_ int: Int64, _ float: Double) -> Int? {
    if float.isNaN { return nil }
    if float >= 0x1p63 { return -1 }
    if float < -0x1p63 { return 1 }
    let whole = Int64(float.rounded(.down))
    if int != whole { return int < whole ? -1 : 1 }
    return Double(whole) < float ? -1 : 0
  }

  private func decimalComparison(
    _ left: Evaluated, _ right: Evaluated, _ types: [DataType], _ holds: (Int) -> Bool
  ) -> [Bool] {
    let (a, b) = (types[0].decimalScale ?? 0, types[1].decimalScale ?? 0)
    let accepts = (holds(-1), holds(0), holds(1))
    if a == b, let x = left.narrow, let y = right.narrow {
      return zip(x, y) { $0 < $1 ? accepts.0 : $0 == $1 ? accepts.1 : accepts.2 }
    }
    if a == b { return zip(left.wide, right.wide) { $0 < $1 ? accepts.0 : $0 == $1 ? accepts.1 : accepts.2 } }
    return zip(left.wide, right.wide) {
      let order = DecimalArithmetic.compare($0, scale: a, $1, scale: b)
      return order < 0 ? accepts.0 : order == 0 ? accepts.1 : accepts.2
    }
  }

  private func textOrders(_ left: TextValues, _ leftConstant: Bool, _ right: TextValues, _ rightConstant: Bool)
    -> [Int]
  {
    (0..<(leftConstant && rightConstant ? 1 : count)).map { row in
      left.withBytes(of: leftConstant ? 0 : row) { a in
        right.withBytes(of: rightConstant ? 0 : row) { b in Self.order(a, b) }
      }
    }
  }

  private static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return left.count - right.count
  }

  // MARK: Equality

  func equality(_ left: Evaluated, _ right: Evaluated, _ types: [DataType]) -> Evaluated {
    var values = equalValues(left, right, types)
    if left.present != nil || right.present != nil {
      let isConstant = left.isConstant && right.isConstant
      if values.count == 1, !isConstant { values = [Bool](repeating: values[0], count: count) }
      for row in values.indices {
        let (a, b) = (left.isPresent(row), right.isPresent(row))
        values[row] = a && b ? values[row] : a == b
      }
    }
    return result(.bools(values), from: [left, right])
  }

  private func equalValues(_ left: Evaluated, _ right: Evaluated, _ types: [DataType]) -> [Bool] {
    switch (left.values, right.values) {
    case (.bools, .bools): return zip(left.bools, right.bools) { $0 == $1 }
    case (.ints, .ints), (.timestamps, .timestamps): return zip(left.ints, right.ints) { $0 == $1 }
    case (.dates, .dates): return zip(left.dates, right.dates) { $0 == $1 }
    case (.floats, .floats): return zip(left.floats, right.floats) { $0 == $1 }
    case (.ints, .floats): return zip(left.ints, right.floats) { Self.compares($0, $1) == 0 }
    case (.floats, .ints): return zip(left.floats, right.ints) { Self.compares($1, $0) == 0 }
    case (.texts(let a), .texts(let b)):
      if right.isConstant, !left.isConstant { return texts(a, equal: b.string(0)) }
      if left.isConstant, !right.isConstant { return texts(b, equal: a.string(0)) }
      return equalTexts(a, b, isConstant: left.isConstant)
    case (.lists(let a), .lists(let b)):
      return (0..<(left.isConstant && right.isConstant ? 1 : count)).map { row in
        let x = a.range(of: left.isConstant ? 0 : row).map { a.element.scalar($0) }
        return x == b.range(of: right.isConstant ? 0 : row).map { b.element.scalar($0) }
      }
    default: return decimalComparison(left, right, types) { $0 == 0 }
    }
  }

  private func equalTexts(_ left: TextValues, _ right: TextValues, isConstant: Bool) -> [Bool] {
    if case .coded(let a, let first) = left, case .coded(let b, let second) = right, first === second {
      return zip(Lane(a), Lane(b)) { $0 == $1 }
    }
    return textOrders(left, isConstant, right, isConstant).map { $0 == 0 }
  }

  /// Coded texts are compared by code: the text is looked up once a batch.
  func texts(_ values: TextValues, equal text: String) -> [Bool] {
    switch values {
    case .coded(let codes, let dictionary):
      guard let code = dictionary.existingCode(for: text) else { return [Bool](repeating: false, count: codes.count) }
      return Lane(codes).map { $0 == code }
    case .plain(let ends, let bytes):
      let wanted = Array(text.utf8)
      var start = 0
      var results: [Bool] = []
      results.reserveCapacity(ends.count)
      for end in ends {
        var same = end - start == wanted.count
        var index = 0
        while same, index < wanted.count {
          same = bytes[start + index] == wanted[index]
          index += 1
        }
        results.append(same)
        start = end
      }
      return results
    }
  }
}
