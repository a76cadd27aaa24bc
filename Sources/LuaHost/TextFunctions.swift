import Columns

extension HostFunction {
  /// Texts are bytes, as Lua has them: letters are those of ASCII, positions count bytes.
  static let textFunctions: [HostFunction] = [
    text("lower") { $0.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 } },
    text("upper") { $0.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 } },
    text("trim") { text in
      func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
      guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
      else { return [] }
      return Array(text[first...last])
    },
    HostFunction("len") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      if let list = arguments[0].asArray { return .int(Int64(list.count)) }
      return .int(Int64(try arguments.text(0).utf8.count))
    },
    HostFunction("sub") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let bytes = Array(try arguments.text(0).utf8)
      func position(_ index: Int) -> Int { index < 0 ? bytes.count + index + 1 : index }
      let from = max(position(try arguments.int(1)), 1)
      let to = min(position(try arguments.int(2, default: -1)), bytes.count)
      guard from <= to else { return .string("") }
      guard let part = String(validating: bytes[(from - 1)..<to], as: UTF8.self) else {
        throw HostFunctionError("the text is cut inside a character")
      }
      return .string(part)
    },
    test("starts_with") { $0.starts(with: $1) },
    test("ends_with") { $0.suffix($1.count).elementsEqual($1) },
    HostFunction("contains") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      if let list = arguments[0].asArray { return .bool(list.contains { $0.isEqualByValue(to: arguments[1]) }) }
      return .bool(
        ByteSearch.first(Array(try arguments.text(1).utf8), in: Array(try arguments.text(0).utf8), from: 0) != nil)
    },
    HostFunction("replace") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let (text, by) = (Array(try arguments.text(0).utf8), Array(try arguments.text(2).utf8))
      let pieces = try ByteSearch.split(text, by: Array(try arguments.text(1).utf8))
      guard text.count + (pieces.count - 1) * by.count <= ByteSearch.longestText else {
        throw HostFunctionError("the text would have more than \(ByteSearch.longestText) bytes")
      }
      return .string(String(decoding: Array(pieces.joined(separator: by)), as: UTF8.self))
    },
    HostFunction("split") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let pieces = try ByteSearch.split(Array(try arguments.text(0).utf8), by: Array(try arguments.text(1).utf8))
      return .array(pieces.map { .string(String(decoding: $0, as: UTF8.self)) })
    },
    HostFunction("concat") {
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
    _ name: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> HostFunction {
    HostFunction(name) { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      return arguments[0].isNil
        ? .nil : .string(String(decoding: change(Array(try arguments.text(0).utf8)), as: UTF8.self))
    }
  }

  private static func test(
    _ name: String, _ holds: @escaping @Sendable ([UInt8], [UInt8]) -> Bool
  ) -> HostFunction {
    HostFunction(name) { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      return .bool(holds(Array(try arguments.text(0).utf8), Array(try arguments.text(1).utf8)))
    }
  }
}
