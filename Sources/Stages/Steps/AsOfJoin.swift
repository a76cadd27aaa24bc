import Aggregation
import Columns
import Diagnostics
import Planning

/// `asof_join: { with: prices, on: token, at: { paid_on: day }, direction: backward, tolerance: 31d, unmatched:
/// quarantine }`
enum AsOfJoin: StepDefinition {
  static let name = "asof_join"
  static let summary =
    "Joins the row of another stage that is in force on a date: equal keys, and the latest not after."
  static let example =
    "- asof_join: { with: prices, on: token, at: { paid_on: day }, tolerance: 31d, unmatched: quarantine }"

  /// What becomes of a row for which nothing is in force.
  enum Unmatched: String, CaseIterable, Sendable {
    case missing = "nil"
    case drop, quarantine, fail
  }

  static func references(in arguments: DocumentNode) -> [LocatedText] { arguments["with"]?.text.map { [$0] } ?? [] }

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "asof_join")
    let with = reader.requiredText("with")
    let on = reader.node("on")
    let at = reader.requiredNode("at")
    let direction = reader.choice("direction", default: AsOfTable.Direction.backward)
    let tolerance = reader.text("tolerance")
    let unmatched = reader.choice("unmatched", default: Unmatched.missing)
    let prefix = reader.text("prefix")?.text ?? ""
    context.report(reader.finish())
    guard let with, let at, let side = context.schema(of: with) else { return nil }
    var keys: (left: [Int], right: [Int]) = ([], [])
    if let on {
      guard let read = JoinKeys.read(on, side: side, sideName: with, &context) else { return nil }
      keys = read
    }
    guard let places = JoinKeys.read(at, side: side, sideName: with, &context) else { return nil }
    let type = context.input[places.left[0]].type.data
    guard places.left.count == 1, [.int, .date, .timestamp].contains(type) else {
      context.report(.typeMismatch, "'at' pairs one date, timestamp or int of each side", at: at.span)
      return nil
    }
    var distance: Int64?
    if let tolerance {
      distance = Self.distance(tolerance.text, type)
      if distance == nil {
        context.report(
          .wrongValue, "'tolerance' is a distance such as 31d (for timestamps also 12h, 30m, 10s)", at: tolerance.span)
      }
    }
    let carried = (0..<side.count).filter { !keys.right.contains($0) }
    var fields = context.input.fields
    var failed = false
    for column in carried {
      let field = side[column]
      guard context.checkNew(prefix + field.name, at: with.span, among: fields.map(\.name)) else {
        failed = true
        continue
      }
      let type = unmatched == .missing ? field.type.nullable() : field.type
      fields.append(Field(prefix + field.name, type, provenance: field.provenance))
    }
    if failed { return nil }
    return StepPlan(
      output: Schema(fields),
      operation: .rows(
        AsOfJoinOperation(
          side: with.text, keys: keys, places: (places.left[0], places.right[0]), columns: carried,
          direction: direction,
          tolerance: distance, toleranceText: tolerance?.text, unmatched: unmatched,
          keyNames: (keys.left + places.left).map { context.input[$0].name })),
      reads: Set(keys.left + places.left), carried: Array(0..<context.input.count) + carried.map { _ in nil })
  }

  /// Days for dates, microseconds for timestamps.
  private static func distance(_ text: String, _ type: DataType) -> Int64? {
    guard let unit = text.last, let number = Int64(text.dropLast()), number >= 0 else {
      return type == .int ? Int64(text) : nil
    }
    let seconds: Int64? =
      switch unit {
      case "d": 86_400
      case "h": 3_600
      case "m": 60
      case "s": 1
      default: nil
      }
    switch type {
    case .date: return unit == "d" ? number : nil
    case .timestamp: return seconds.map { $0 * number * 1_000_000 }
    default: return nil
    }
  }
}

/// Looks up each row in sorted runs of a table that is complete.
struct AsOfJoinOperation: RowOperation {
  let side: String
  let keys: (left: [Int], right: [Int])
  let places: (left: Int, right: Int)
  let columns: [Int]
  let direction: AsOfTable.Direction
  let tolerance: Int64?
  /// As the pipeline writes it, for messages.
  let toleranceText: String?
  let unmatched: AsOfJoin.Unmatched
  let keyNames: [String]
  /// Columns of the output that later steps look at; nil for all. The others are not gathered.
  var needed: Set<Int>?

  var sides: [String] { [side] }

  func narrowed(to needed: Set<Int>) -> any RowOperation {
    var narrow = self
    narrow.needed = needed
    return narrow
  }

  func prepare(_ sides: [Table], _ report: inout StepReport) throws -> any PreparedRowOperation {
    let table = try AsOfTable(
      build: sides[0], keys: keys.right, at: places.right, direction: direction, tolerance: tolerance)
    if let row = table.repeated {
      let columns = keys.right + [places.right]
      let key = columns.map { "\(sides[0].schema[$0].name) = \(table.rows.columns[$0].scalar(Int(row)).text)" }
      throw RunFailure(
        .joinCardinality, "\(report.label): two rows of '\(side)' have \(key.joined(separator: ", "))",
        help: "only one can be in force: aggregate or dedupe them before")
    }
    return Prepared(operation: self, table: table)
  }

  private struct Prepared: PreparedRowOperation {
    let operation: AsOfJoinOperation
    let table: AsOfTable

    func makeWorker(_ context: WorkerContext) throws -> any RowWorker {
      Worker(operation: operation, probe: table.makeProbe())
    }
  }

  private final class Worker: RowWorker {
    let operation: AsOfJoinOperation
    let probe: AsOfProbe

    init(operation: AsOfJoinOperation, probe: AsOfProbe) {
      self.operation = operation
      self.probe = probe
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      let matches = probe.probe(batch, keys: operation.keys.left, at: operation.places.left)
      let joined = operation.columns.enumerated().map { index, column in
        operation.needed?.contains(batch.columns.count + index) ?? true
          ? probe.table.rows.columns[column].gatheredOrMissing(matches) : .unread
      }
      let wide = Batch(
        columns: batch.columns + joined, count: batch.count, position: batch.position, origins: batch.origins)
      if !matches.contains(-1) { return wide }
      let missing = [Int32](rowsWhere: matches.map { $0 < 0 })
      switch operation.unmatched {
      case .missing: return wide
      case .drop:
        report.counts.filtered += missing.count
        return wide.gathered([Int32](rowsWhere: matches.map { $0 >= 0 }))
      case .quarantine, .fail:
        let isFatal = operation.unmatched == .fail
        return try report.quarantine(
          missing.map { RowProblem(row: $0, code: .unmatchedRow, message: message(batch, $0), isFatal: isFatal) },
          in: wide)
      }
    }

    private func message(_ batch: Batch, _ row: Int32) -> String {
      let columns = operation.keys.left + [operation.places.left]
      let key = zip(operation.keyNames, columns).map { "\($0) = \(batch.columns[$1].scalar(Int(row)).text)" }
      let within = operation.toleranceText.map { " within \($0)" } ?? ""
      return "nothing in '\(operation.side)' is in force for \(key.joined(separator: ", "))\(within)"
    }
  }
}
