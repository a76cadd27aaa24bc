import Aggregation
import Columns
import Diagnostics
import Planning

/// `terms: { from: client_terms, key: client_id }`: a table of versions that override a rule's terms for some keys.
///
/// Its columns are the key, `valid_from` and `valid_to` (a version holds from the one up to, not including, the other;
/// both may be left out), and one for each term that it overrides; a missing cell leaves the rule's own.
struct FeeTerms: Sendable {
  let side: String
  /// Columns of the step's input and of the table.
  let keys: (left: [Int], right: [Int])
  /// Columns of the table.
  let columns: [Int]
  let fields: [Field]
  let validFrom: Int?
  let validTo: Int?
  /// The date of the step's input that decides; nil where versions have none.
  let date: Int?

  static func read(
    _ node: DocumentNode, _ rule: FeeRuleDefinition, _ inputs: [Int], _ context: inout StepContext
  ) -> FeeTerms? {
    var reader = SpecReader(node, subject: "'terms' of fee")
    let from = reader.requiredText("from")
    let key = reader.requiredNode("key")
    context.report(reader.finish())
    guard let from, let key, let side = context.schema(of: from),
      let keys = JoinKeys.read(key, side: side, sideName: from, &context)
    else { return nil }
    var failed = false
    for place in keys.right where side[place].type.isNullable {
      context.report(
        .maybeNil, "'\(side[place].name)' of '\(from.text)' may be nil, and terms belong to somebody", at: key.span)
      failed = true
    }
    var columns: [Int] = []
    for place in side.fields.indices where !keys.right.contains(place) {
      let name = side[place].name
      if name == "valid_from" || name == "valid_to" {
        guard side[place].type.data == .date else {
          context.report(.typeMismatch, "'\(name)' of '\(from.text)' is \(side[place].type), not a date", at: from.span)
          failed = true
          continue
        }
      } else if rule.terms.contains(name) {
        columns.append(place)
        let type = side[place].type
        let isLimit = name == "minimum" || name == "maximum"
        if isLimit, !type.data.isNumeric || type.unit != rule.unit {
          context.report(
            type.data.isNumeric ? .unitMismatch : .typeMismatch,
            "'\(name)' of '\(from.text)' is \(type), and the fee of '\(rule.name)' is decimal \(rule.unit)",
            at: from.span)
          failed = true
        }
      } else {
        context.report(
          .unknownColumn, "'\(name)' of '\(from.text)' is no term of '\(rule.name)'", at: from.span,
          help: suggestion(for: name, among: rule.terms)
            ?? "its terms are \(rule.terms.joined(separator: ", ")); leave other columns out with 'select'")
        failed = true
      }
    }
    if columns.isEmpty, !failed {
      context.report(
        .missingKey, "'\(from.text)' overrides no term of '\(rule.name)'", at: from.span,
        help: "its terms are \(rule.terms.joined(separator: ", "))")
      failed = true
    }
    let validFrom = side.index(of: "valid_from")
    let validTo = side.index(of: "valid_to")
    let date = rule.pricedBy.flatMap { name in rule.inputs.firstIndex { $0.name == name } }.map { inputs[$0] }
    if date == nil, validFrom != nil || validTo != nil {
      context.report(
        .invalidRule, "'\(from.text)' has dates, and '\(rule.name)' is not priced by a date", at: from.span,
        help: "give the rule 'priced_by', or select the dates away")
      failed = true
    }
    if failed { return nil }
    return FeeTerms(
      side: from.text, keys: keys, columns: columns, fields: columns.map { side[$0] }, validFrom: validFrom,
      validTo: validTo, date: date)
  }
}

/// A table of terms that is complete, its versions checked.
struct PreparedTerms: Sendable {
  let terms: FeeTerms
  let table: AsOfTable
  /// The day on which each row's version ends.
  let ends: [Int32]
  /// What the version column says for each row.
  let labels: [String]

  private static let always = Int32.min

  /// - Throws: `.versionOverlap` where two versions of one key hold on the same day, `.wrongValue` where one ends before
  ///   it begins.
  init(_ terms: FeeTerms, _ side: Table, label: String) throws(RunFailure) {
    let rows = try side.concatenated()
    let starts = Self.days(terms.validFrom, rows, Self.always)
    let ends = Self.days(terms.validTo, rows, Int32.max)
    var schema = side.schema
    schema.append(Field("\(terms.side) from", ValueType(.date)))
    let dated = Batch(columns: rows.columns + [Column(.dates(starts))], count: rows.count)
    self.terms = terms
    self.ends = ends
    labels = starts.map { $0 == Self.always ? "\(terms.side) always" : "\(terms.side) \(CalendarDate(days: $0))" }
    table = try AsOfTable(
      build: Table(schema: schema, batches: [dated]), keys: terms.keys.right, at: schema.count - 1, direction: .backward
    )
    let types = terms.keys.right.map { side.schema[$0].type.data }
    let partitions = Partitions(
      of: dated, by: terms.keys.right, types: types, order: [SortKey(column: schema.count - 1, descending: false)])
    func key(_ row: Int) -> String {
      terms.keys.right.map { "\(side.schema[$0].name) = \(rows.columns[$0].scalar(row).text)" }.joined(separator: ", ")
    }
    let limits = ["minimum", "maximum"].compactMap { name in terms.columns.first { side.schema[$0].name == name } }
    if limits.count == 2 {
      let (minimum, maximum) = (rows.columns[limits[0]], rows.columns[limits[1]])
      for row in 0..<rows.count {
        guard let least = Self.number(minimum.scalar(row)), let most = Self.number(maximum.scalar(row)), least > most
        else { continue }
        throw RunFailure(
          .wrongValue, "\(label): the terms of \(key(row)) have a minimum of \(least) and a maximum of \(most)",
          help: "no fee lies between them: the minimum is the smaller")
      }
    }
    var place = 0
    for end in partitions.ends {
      while place < end {
        let row = Int(partitions.rows[place])
        if ends[row] <= starts[row] {
          throw RunFailure(
            .wrongValue,
            "\(label): the terms of \(key(row)) end on \(CalendarDate(days: ends[row])), before they begin in \(labels[row])"
          )
        }
        place += 1
        guard place < end else { break }
        let next = Int(partitions.rows[place])
        if ends[row] > starts[next] {
          throw RunFailure(
            .versionOverlap, "\(label): the terms of \(key(row)) overlap: \(labels[row]) and \(labels[next])",
            help: "end the earlier with valid_to; a version holds up to, not including, that day")
        }
      }
    }
  }

  private static func number(_ scalar: Scalar) -> ExactDecimal? {
    switch scalar {
    case .decimal(let value): value
    case .int(let value): ExactDecimal(value)
    default: nil
    }
  }

  private static func days(_ column: Int?, _ rows: Batch, _ missing: Int32) -> [Int32] {
    guard let column, case .dates(let days) = rows.columns[column].values else {
      return [Int32](repeating: missing, count: rows.count)
    }
    return days.indices.map { rows.columns[column].isPresent($0) ? days[$0] : missing }
  }

  func makeProbe() -> TermsProbe { TermsProbe(self) }
}

/// One worker's look-ups in a table of terms.
final class TermsProbe {
  private let prepared: PreparedTerms
  private let probe: AsOfProbe
  private let dictionary = TextDictionary()
  private let labels: [UInt32]

  init(_ prepared: PreparedTerms) {
    self.prepared = prepared
    probe = prepared.table.makeProbe()
    let dictionary = dictionary
    labels = prepared.labels.map { dictionary.code(for: $0) }
  }

  /// For each row of a batch the row of the terms in force (-1 for none), and what the bound rule takes: the terms'
  /// columns and that number.
  func find(_ batch: Batch) -> (rows: [Int32], columns: [Column]) {
    let terms = prepared.terms
    var dated = batch
    let date = terms.date ?? batch.columns.count
    if terms.date == nil { dated.columns.append(Column(.dates([Int32](repeating: 0, count: batch.count)))) }
    var rows = probe.probe(dated, keys: terms.keys.left, at: date)
    if case .dates(let days) = dated.columns[date].values {
      for row in rows.indices where rows[row] >= 0 && days[row] >= prepared.ends[Int(rows[row])] { rows[row] = -1 }
    }
    let columns = terms.columns.map { prepared.table.rows.columns[$0].gatheredOrMissing(rows) }
    return (rows, terms.columns.isEmpty ? [] : columns + [Column(.ints(rows.map { Int64($0) }))])
  }

  /// The version column: the terms' where there are some, else what the rule says.
  func versions(_ own: Column, _ rows: [Int32]) -> Column {
    guard case .texts(.coded(let codes, _)) = own.values else { return own }
    var known: [UInt32: UInt32] = [:]
    return Column(
      .texts(
        .coded(
          rows.indices.map { row in
            if rows[row] >= 0 { return labels[Int(rows[row])] }
            if let code = known[codes[row]] { return code }
            let code = dictionary.code(for: own.scalar(row).text)
            known[codes[row]] = code
            return code
          }, dictionary)), present: own.present)
  }
}
