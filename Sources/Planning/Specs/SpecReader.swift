import Columns
import Diagnostics

/// Reads the keys of one mapping and reports every mistake: wrong kinds, missing keys and, at `finish`, keys that
/// nobody asked for.
public struct SpecReader: ~Copyable {
  private let entries: [DocumentNode.Entry]
  /// Whether it has keys at all: what is of another kind has one mistake, not one for each key that it lacks.
  private let hasKeys: Bool
  private var asked: Set<String> = []
  /// Keys that are not there and have to be, each with its place among the mistakes.
  private var missing: [String: Int] = [:]
  /// Where the mapping stands.
  public let span: SourceSpan
  /// What the mapping is, for messages: `step 'join'`.
  public let subject: String
  public var bag = DiagnosticBag()

  /// - Parameter shorthand: the key that a single value stands for where the mapping may be left out (`sort: month`
  ///   is `sort: { by: month }`).
  public init(_ node: DocumentNode, subject: String, shorthand: String? = nil) {
    span = node.span
    self.subject = subject
    hasKeys = node.entries != nil || shorthand != nil || node.isNull
    if let entries = node.entries {
      self.entries = entries
    } else if let shorthand {
      entries = [DocumentNode.Entry(key: shorthand, keySpan: node.span, value: node)]
    } else {
      entries = []
      if !node.isNull { bag.report(.wrongValue, "\(subject) takes keys and values, not \(node.kind)", at: node.span) }
    }
  }

  public var keys: [String] { entries.map(\.key) }

  /// Where a key stands; the mapping's place where it is not there.
  public func span(of key: String) -> SourceSpan { entries.first { $0.key == key }?.keySpan ?? span }

  public mutating func node(_ key: String) -> DocumentNode? {
    asked.insert(key)
    return entries.first { $0.key == key }?.value
  }

  public mutating func requiredNode(_ key: String) -> DocumentNode? {
    let found = node(key)
    if found == nil, hasKeys {
      missing[key] = bag.diagnostics.count
      bag.report(.missingKey, "\(subject) needs '\(key)'", at: span)
    }
    return found
  }

  public mutating func text(_ key: String) -> LocatedText? {
    guard let node = node(key) else { return nil }
    return text(of: node, key: key)
  }

  public mutating func requiredText(_ key: String) -> LocatedText? {
    guard let node = requiredNode(key) else { return nil }
    return text(of: node, key: key)
  }

  public mutating func text(of node: DocumentNode, key: String) -> LocatedText? {
    if let text = node.text, !node.isNull { return text }
    bag.report(.wrongValue, "'\(key)' of \(subject) takes a value, not \(node.kind)", at: node.span)
    return nil
  }

  public mutating func bool(_ key: String, default standard: Bool) -> Bool {
    guard let node = node(key) else { return standard }
    if let value = node.bool { return value }
    bag.report(.wrongValue, "'\(key)' of \(subject) is true or false", at: node.span)
    return standard
  }

  public mutating func int(_ key: String) -> Int? {
    guard let node = node(key) else { return nil }
    if let value = node.int { return value }
    bag.report(.wrongValue, "'\(key)' of \(subject) is a whole number", at: node.span)
    return nil
  }

  /// One of a closed set of words.
  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default standard: Choice)
    -> Choice
  {
    guard let text = text(key) else { return standard }
    if let value = Choice(rawValue: text.text) { return value }
    let words = Choice.allCases.map(\.rawValue)
    bag.report(
      .wrongValue, "'\(key)' of \(subject) is one of \(words.joined(separator: ", ")), not '\(text.text)'",
      at: text.span, help: suggestion(for: text.text, among: words))
    return standard
  }

  /// A value or a list of values.
  public mutating func texts(_ key: String) -> [LocatedText] {
    guard let node = node(key) else { return [] }
    if let items = node.items { return items.compactMap { text(of: $0, key: key) } }
    return text(of: node, key: key).map { [$0] } ?? []
  }

  /// The entries of a mapping under a key.
  public mutating func entries(_ key: String) -> [DocumentNode.Entry] {
    guard let node = node(key), !node.isNull else { return [] }
    if let entries = node.entries { return entries }
    bag.report(.wrongValue, "'\(key)' of \(subject) takes names and values, not \(node.kind)", at: node.span)
    return []
  }

  /// All entries, as names that the user chose.
  public mutating func allEntries() -> [DocumentNode.Entry] {
    for entry in entries { asked.insert(entry.key) }
    return entries
  }

  /// Reports the keys that nobody asked for and gives all that was wrong.
  public consuming func finish(known: [String] = []) -> DiagnosticBag {
    let names = asked.union(known)
    var said: Set<Int> = []
    for entry in entries where !asked.contains(entry.key) {
      // A misspelt key is one mistake, not two.
      for (key, place) in missing where suggestion(for: entry.key, among: [key]) != nil { said.insert(place) }
      bag.report(
        .unknownKey, "\(subject) has no key '\(entry.key)'", at: entry.keySpan,
        help: suggestion(for: entry.key, among: names)
          ?? (names.isEmpty ? nil : "it takes \(names.sorted().joined(separator: ", "))"))
    }
    if said.isEmpty { return bag }
    var once = DiagnosticBag()
    once.report(contentsOf: bag.diagnostics.enumerated().filter { !said.contains($0.offset) }.map(\.element))
    return once
  }
}
