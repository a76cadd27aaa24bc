/// A node of a document that a person wrote (YAML), which knows where it stands.
public struct DocumentNode: Sendable {
  public indirect enum Content: Sendable {
    case scalar(LocatedText, isPlain: Bool)
    case mapping([Entry])
    case sequence([DocumentNode])
  }

  public struct Entry: Sendable {
    public let key: String
    public let keySpan: SourceSpan
    public let value: DocumentNode

    public init(key: String, keySpan: SourceSpan, value: DocumentNode) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
    }
  }

  public let content: Content
  /// A scalar as written; the first character of a mapping or sequence.
  public let span: SourceSpan

  public init(_ content: Content, span: SourceSpan) {
    self.content = content
    self.span = span
  }

  /// What messages call it: `a mapping`.
  public var kind: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a value"
    case .mapping: "a mapping"
    case .sequence: "a list"
    }
  }

  /// The characters of a scalar.
  public var text: LocatedText? { if case .scalar(let text, _) = content { text } else { nil } }
  public var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }
  public var items: [DocumentNode]? { if case .sequence(let items) = content { items } else { nil } }

  /// Core schema: an empty plain scalar, `null` or `~`.
  public var isNull: Bool {
    if case .scalar(let text, isPlain: true) = content {
      ["", "~", "null", "Null", "NULL"].contains(text.text)
    } else {
      false
    }
  }

  /// Core schema: a plain `true` or `false`; `yes`, `no`, `on` and `off` are texts.
  public var bool: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    switch text.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// Core schema: a plain decimal integer.
  public var int: Int? {
    guard case .scalar(let text, isPlain: true) = content, text.text.utf8.allSatisfy({ $0 < 58 && $0 != 46 }) else {
      return nil
    }
    return Int(text.text)
  }

  public subscript(key: String) -> DocumentNode? { entries?.first { $0.key == key }?.value }
}
