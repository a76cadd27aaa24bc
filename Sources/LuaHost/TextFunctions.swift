import Columns

extension HostFunction {
  /// Texts, by characters as Unicode counts them in code points.
  static let textFunctions: [HostFunction] = [
    text("lower", "lower(s)", "All letters small.") { $0.lowercased() },
    text("upper", "upper(s)", "All letters capital.") { $0.uppercased() },
    text("trim", "trim(s)", "Without white space at both ends.") { text in
      var rest = Substring(text)
      while let first = rest.first, first.isWhitespace { rest.removeFirst() }
      while let last = rest.last, last.isWhitespace { rest.removeLast() }
      return String(rest)
    },
    HostFunction("len", "len(x)", "How many characters a text has, or elements a list.") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if let list = arguments[0].asArray { return .int(Int64(list.count)) }
      return arguments[0].isNil ? .nil : .int(Int64(try arguments.text(0).unicodeScalars.count))
    },
    HostFunction("sub", "sub(s, from, to = -1)", "The characters from one position to another; negative from the end.")
    {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let characters = Array(try arguments.text(0).unicodeScalars)
      func position(_ index: Int) -> Int { index < 0 ? characters.count + index + 1 : index }
      let from = max(position(try arguments.int(1)), 1)
      let to = min(position(try arguments.int(2, default: -1)), characters.count)
      guard from <= to else { return .string("") }
      var result = String.UnicodeScalarView()
      result.append(contentsOf: characters[(from - 1)..<to])
      return .string(String(result))
    },
    test("starts_with", "starts_with(s, start)", "Whether a text begins so.") { $0.starts(with: $1) },
    test("ends_with", "ends_with(s, end)", "Whether a text ends so.") { $0.suffix($1.count).elementsEqual($1) },
    HostFunction("contains", "contains(x, part)", "Whether a text holds another, or a list an element.") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      if let list = arguments[0].asArray { return .bool(list.contains { $0.isSame(as: arguments[1]) }) }
      let (text, part) = (Array(try arguments.text(0).utf8), Array(try arguments.text(1).utf8))
      return .bool(ByteSearch.first(part, in: text, from: 0) != nil)
    },
    HostFunction("replace", "replace(s, part, by)", "A text with every occurrence of a part replaced.") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let pieces = ByteSearch.split(Array(try arguments.text(0).utf8), by: Array(try arguments.text(1).utf8))
      return .string(
        String(decoding: Array(pieces.joined(separator: Array(try arguments.text(2).utf8))), as: UTF8.self))
    },
    HostFunction("split", "split(s, separator)", "The parts between separators.") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let pieces = ByteSearch.split(Array(try arguments.text(0).utf8), by: Array(try arguments.text(1).utf8))
      return .array(pieces.map { .string(String(decoding: $0, as: UTF8.self)) })
    },
    HostFunction("concat", "concat(…)", "Texts and numbers, one after the other; nil where one is nil.") {
      values throws(HostFunctionError) in
      var result = ""
      for (index, value) in values.enumerated() {
        switch value {
        case .nil: return .nil
        case .string(let text): result += text
        case .int(let number): result += String(number)
        case .decimal(let number): result += number.normalized.description
        case .date(let date): result += date.description
        case .timestamp(let instant): result += instant.description
        default: throw HostFunctionError("argument \(index + 1) is a \(value.typeName): write tostring(...)")
        }
      }
      return .string(result)
    },
  ]

  private static func text(
    _ name: String, _ signature: String, _ summary: String, _ change: @escaping @Sendable (String) -> String
  ) -> HostFunction {
    HostFunction(name, signature, summary) { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      return arguments[0].isNil ? .nil : .string(change(try arguments.text(0)))
    }
  }

  private static func test(
    _ name: String, _ signature: String, _ summary: String, _ holds: @escaping @Sendable ([UInt8], [UInt8]) -> Bool
  ) -> HostFunction {
    HostFunction(name, signature, summary) { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      return .bool(holds(Array(try arguments.text(0).utf8), Array(try arguments.text(1).utf8)))
    }
  }
}

/// Search by bytes, which for UTF-8 is search by characters.
enum ByteSearch {
  static func first(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    if part.isEmpty { return start }
    guard text.count >= part.count + start else { return nil }
    for position in start...(text.count - part.count) where text[position] == part[0] {
      if text[position..<(position + part.count)].elementsEqual(part) { return position }
    }
    return nil
  }

  /// The pieces between occurrences; the whole text where the separator is empty.
  static func split(_ text: [UInt8], by separator: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while !separator.isEmpty, let position = first(separator, in: text, from: start) {
      pieces.append(Array(text[start..<position]))
      start = position + separator.count
    }
    pieces.append(Array(text[start...]))
    return pieces
  }
}
