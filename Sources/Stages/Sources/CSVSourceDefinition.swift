import Columns
import Diagnostics
import Formats
import Planning

/// `type: csv`: files of delimited text.
enum CSVSourceDefinition: SourceDefinition {
  static let name = "csv"
  static let summary = "Files of delimited text, by path or glob; .gz and .zst are read as they are."
  static let example = "invoices: { type: csv, path: data/invoices*.csv, columns: { invoice_id: int } }"

  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource? {
    var reader = SpecReader(ingest.node, subject: "ingest '\(ingest.name)'")
    _ = reader.node("type")
    let common = IngestOptions(&reader, ingest: ingest.name, &context)
    let delimiter = delimiter(&reader)
    var quote: UInt8? = UInt8(ascii: "\"")
    if let text = reader.node("quote")?.text {
      quote = text.text.isEmpty || text.text == "none" ? nil : text.text.utf8.first
    }
    let hasHeader = reader.bool("header", default: true)
    context.bag.report(contentsOf: reader.finish().diagnostics)
    guard let common, let delimiter else { return nil }
    let columns = common.columns
    let options = CSVOptions(
      delimiter: delimiter, quote: quote, header: hasHeader ? .present : .none(columns.map(\.headerName)),
      failsOnUndeclared: common.undeclared == .fail)
    let paths = common.paths
    return PlannedSource(
      name: ingest.name, span: ingest.nameSpan, schema: ColumnDeclarations.schema(columns), onError: common.onError,
      isStrict: common.isStrict, location: paths.joined(separator: ", ")
    ) { firstFile in
      try CSVSource.open(paths: paths, options: options, columns: columns, firstFile: firstFile)
    }
  }

  private static func delimiter(_ reader: inout SpecReader) -> UInt8? {
    guard let node = reader.node("delimiter") else { return UInt8(ascii: ",") }
    if let text = node.text?.text {
      if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
      if text.utf8.count == 1, let byte = text.utf8.first, byte != 10, byte != 13, byte != 34 { return byte }
    }
    reader.bag.report(.wrongValue, "'delimiter' is one ASCII character, or tab", at: node.span)
    return nil
  }
}

/// What becomes of columns of a file that nobody declared.
enum UndeclaredColumns: String, CaseIterable { case ignore, fail }

/// The keys that ingests from files share.
struct IngestOptions {
  var paths: [String]
  var columns: [ColumnReading]
  var onError: BadRowPolicy
  var undeclared: UndeclaredColumns
  var isStrict: Bool

  /// nil where a mistake was reported.
  init?(_ reader: inout SpecReader, ingest: String, _ context: inout PlanningContext) {
    onError = reader.choice("on_error", default: BadRowPolicy.quarantine)
    undeclared = reader.choice("undeclared", default: UndeclaredColumns.ignore)
    isStrict = reader.bool("strict", default: false)
    if reader.node("path") == nil { _ = reader.requiredNode("path") }
    let texts = reader.texts("path")
    let declared = reader.requiredNode("columns")
    paths = texts.compactMap { context.inputPath($0) }
    guard let declared, let columns = ColumnDeclarations.read(declared, of: ingest, &context),
      paths.count == texts.count,
      !paths.isEmpty
    else { return nil }
    self.columns = columns
  }
}
