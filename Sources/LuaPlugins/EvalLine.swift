import Columns
import Diagnostics

/// A command line that repeats one call of a script, as it can be pasted into a shell:
/// `weir eval --plugin Plugins/network network.client_fee --set 'amount: decimal(8,2) USD=10.50'`.
public struct EvalLine: Sendable {
  /// A value with the type that the script was given it in.
  public struct Input: Sendable {
    public var name: String
    public var type: ValueType
    public var value: Scalar

    public init(name: String, type: ValueType, value: Scalar) {
      self.name = name
      self.type = type
      self.value = value
    }

    /// `amount: decimal(8,2) USD=10.50`; without `=` where the value is missing.
    var text: String { "\(name): \(type)" + (value == .missing ? "" : "=\(value.written)") }
  }

  /// The plugin's folder.
  public var plugin: String
  /// Settings that the pipeline gives: name and text.
  public var settings: [(name: String, text: String)]
  /// What is called: `network.client_fee`.
  public var address: String
  public var inputs: [Input]
  /// The file that a source reads.
  public var file: String?
  /// Terms that a table gives instead of the rule's.
  public var terms: [Input]
  /// Limits that the pipeline lowers: `steps=1000`.
  public var limits: String?

  public init(
    plugin: String, settings: [(name: String, text: String)], address: String, inputs: [Input], file: String? = nil,
    terms: [Input] = [], limits: String? = nil
  ) {
    self.file = file
    self.limits = limits
    self.plugin = plugin
    self.settings = settings
    self.address = address
    self.inputs = inputs
    self.terms = terms
  }

  public var text: String {
    var words = ["weir", "eval", "--plugin", plugin]
    for setting in settings { words += ["--setting", "\(setting.name)=\(setting.text)"] }
    if let limits { words += ["--limits", limits] }
    words.append(address)
    if let file { words += ["--input", file] }
    for input in inputs { words += ["--set", input.text] }
    for term in terms { words += ["--term", term.text] }
    return words.map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell takes it: in single quotes where it has other than plain characters, and as `$'…'` where it has
  /// control characters, so that the line stays one line.
  static func quoted(_ word: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [UInt8](".,/_-=+:@%".utf8).contains(byte)
    }
    if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
    guard word.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
      return "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
    var result = "$'"
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "'": result += "\\'"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127:
        let octal = String(scalar.value, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }
}

extension Scalar {
  /// The value as `--set` reads it back. Lists are written `["a", "b"]`.
  public var written: String {
    switch self {
    case .list(let values): "[" + values.map(\.writtenInList).joined(separator: ", ") + "]"
    default: text
    }
  }

  private var writtenInList: String { if case .string(let text) = self { JSONValue.quoted(text) } else { written } }

  /// Reads a value of a type as `written` has it; nil where it is none.
  public init?(written text: String, as type: DataType) {
    guard case .list(let element) = type else {
      self.init(parsing: text, as: type)
      return
    }
    guard let parts = Self.elements(of: text) else { return nil }
    var values: [Scalar] = []
    for part in parts {
      guard let value = Scalar(written: part, as: element) else { return nil }
      values.append(value)
    }
    self = .list(values)
  }

  /// The texts between `[`, `,` and `]`, quotes and their escapes taken away.
  private static func elements(of text: String) -> [String]? {
    var rest = text.unicodeScalars[...]
    func skipSpaces() { rest = rest.drop { $0 == " " } }
    func take(_ wanted: Unicode.Scalar) -> Bool {
      skipSpaces()
      guard rest.first == wanted else { return false }
      rest.removeFirst()
      return true
    }
    guard take("[") else { return nil }
    var found: [String] = []
    while !take("]") {
      if !found.isEmpty, !take(",") { return nil }
      skipSpaces()
      var element = String.UnicodeScalarView()
      if take("\"") {
        while let scalar = rest.popFirst(), scalar != "\"" {
          if scalar != "\\" {
            element.append(scalar)
            continue
          }
          guard let mark = rest.popFirst() else { return nil }
          switch mark {
          case "n": element.append("\n")
          case "r": element.append("\r")
          case "t": element.append("\t")
          case "u":
            guard let code = UInt32(String(rest.prefix(4)), radix: 16), let value = Unicode.Scalar(code) else {
              return nil
            }
            rest = rest.dropFirst(4)
            element.append(value)
          default: element.append(mark)
          }
        }
      } else {
        while let scalar = rest.first, scalar != ",", scalar != "]" {
          element.append(scalar)
          rest.removeFirst()
        }
        if element.isEmpty { return nil }
      }
      found.append(String(element))
    }
    skipSpaces()
    return rest.isEmpty ? found : nil
  }
}
