import Diagnostics

/// Why a type could not be read, in the user's words.
public struct TypeSyntaxError: Error, Sendable, Equatable {
  public enum Kind: Sendable { case unknownType, unknownUnit, wrongValue }
  public var kind: Kind
  public var message: String
  /// What the user wrote where a known name was expected.
  public var name: String?

  public init(_ kind: Kind, _ message: String, name: String? = nil) {
    self.kind = kind
    self.message = message
    self.name = name
  }
}

extension ValueType {
  public static let typeNames = ["bool", "int", "float", "decimal", "string", "date", "timestamp", "list"]

  /// Reads a type as pipelines and plugins write it: `int?`, `decimal(8,2) USD`, `decimal USD` (38 digits,
  /// `defaultScale` decimals), `list<string>`.
  ///
  /// `?` stands after the type or after the unit. Plugins leave precision out (`"decimal USD"`): then `defaultScale`
  /// applies, nil where the
  /// precision has to be written.
  public init(parsing text: String, defaultScale: Int? = nil) throws(TypeSyntaxError) {
    var rest = Substring(text.trimmingSpaces())
    var isNullable = false
    if rest.last == "?" {
      isNullable = true
      rest.removeLast()
    }
    let head = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    rest = rest.dropFirst(head.count)
    var data: DataType
    switch head {
    case "bool": data = .bool
    case "int": data = .int
    case "float": data = .float
    case "string": data = .string
    case "date": data = .date
    case "timestamp": data = .timestamp
    case "decimal":
      if rest.first == "(" {
        guard let close = rest.firstIndex(of: ")") else {
          throw TypeSyntaxError(.wrongValue, "'\(text)' lacks a closing ')'")
        }
        let parts = rest[rest.index(after: rest.startIndex)..<close].split(
          separator: ",", omittingEmptySubsequences: false)
        rest = rest[rest.index(after: close)...]
        guard parts.count == 2, let precision = Int(parts[0].trimmingSpaces()),
          let scale = Int(parts[1].trimmingSpaces())
        else {
          throw TypeSyntaxError(.wrongValue, "decimal takes a precision and a scale: decimal(18,2)")
        }
        guard (1...DataType.maximumPrecision).contains(precision), (0...precision).contains(scale) else {
          throw TypeSyntaxError(
            .wrongValue, "decimal(\(precision),\(scale)): precision is 1 to 38, and scale 0 to the precision")
        }
        data = .decimal(precision: precision, scale: scale)
      } else if let defaultScale {
        data = .decimal(scale: defaultScale)
      } else {
        throw TypeSyntaxError(.wrongValue, "decimal takes a precision and a scale: decimal(18,2)")
      }
    case "list":
      guard rest.first == "<", let close = rest.lastIndex(of: ">") else {
        throw TypeSyntaxError(.wrongValue, "list takes the type of its elements: list<string>")
      }
      let element = try ValueType(
        parsing: String(rest[rest.index(after: rest.startIndex)..<close]), defaultScale: defaultScale)
      guard element.unit == .none, !element.isNullable else {
        throw TypeSyntaxError(.wrongValue, "a list's elements have no unit and are never missing")
      }
      if case .list = element.data { throw TypeSyntaxError(.wrongValue, "a list of lists is not supported") }
      data = .list(element.data)
      rest = rest[rest.index(after: close)...]
    default:
      throw TypeSyntaxError(.unknownType, "no type '\(head.isEmpty ? Substring(text) : head)'", name: String(head))
    }
    if rest.first == "?" {
      isNullable = true
      rest.removeFirst()
    }
    let unitText = rest.trimmingSpaces()
    var unit = Unit.none
    if !unitText.isEmpty {
      guard data.isNumeric else { throw TypeSyntaxError(.wrongValue, "a \(data) has no unit") }
      guard let parsed = Unit(parsing: unitText) else {
        throw TypeSyntaxError(.unknownUnit, "'\(unitText)' is not a unit", name: unitText)
      }
      unit = parsed
    }
    self.init(data, unit: unit, isNullable: isNullable)
  }
}

extension DiagnosticBag {
  /// A type that could not be read.
  public mutating func report(_ error: TypeSyntaxError, at span: SourceSpan) {
    switch error.kind {
    case .unknownType:
      report(
        .unknownType, error.message, at: span,
        help: suggestion(for: error.name ?? "", among: ValueType.typeNames)
          ?? "types are \(ValueType.typeNames.joined(separator: ", "))")
    case .unknownUnit: report(.unknownUnit, error.message, at: span)
    case .wrongValue: report(.wrongValue, error.message, at: span)
    }
  }
}
