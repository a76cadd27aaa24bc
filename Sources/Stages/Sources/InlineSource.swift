import Columns
import Diagnostics
import Formats
import Planning

/// `type: inline`: rows that stand in the pipeline file.
enum InlineSourceDefinition: SourceDefinition {
  static let name = "inline"
  static let summary = "Rows that stand in the pipeline file, as lists of cells or as maps."
  static let example =
    "tiers: { type: inline, columns: { from: int, rate: \"decimal(4,2)\" }, rows: [[0, 0.15], [10000, 0.08]] }"

  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource? {
    var reader = SpecReader(ingest.node, subject: "ingest '\(ingest.name)'")
    _ = reader.node("type")
    let onError = reader.choice("on_error", default: BadRowPolicy.fail)
    let declared = reader.requiredNode("columns")
    let rowsNode = reader.requiredNode("rows")
    context.bag.report(contentsOf: reader.finish().diagnostics)
    guard let declared, let columns = ColumnDeclarations.read(declared, of: ingest.name, &context), let rowsNode
    else { return nil }
    var rows: [[Scalar]] = []
    for item in rowsNode.items ?? [] {
      if let row = row(item, columns, &context) { rows.append(row) }
    }
    if rowsNode.items == nil {
      context.bag.report(.wrongValue, "'rows' of ingest '\(ingest.name)' is a list of rows", at: rowsNode.span)
    }
    let table = columns.indices.map { column in Column(rows.map { $0[column] }, of: columns[column].type.data) }
    let source = InlineSource(
      columns: table, count: rows.count, names: columns.map(\.name), path: context.spec.file.path)
    return PlannedSource(
      name: ingest.name, span: ingest.nameSpan, schema: ColumnDeclarations.schema(columns), onError: onError,
      isStrict: false, location: "in the pipeline"
    ) { firstFile in
      var source = source
      source.firstFile = firstFile
      return source
    }
  }

  private static func row(
    _ node: DocumentNode, _ columns: [ColumnReading], _ context: inout PlanningContext
  ) -> [Scalar]? {
    var cells: [DocumentNode?]
    if let items = node.items {
      guard items.count == columns.count else {
        context.bag.report(
          .rowShape, "the row has \(items.count) cells for \(columns.count) columns", at: node.span)
        return nil
      }
      cells = items
    } else if let entries = node.entries {
      for entry in entries where !columns.contains(where: { $0.name == entry.key }) {
        context.bag.report(
          .unknownColumn, "no column '\(entry.key)' is declared", at: entry.keySpan,
          help: suggestion(for: entry.key, among: columns.map(\.name)))
      }
      cells = columns.map { node[$0.name] }
    } else {
      context.bag.report(.wrongValue, "a row is a list of cells or a map of names to cells", at: node.span)
      return nil
    }
    var scalars: [Scalar] = []
    for (cell, column) in zip(cells, columns) {
      guard let scalar = scalar(cell, column, at: node.span, &context) else { return nil }
      scalars.append(scalar)
    }
    return scalars
  }

  private static func scalar(
    _ cell: DocumentNode?, _ column: ColumnReading, at row: SourceSpan, _ context: inout PlanningContext
  ) -> Scalar? {
    guard let cell, !cell.isNull else {
      if column.type.isNullable { return .missing }
      context.bag.report(
        .missingValue, "the row has no '\(column.name)', whose type has no '?'", at: cell?.span ?? row)
      return nil
    }
    if case .list(let element) = column.type.data, let items = cell.items {
      let elements = items.compactMap { $0.text.flatMap { Scalar(parsing: $0.text, as: element) } }
      if elements.count == items.count { return .list(elements) }
    } else if case .list(let element) = column.type.data, let split = column.split, let text = cell.text {
      let elements = text.text.components(separatedBy: split).compactMap { Scalar(parsing: $0, as: element) }
      if elements.count == text.text.components(separatedBy: split).count { return .list(elements) }
    } else if let text = cell.text, let scalar = Scalar(parsing: text.text, as: column.type.data) {
      return scalar
    }
    context.bag.report(
      .badCell, "'\(cell.text?.text ?? cell.kind)' is no \(column.type.data), which column '\(column.name)' is",
      at: cell.span)
    return nil
  }
}

/// Rows held in memory, as one block after the other.
struct InlineSource: RowSource {
  let columns: [Column]
  let count: Int
  let names: [String]
  let path: String
  var firstFile = 0

  var splits: [ScanSplit] { count == 0 ? [] : [ScanSplit(index: 0, file: firstFile, range: 0..<count)] }
  var byteCount: Int { 0 }

  func makeReader(_ split: ScanSplit) throws -> any RowReader { Reader(self) }
  func inputs() -> [InputSummary] { [] }
  func originalHeader(file: Int) -> [String] { names }

  func originalRows(file: Int, at offsets: [Int]) throws -> [OriginalRow] {
    offsets.map { row in OriginalRow(line: row + 1, cells: columns.map { $0.scalar(row).text }) }
  }

  private final class Reader: RowReader {
    private let source: InlineSource
    private var nextRow = 0

    init(_ source: InlineSource) { self.source = source }

    func next() throws -> (any RowBlock)? {
      guard nextRow < source.count else { return nil }
      let range = nextRow..<min(nextRow + rowsPerBlock, source.count)
      nextRow = range.upperBound
      return Block(source, range, number: range.lowerBound / rowsPerBlock)
    }
  }

  private final class Block: RowBlock {
    private let source: InlineSource
    private let range: Range<Int>
    let position: Batch.Position

    init(_ source: InlineSource, _ range: Range<Int>, number: Int) {
      self.source = source
      self.range = range
      position = Batch.Position(split: 0, batch: number)
    }

    var count: Int { range.count }
    var structuralFailures: [CellFailure] { [] }
    var usableRows: [Int32]? { nil }

    func column(_ index: Int, rows: [Int32]?) -> (column: Column, failures: [CellFailure]) {
      (source.columns[index].gathered(places(rows)), [])
    }

    func origins(rows: [Int32]?) -> [RowOrigin] {
      places(rows).map { RowOrigin(file: source.firstFile, byte: Int($0)) }
    }

    private func places(_ rows: [Int32]?) -> [Int32] {
      let start = Int32(range.lowerBound)
      return rows?.map { $0 + start } ?? range.map { Int32($0) }
    }
  }
}

extension String {
  /// The parts between occurrences of a text; none where the whole is empty.
  fileprivate func components(separatedBy separator: String) -> [String] {
    isEmpty ? [] : split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
