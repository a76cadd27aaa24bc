import Aggregation
import Planning

// What the keys of ingests, steps and exports say, for the reference and for the schema of pipeline files. A test holds
// them to what is read.

private func words<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type, first: Choice) -> [String] {
  [first.rawValue] + Choice.allCases.map(\.rawValue).filter { $0 != first.rawValue }
}

private enum FileIngest {
  static let keys = [
    KeyManual("path", "A path or a list of them, with globs; .gz and .zst are read as they are.", required: true),
    KeyManual("columns", "Names and types, or `{ type: …, header: …, missing: … }`.", required: true),
    KeyManual(
      "on_error", "What becomes of bad rows.", words: words(BadRowPolicy.self, first: .quarantine)),
    KeyManual(
      "undeclared", "What becomes of columns that nobody declared.",
      words: words(UndeclaredColumns.self, first: .ignore)),
    KeyManual("strict", "Whether cells that nobody reads are judged as well.", words: ["false", "true"]),
  ]
}

private let with = KeyManual("with", "Columns for inputs that are called otherwise: `{ input: column }`.")

extension CSVSourceDefinition {
  static let keys =
    FileIngest.keys + [
      KeyManual("delimiter", "One character, or tab; a comma unless said."),
      KeyManual("quote", "One character, or none."),
      KeyManual("header", "Whether the first row has the names.", words: ["true", "false"]),
    ]
}

extension JSONSourceDefinition {
  static let keys = FileIngest.keys + [KeyManual("rows", "The path to the rows in the document: `data.prices`.")]
}

extension NDJSONSourceDefinition {
  static let keys = FileIngest.keys
}

extension InlineSourceDefinition {
  static let keys = [
    KeyManual("columns", "Names and types.", required: true),
    KeyManual("rows", "A list of lists or of mappings.", required: true),
    KeyManual("on_error", "What becomes of bad rows.", words: words(BadRowPolicy.self, first: .fail)),
  ]
}

extension ScriptSourceDefinition {
  static let keys = [
    KeyManual("use", "The plugin's source.", required: true),
    KeyManual("path", "A path or a list of them, with globs; .gz and .zst are unpacked before.", required: true),
    KeyManual(
      "on_error", "What becomes of rows that it refuses.", words: words(BadRowPolicy.self, first: .quarantine)),
  ]
}

extension ScriptExport {
  static let keys = [
    KeyManual("from", "The stage.", required: true), KeyManual("path", "The file.", required: true),
    KeyManual("use", "The plugin's export.", required: true), with,
  ]
}

extension Fee {
  static let keys = [
    KeyManual("rule", "The fee rule.", required: true),
    KeyManual("as", "The name of the fee's column; the rule's own unless said."), with,
    KeyManual("terms", "A stage with terms that override the rule's: `{ from: client_terms, key: client_id }`."),
  ]
}

extension Join {
  static let keys = [
    KeyManual("with", "The other stage.", required: true),
    KeyManual("on", "A column of both, a list of them, or `{ column: other_column }`.", required: true),
    KeyManual("kind", "Which rows come out.", words: words(JoinTable.Kind.self, first: .inner)),
    KeyManual("expect", "How many partners a row may have.", words: words(Cardinality.self, first: .manyToMany)),
    KeyManual(
      "unmatched", "Of an inner join: what becomes of rows without a partner.",
      words: words(Unmatched.self, first: .drop)),
    KeyManual("prefix", "Before the names of the other stage's columns."),
  ]
}

extension AsOfJoin {
  static let keys = [
    KeyManual("with", "The other stage.", required: true),
    KeyManual("on", "Columns that are equal."),
    KeyManual("at", "The date or timestamp: a column of both, or `{ column: other_column }`.", required: true),
    KeyManual("direction", "The latest not after, or the earliest not before.", words: ["backward", "forward"]),
    KeyManual("tolerance", "How far away it may be: 31d."),
    KeyManual(
      "unmatched", "What becomes of rows without a partner.", words: words(Unmatched.self, first: .missing)),
    KeyManual("prefix", "Before the names of the other stage's columns."),
  ]
}

extension Aggregate {
  static let keys = [
    KeyManual("by", "The keys of a group: columns, or `{ name: expression }`."),
    KeyManual("grains", "Adds columns grain and period: `{ issued_on: [month, quarter, year] }`."),
    KeyManual("min_group", "Groups of fewer rows are withheld: `{ rows: 5, distinct: talent_id }`."),
    KeyManual("metrics", "A list of metrics, and of `{ name: expression over aggregates }`.", required: true),
  ]
}

extension Window {
  static let keys = [
    KeyManual("by", "Columns; each of their values is a window of its own."),
    KeyManual("order", "Columns, `-` before those that descend."),
    KeyManual("derive", "`{ name: expression over window functions }`.", required: true),
  ]
}

extension Fold {
  static let keys = [
    KeyManual("use", "The fold.", required: true), KeyManual("by", "The key whose rows are folded."),
    KeyManual("order", "Columns that tell the rows of a key apart.", required: true), with,
  ]
}

extension Transform {
  static let keys = [KeyManual("use", "The transform.", required: true), with]
}

extension PivotStep {
  static let keys = [
    KeyManual("by", "Columns that stay.", required: true),
    KeyManual("column", "The column whose values become columns.", required: true),
    KeyManual("value", "The column that fills them.", required: true),
    KeyManual("into", "The values that become columns.", required: true),
  ]
}

extension Unpivot {
  static let keys = [
    KeyManual("columns", "Columns that become rows.", required: true),
    KeyManual("name", "The new column with their names."), KeyManual("value", "The new column with their values."),
  ]
}

extension Dedupe {
  static let keys = [
    KeyManual("by", "Columns of which each combination stays once.", required: true),
    KeyManual("keep", "Which row stays.", words: words(KeptRow.self, first: .first)),
    KeyManual("order", "Columns, `-` before those that descend."),
  ]
}

extension Top {
  static let keys = [
    KeyManual("rows", "How many: an expression over parameters.", required: true),
    KeyManual("skip", "How many before them are left out."),
    KeyManual("order", "Columns, `-` before those that descend."),
  ]
}

extension Fill {
  static let keys = [
    KeyManual("column", "The column with the periods.", required: true),
    KeyManual("every", "The period.", words: words(Every.self, first: .month), required: true),
    KeyManual("span", "From the first to the last of its own, or of all.", words: words(Span.self, first: .own)),
    KeyManual("by", "Columns; each of their values is filled by itself."),
    KeyManual("how", "What new rows have: `{ gsv: zero }`; zero, previous, linear or nil."),
  ]
}

extension Allocate {
  static let keys = [
    KeyManual("total", "The column with what is shared out.", required: true),
    KeyManual("by", "Columns; rows with the same values share one total."),
    KeyManual("weight", "The column that it is shared by.", required: true),
    KeyManual("as", "The new column.", required: true), KeyManual("scale", "Its decimals; 2 unless said."),
    KeyManual("ties", "Columns that decide which of equal remainders gets the last unit."),
  ]
}
