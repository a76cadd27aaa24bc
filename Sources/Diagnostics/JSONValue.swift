/// A JSON document that Weir writes about itself: `run.json`, `--json`. Keys keep their order.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  /// Characters of a number, kept as they are.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: JSONValue
  }

  public static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member(key: $0.key, value: $0.value) })
  }

  public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// Indented by two spaces, with a newline at the end.
  public var text: String {
    var result = ""
    write(to: &result, indent: 0)
    return result + "\n"
  }

  private func write(to result: inout String, indent: Int) {
    switch self {
    case .null: result += "null"
    case .bool(let value): result += value ? "true" : "false"
    case .int(let value): result += String(value)
    case .number(let digits): result += digits
    case .string(let value): result += JSONValue.quoted(value)
    case .array(let values):
      JSONValue.writeList(values, open: "[", close: "]", to: &result, indent: indent) { value, result in
        value.write(to: &result, indent: indent + 2)
      }
    case .object(let members):
      JSONValue.writeList(members, open: "{", close: "}", to: &result, indent: indent) { member, result in
        result += JSONValue.quoted(member.key) + ": "
        member.value.write(to: &result, indent: indent + 2)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], open: String, close: String, to result: inout String, indent: Int,
    _ write: (Item, inout String) -> Void
  ) {
    guard !items.isEmpty else {
      result += open + close
      return
    }
    let margin = String(repeating: " ", count: indent + 2)
    result += open
    for (index, item) in items.enumerated() {
      result += (index == 0 ? "\n" : ",\n") + margin
      write(item, &result)
    }
    result += "\n" + String(repeating: " ", count: indent) + close
  }

  /// A JSON string literal (RFC 8259 section 7).
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
