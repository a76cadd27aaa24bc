import Columns
import Diagnostics
import Planning

/// `terms: { rate: 0.12, minimum: 150.00 USD }` of a fee rule's case: terms of one client, whose all given rows are.
///
/// They become a table of one row, and a column of the given rows that names it; a number may have its unit behind it.
struct PluginTestTerms {
  private let terms: DocumentNode

  /// The name of the table, and of the column that both sides have.
  private static let name = "terms"
  private static let key = "_terms_of"

  init(_ terms: DocumentNode) {
    self.terms = terms
  }

  /// The table as an inline ingest.
  var ingest: NamedNode {
    let entries = terms.entries ?? []
    let columns = [(Self.key, scalar("int"))] + entries.map { ($0.key, scalar(type(of: $0.value))) }
    let cells = [scalar("1")] + entries.map { scalar(words(of: $0.value).first ?? "", $0.value.span) }
    let rows = DocumentNode(
      .sequence([DocumentNode(.sequence(cells), span: terms.span)]), span: terms.span)
    return NamedNode(
      name: Self.name, nameSpan: terms.span,
      node: mapping([("type", scalar("inline")), ("columns", mapping(columns)), ("rows", rows)]))
  }

  /// The step that gives the rows the column.
  var keyStep: StepSpec {
    StepSpec(kind: "derive", kindSpan: terms.span, arguments: mapping([(Self.key, scalar("1"))]))
  }

  /// What the step `fee` takes.
  func arguments(of rule: DocumentNode) -> DocumentNode {
    mapping([("rule", rule), (Self.name, mapping([("from", scalar(Self.name)), ("key", scalar(Self.key))]))])
  }

  private func type(of value: DocumentNode) -> String {
    let words = words(of: value)
    guard let number = words.first.flatMap({ ExactDecimal($0) }) else {
      return words.first.flatMap { Scalar(parsing: $0, as: .date) } == nil ? "string" : "date"
    }
    return (["decimal(38,\(number.scale))"] + words.dropFirst()).joined(separator: " ")
  }

  private func words(of value: DocumentNode) -> [String] {
    value.text?.text.split(separator: " ").map(String.init) ?? []
  }

  private func scalar(_ value: String, _ span: SourceSpan? = nil) -> DocumentNode {
    let span = span ?? terms.span
    return DocumentNode(.scalar(LocatedText(value, at: span), isPlain: false), span: span)
  }

  private func mapping(_ entries: [(String, DocumentNode)]) -> DocumentNode {
    DocumentNode(
      .mapping(entries.map { DocumentNode.Entry(key: $0.0, keySpan: terms.span, value: $0.1) }), span: terms.span)
  }
}
