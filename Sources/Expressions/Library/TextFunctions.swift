import Columns
import LuaHost

enum TextOperation: Hashable, Sendable {
  case lower, upper, trim, length, startsWith, endsWith, contains, sub, replace, split
  case oneOf([String])
  case concatenate
  /// `tostring`
  case fromValue
  /// `tonumber`
  case toNumber
  /// `from_hex`
  case fromHex
  /// `decimal` of a text
  case toDecimal
}

extension FunctionLibrary {
  static let textFunctions: [LibraryFunction] = [
    text("lower", .lower, 1...1),
    text("upper", .upper, 1...1),
    text("trim", .trim, 1...1),
    text("starts_with", .startsWith, 2...2),
    text("ends_with", .endsWith, 2...2),
    text("replace", .replace, 3...3),
    text("split", .split, 2...2),
    text("concat", .concatenate, 1...Int.max),
    LibraryFunction("sub", counts: 2...3) {
      lowering, site in
      guard let subject = lowering.text(site.arguments[0], for: "sub"),
        let from = lowering.whole(site.arguments[1], for: "sub")
      else { return nil }
      var to = lowering.graph.constant(.int(-1), .int)
      if site.arguments.count > 2 {
        guard let end = lowering.whole(site.arguments[2], for: "sub") else { return nil }
        to = end.node
      }
      return lowering.make(.library(.text(.sub)), [subject.node, from.node, to], ValueType(.string), site.range)
    },
    LibraryFunction("tostring", counts: 1...1) { lowering, site in
      guard let x = lowering.present(site.arguments[0]), let type = x.type else { return nil }
      if type.data == .string { return x }
      guard
        lowering.settles(
          x, for: "tostring",
          { number in
            guard type.data.isDecimal else { return false }
            return LuaNumber.isFloat(number)
              ? LuaText.string(LuaNumber.float(number)) == LuaNumber.decimal(number)?.normalized.description : true
          })
      else { return nil }
      return lowering.make(.library(.text(.fromValue)), [x.node], ValueType(.string), site.range)
    },
    LibraryFunction("tonumber", counts: 1...1) {
      lowering, site in
      guard let x = lowering.present(site.arguments[0]), let type = x.type else { return nil }
      if type.data.isNumeric { return x }
      if lowering.isScript {
        lowering.report(
          .unsupportedExpression, "Lua's tonumber gives an int or a float, as the text has it", site.range,
          help: "decimal(\(lowering.source(x.range))) is exact")
        return nil
      }
      guard let text = lowering.text(x, for: "tonumber") else { return nil }
      return lowering.make(
        .library(.text(.toNumber)), [text.node], ValueType(.decimal(scale: 18), isNullable: true), site.range)
    },
    LibraryFunction(
      "from_hex", counts: 1...2
    ) { lowering, site in
      guard let text = lowering.text(site.arguments[0], for: "from_hex") else { return nil }
      var scale = 0
      if site.arguments.count > 1 {
        guard let wanted = lowering.wholeConstant(site, 1, in: 0...38, what: "the scale") else { return nil }
        scale = wanted
      }
      return lowering.make(
        .library(.text(.fromHex)), [text.node], ValueType(.decimal(scale: scale)), site.range)
    },
  ]

  private static func text(
    _ name: String, _ operation: TextOperation, _ counts: ClosedRange<Int>
  ) -> LibraryFunction {
    LibraryFunction(name, counts: counts) { lowering, site in
      let texts = site.arguments.compactMap { lowering.text($0, for: site.name) }
      guard texts.count == site.arguments.count else { return nil }
      let type: DataType =
        switch operation {
        case .startsWith, .endsWith: .bool
        case .split: .list(.string)
        default: .string
        }
      return lowering.make(.library(.text(operation)), texts.map(\.node), ValueType(type), site.range)
    }
  }
}

extension Evaluation {
  func textFunction(
    _ operation: TextOperation, _ inputs: [Evaluated], _ types: [DataType], _ node: Node, key: Int
  ) -> Evaluated {
    switch operation {
    case .fromValue: return texts(of: inputs[0])
    case .toNumber: return numbers(of: inputs[0])
    case .fromHex: return hexadecimalNumbers(of: inputs[0], scale: node.type.decimalScale ?? 0)
    case .toDecimal: return decimals(of: inputs[0])
    default: break
    }
    if case .texts(.coded(let codes, let dictionary)) = inputs[0].values, inputs.dropFirst().allSatisfy(\.isConstant),
      operation != .split
    {
      let memo = memo(operation, dictionary, inputs, key: key)
      let values: Column.Values
      switch node.type {
      case .bool: values = .bools(Lane(codes).map { memo.bools[Int($0)] })
      case .int: values = .ints(Lane(codes).map { memo.ints[Int($0)] })
      default: values = .texts(.coded(Lane(codes).map { memo.codes[Int($0)] }, memo.results))
      }
      let isCut = operation == .sub && memo.isCut.contains(true) ? Lane(codes).map { memo.isCut[Int($0)] } : []
      return result(values, from: inputs, failing: cutMarks(isCut))
    }
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    let values = rows(operation, inputs, size)
    return result(values, from: inputs, failing: operation == .sub ? cutMarks(cutCharacters(values)) : nil)
  }

  /// The texts that are no UTF-8 any more.
  private func cutCharacters(_ values: Column.Values) -> [Bool] {
    guard case .texts(.plain(let ends, let bytes)) = values, bytes.contains(where: { $0 >= 0x80 }) else {
      return [Bool](repeating: false, count: values.count)
    }
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(validating: bytes[start..<end], as: UTF8.self) == nil
    }
  }

  private func cutMarks(_ isCut: [Bool]) -> [Int32]? {
    marks(isCut, .wrongValue, "the text is cut inside a character")
  }

  /// The results for all texts of a dictionary: each text is looked at once by a worker.
  private func memo(_ operation: TextOperation, _ dictionary: TextDictionary, _ inputs: [Evaluated], key: Int)
    -> DictionaryMemo
  {
    let place = ProgramWorker.DictionaryKey(program: program, node: key, dictionary: ObjectIdentifier(dictionary))
    let memo = worker.dictionaryResults[place] ?? DictionaryMemo(dictionary)
    worker.dictionaryResults[place] = memo
    let done = memo.count
    guard done < dictionary.count else { return memo }
    let news = TextValues.coded((done..<dictionary.count).map { UInt32($0) }, dictionary)
    let subject = Evaluated(values: .texts(news))
    let values = rows(operation, [subject] + inputs.dropFirst(), news.count)
    if operation == .sub { memo.isCut += cutCharacters(values) }
    switch values {
    case .bools(let values): memo.bools += values
    case .ints(let values): memo.ints += values
    case .texts(let values):
      for row in 0..<values.count {
        let results = memo.results
        memo.codes.append(values.withBytes(of: row) { results.code(for: $0) })
      }
    default: preconditionFailure("no memo of this type")
    }
    memo.count = dictionary.count
    return memo
  }

  private func rows(_ operation: TextOperation, _ inputs: [Evaluated], _ size: Int) -> Column.Values {
    func bytes(_ input: Int, _ row: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      inputs[input].texts.append(inputs[input].isConstant ? 0 : row, to: &bytes)
      return bytes
    }
    func bools(_ holds: ([UInt8], Int) -> Bool) -> Column.Values { .bools((0..<size).map { holds(bytes(0, $0), $0) }) }
    func texts(_ make: ([UInt8], Int) -> [UInt8]) -> Column.Values {
      var (ends, all): ([Int], [UInt8]) = ([], [])
      for row in 0..<size {
        all += make(bytes(0, row), row)
        ends.append(all.count)
      }
      return .texts(.plain(ends: ends, bytes: all))
    }
    switch operation {
    case .length: return .ints((0..<size).map { Int64(bytes(0, $0).count) })
    case .lower: return texts { text, _ in text.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 } }
    case .upper: return texts { text, _ in text.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 } }
    case .trim: return texts { text, _ in Self.trimmed(text) }
    case .startsWith: return bools { $0.starts(with: bytes(1, $1)) }
    case .endsWith: return bools { $0.reversed().starts(with: bytes(1, $1).reversed()) }
    case .contains: return bools { Self.position(of: bytes(1, $1), in: $0, from: 0) != nil }
    case .oneOf(let options):
      let wanted = Set(options.map { Array($0.utf8) })
      return bools { text, _ in wanted.contains(text) }
    case .concatenate:
      return texts { text, row in (1..<inputs.count).reduce(text) { $0 + bytes($1, row) } }
    case .sub:
      let (from, to) = (inputs[1].ints, inputs[2].ints)
      return texts { text, row in Self.sub(text, from[row], to[row]) }
    case .replace: return texts { text, row in Self.replaced(text, bytes(1, row), bytes(2, row)) }
    case .split:
      var (ends, parts): ([Int], [String]) = ([], [])
      for row in 0..<size {
        parts += Self.split(bytes(0, row), by: bytes(1, row)).map { String(decoding: $0, as: UTF8.self) }
        ends.append(parts.count)
      }
      return .lists(ListValues(ends: ends, elements: Column(.texts(TextValues(parts)))))
    case .fromValue, .toNumber, .fromHex, .toDecimal: preconditionFailure("not of texts")
    }
  }

  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return Array(text[first...last])
  }

  /// `string.sub` (Lua 5.4 manual, 6.4).
  private static func sub(_ text: [UInt8], _ from: Int64, _ to: Int64) -> [UInt8] {
    let count = Int64(text.count)
    let first = max(from < 0 ? count &+ from &+ 1 : from, 1)
    let last = min(to < 0 ? count &+ to &+ 1 : to, count)
    return first <= last ? Array(text[Int(first - 1)..<Int(last)]) : []
  }

  private static func position(of part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard part.count <= text.count - start else { return nil }
    for index in start...(text.count - part.count) where text[index...].starts(with: part) { return index }
    return nil
  }

  private static func split(_ text: [UInt8], by mark: [UInt8]) -> [[UInt8]] {
    guard !mark.isEmpty else { return [text] }
    var (parts, start): ([[UInt8]], Int) = ([], 0)
    while let next = position(of: mark, in: text, from: start) {
      parts.append(Array(text[start..<next]))
      start = next + mark.count
    }
    return parts + [Array(text[start...])]
  }

  private static func replaced(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
    Array(split(text, by: old).joined(separator: new))
  }

  // MARK: Numbers and text

  private func texts(of input: Evaluated) -> Evaluated {
    let size = input.isConstant ? 1 : count
    var (ends, bytes): ([Int], [UInt8]) = ([], [])
    let column = Column(input.values)
    for row in 0..<size {
      switch input.values {
      case .decimals64(let values, let scale): DecimalText.append(Int128(values[row]), scale: scale, to: &bytes)
      case .decimals128(let values, let scale): DecimalText.append(values[row], scale: scale, to: &bytes)
      case .floats(let values): bytes += Array(LuaText.string(values[row]).utf8)
      default: bytes += Array(column.scalar(row).text.utf8)
      }
      ends.append(bytes.count)
    }
    return result(.texts(.plain(ends: ends, bytes: bytes)), present: input.present, from: [input])
  }

  private func parsed(_ input: Evaluated) -> [Int128?] {
    let texts = input.texts
    return (0..<(input.isConstant ? 1 : count)).map { row in
      texts.withBytes(of: row) { DecimalText.parse($0) }?.rescaledExactly(to: 18)?.coefficient
    }
  }

  private func decimals(of input: Evaluated) -> Evaluated {
    let values = parsed(input)
    return result(
      .decimals128(values.map { $0 ?? 0 }, scale: 18), from: [input],
      failing: marks(values.map { $0 == nil }, .wrongValue, "the text is no number of at most 18 decimals"))
  }

  private func numbers(of input: Evaluated) -> Evaluated {
    let values = parsed(input)
    return result(
      .decimals128(values.map { $0 ?? 0 }, scale: 18), present: values.map { $0 != nil }, from: [input])
  }

  private func hexadecimalNumbers(of input: Evaluated, scale: Int) -> Evaluated {
    let size = input.isConstant ? 1 : count
    let texts = input.texts
    var values: [Int128] = []
    var failing: [Int32]?
    for row in 0..<size {
      var bytes: [UInt8] = []
      texts.append(row, to: &bytes)
      do throws(HexadecimalText.Problem) {
        values.append(try HexadecimalText.parse(bytes))
      } catch {
        values.append(0)
        if failing == nil { failing = [Int32](repeating: 0, count: size) }
        failing?[row] = mark(error == .tooWide ? .overflow : .wrongValue, error.message)
      }
    }
    return result(.decimals128(values, scale: scale), from: [input], failing: failing)
  }
}
