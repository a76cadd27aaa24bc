import Aggregation
import Columns
import Diagnostics
import Memory
import Planning

/// `join: { with: projects, on: project_id, kind: left, expect: many_to_one }`
enum Join: StepDefinition {
  static let name = "join"

  /// What becomes of a row of an inner join that has no partner.
  enum Unmatched: String, CaseIterable, Sendable { case drop, quarantine, fail }

  static let summary = "Joins rows of another stage by equal keys; says how many partners a row may have."
  static let example =
    "- join: { with: projects, on: { project_id: id }, kind: left, expect: many_to_one, prefix: project_ }"

  static func references(in arguments: DocumentNode) -> [LocatedText] {
    arguments["with"]?.text.map { [$0] } ?? []
  }

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "join")
    let with = reader.requiredText("with")
    let on = reader.requiredNode("on")
    let kind = reader.choice("kind", default: JoinTable.Kind.inner)
    let expect = reader.choice("expect", default: Cardinality.manyToMany)
    let unmatchedNode = reader.node("unmatched")
    let unmatched = reader.choice("unmatched", default: Unmatched.drop)
    let prefix = reader.text("prefix")?.text ?? ""
    context.report(reader.finish())
    if let unmatchedNode, kind != .inner {
      context.report(
        .wrongValue,
        "'unmatched' says what becomes of rows that an inner join drops, and this is a \(kind.rawValue) join",
        at: unmatchedNode.span, help: "write 'kind: inner', or leave 'unmatched' out")
    }
    guard let with, let on, let side = context.schema(of: with) else { return nil }
    guard let keys = JoinKeys.read(on, side: side, sideName: with, &context) else { return nil }
    let semi = kind == .semi || kind == .anti
    let carriedRight = semi ? [] : (0..<side.count).filter { !keys.right.contains($0) }
    var fields = context.input.fields
    if kind == .right || kind == .full {
      fields = fields.enumerated().map { index, field in
        keys.left.contains(index) && kind == .right
          ? field : Field(field.name, field.type.nullable(), provenance: field.provenance)
      }
    }
    var names = context.input.names
    var failed = false
    for column in carriedRight {
      let field = side[column]
      let name = prefix + field.name
      if names.contains(name) {
        context.report(
          .duplicateName, "both '\(context.stage)' and '\(with.text)' have a column '\(name)'", at: with.span,
          help: "give the other's columns a prefix: 'prefix: \(with.text)_'")
        failed = true
        continue
      }
      names.append(name)
      let nullable = kind == .left || kind == .full
      fields.append(
        Field(name, nullable ? field.type.nullable() : field.type, provenance: field.provenance))
    }
    if failed { return nil }
    let join = JoinSpec(
      side: with.text, leftKeys: keys.left, rightKeys: keys.right, kind: kind, expect: expect, unmatched: unmatched,
      rightColumns: carriedRight,
      keyNames: keys.left.map { context.input[$0].name }, leftTypes: keys.left.map { context.input[$0].type.data })
    let needsAll = kind == .right || kind == .full || expect.leftIsUnique
    let output = Schema(fields)
    return StepPlan(
      output: output,
      operation: needsAll ? .table(WholeJoin(spec: join, output: output)) : .rows(StreamedJoin(spec: join)),
      reads: Set(keys.left),
      carried: (kind == .right || kind == .full
        ? context.input.fields.map { _ in nil } : Array(0..<context.input.count))
        + carriedRight.map { _ in nil })
  }
}

/// What a join does, resolved.
struct JoinSpec: Sendable {
  var side: String
  var leftKeys: [Int]
  var rightKeys: [Int]
  var kind: JoinTable.Kind
  var expect: Cardinality
  var unmatched: Join.Unmatched
  /// Columns of the side that are joined on.
  var rightColumns: [Int]
  var keyNames: [String]
  var leftTypes: [DataType]
  /// Columns of the output that later steps look at; nil for all. The others are not gathered.
  var needed: Set<Int>?

  /// - Parameter label: the step, for messages.
  func build(_ side: Table, _ label: String) throws(RunFailure) -> JoinTable {
    let table = try JoinTable(build: side, keys: rightKeys)
    if expect.rightIsUnique, let breach = table.repeatedBuildKey(keys: rightKeys) {
      throw self.breach(breach, of: "'\(self.side)'", label)
    }
    return table
  }

  func breach(_ breach: CardinalityBreach, of place: String, _ label: String) -> RunFailure {
    let key = zip(keyNames, breach.key).map { "\($0) = \($1.text)" }.joined(separator: ", ")
    return RunFailure(
      .joinCardinality,
      "\(label): the join expects \(expect.rawValue), but \(breach.rowCount) rows of \(place) have \(key)",
      help:
        "remove the repeated rows with 'dedupe', or say 'expect: many_to_many' where rows may be counted more than once"
    )
  }

  /// A batch with the columns of its partners.
  func joined(_ batch: Batch, _ probe: JoinProbe, _ report: inout StepReport) throws(RunFailure) -> Batch {
    try joinedRows(batch, probe, &report).batch
  }

  /// The same, and which rows of the batch they are; nil for each once.
  func joinedRows(
    _ batch: Batch, _ probe: JoinProbe, _ report: inout StepReport
  ) throws(RunFailure) -> (batch: Batch, left: [Int32]?) {
    let pairs = probe.probe(batch, keys: leftKeys)
    let alone = unmatched == .drop ? [] : pairs.left.map { batch.rows(notAmong: $0) } ?? []
    for row in alone {
      let problem = RowProblem(
        row: row, code: .unmatchedRow, message: message(batch, row), isFatal: unmatched == .fail)
      try report.note(problem, in: batch)
    }
    if let left = pairs.left { report.count(joined: left, of: batch.count - alone.count) }
    var columns: [Column] = []
    for (index, column) in batch.columns.enumerated() {
      columns.append(isNeeded(index) ? pairs.left.map { column.gathered($0) } ?? column : .unread)
    }
    for (index, column) in rightColumns.enumerated() {
      guard isNeeded(batch.columns.count + index), let right = pairs.right else {
        columns.append(.unread)
        continue
      }
      columns.append(probe.table.rows.columns[column].gatheredOrMissing(right))
    }
    let rows = Batch(
      columns: columns, count: pairs.left?.count ?? batch.count, position: batch.position,
      origins: pairs.left.map { batch.origins?.gathered($0) } ?? batch.origins)
    return (rows, pairs.left)
  }

  private func isNeeded(_ column: Int) -> Bool { needed?.contains(column) ?? true }

  private func message(_ batch: Batch, _ row: Int32) -> String {
    let key = zip(keyNames, leftKeys).map { "\($0) = \(batch.columns[$1].scalar(Int(row)).text)" }
    return "nothing in '\(side)' has \(key.joined(separator: ", "))"
  }
}

/// A join batch by batch against a table that is complete.
struct StreamedJoin: RowOperation {
  let spec: JoinSpec

  var sides: [String] { [spec.side] }

  func narrowed(to needed: Set<Int>) -> any RowOperation {
    var narrow = spec
    narrow.needed = needed
    return StreamedJoin(spec: narrow)
  }

  func over(largeSides sides: [Table], output: Schema, _ memory: MemoryBudget) -> (any TableOperation)? {
    spec.fits(sides[0], memory) ? nil : WholeJoin(spec: spec, output: output)
  }

  func prepare(_ sides: [Table], _ report: inout StepReport) throws -> any PreparedRowOperation {
    Prepared(spec: spec, table: try spec.build(sides[0], report.label))
  }

  private struct Prepared: PreparedRowOperation {
    let spec: JoinSpec
    let table: JoinTable

    func makeWorker(_ context: WorkerContext) throws -> any RowWorker {
      Worker(spec: spec, probe: table.makeProbe(spec.kind))
    }
  }

  private final class Worker: RowWorker {
    let spec: JoinSpec
    let probe: JoinProbe

    init(spec: JoinSpec, probe: JoinProbe) {
      self.spec = spec
      self.probe = probe
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      try spec.joined(batch, probe, &report)
    }
  }
}

extension Batch {
  /// The rows that are not in a list of row numbers that ascends and may repeat.
  fileprivate func rows(notAmong listed: [Int32]) -> [Int32] {
    var found = [Bool](repeating: false, count: count)
    for row in listed { found[Int(row)] = true }
    return [Int32](rowsWhere: found.map { !$0 })
  }
}

extension StepReport {
  /// Counts what a join does to rows: those without a partner are filtered, partners beyond the first are added.
  mutating func count(joined left: [Int32], of rows: Int) {
    var distinct = 0
    var last: Int32 = -1
    for row in left where row != last {
      distinct += 1
      last = row
    }
    counts.filtered += rows - distinct
    counts.added += left.count - distinct
  }
}
