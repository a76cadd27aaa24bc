import Aggregation
import Columns
import Diagnostics
import Expressions
import Memory
import Planning

/// `not_null: [client_fee]`
enum NotNull: CheckDefinition {
  static let name = "not_null"
  static let summary = "Columns have a value in every row."
  static let example = "- { from: billed, not_null: [client_fee] }"

  static func plan(_ argument: DocumentNode, reader: inout SpecReader, _ context: inout StepContext) -> PlannedCheck? {
    let columns = context.columns(argument, of: "not_null")
    let names = columns.map { context.input[$0].name }
    let operation = CountingCheck(columns: columns) { columns in
      var count = 0
      var first: Int?
      for row in 0..<(columns.first?.count ?? 0) where !columns.allSatisfy({ $0.isPresent(row) }) {
        count += 1
        if first == nil { first = row }
      }
      return (count, first)
    }
    return CountingCheck.check(
      "not_null: \(names.joined(separator: ", ")) of '\(context.stage)'", at: argument.span, stage: context.stage,
      operation: operation, names: names
    ) { count, example in "\(count) rows lack a value, the first with \(example)" }
  }
}

/// `assert: client_fee >= 0 and client_fee <= amount`
enum Assert: CheckDefinition {
  static let name = "assert"
  static let summary = "A condition is true in every row."
  static let example = "- { from: billed, assert: client_fee >= 0, show: [invoice_id] }"

  static func plan(_ argument: DocumentNode, reader: inout SpecReader, _ context: inout StepContext) -> PlannedCheck? {
    let shown = reader.node("show").map { context.columns($0, of: "'show' of assert") } ?? []
    guard let text = context.expression(argument, of: "assert") else { return nil }
    var builder = ProgramBuilder(scope: context.scope(context.input))
    let output = builder.add(text)
    context.report(builder.diagnostics)
    guard let output, !builder.diagnostics.hasErrors else { return nil }
    guard output.type.data == .bool else {
      context.report(
        .typeMismatch, "assert wants a condition that is true or false, and this is \(output.type)", at: text.span)
      return nil
    }
    let program = builder.build()
    let columns = shown + program.inputColumns.filter { !shown.contains($0) }
    let width = context.input.count
    let operation = CountingCheck(columns: columns, program: program, width: width)
    return CountingCheck.check(
      "assert: \(text.text)", at: text.span, stage: context.stage, operation: operation,
      names: columns.map { context.input[$0].name }
    ) { count, example in "does not hold in \(count) \(count == 1 ? "row" : "rows"), the first with \(example)" }
  }
}

/// Counts the rows that fail a condition and keeps the first of them.
struct CountingCheck: AggregateOperation {
  let columns: [Int]
  let count: @Sendable ([Column], WorkerContext) throws -> (count: Int, first: Int?)

  init(columns: [Int], _ count: @escaping @Sendable ([Column]) -> (count: Int, first: Int?)) {
    self.columns = columns
    self.count = { columns, _ in count(columns) }
  }

  /// Rows for which the program's condition is not true, or cannot be computed.
  init(columns: [Int], program: Program, width: Int) {
    self.columns = columns
    count = { values, context in
      var all = [Column](repeating: .unread, count: width)
      for (column, value) in zip(columns, values) { all[column] = value }
      let rows = values.first?.count ?? 0
      let mask = try program.evaluateMask(all, count: rows, worker: context.programs).mask
      return (mask.count { !$0 }, mask.firstIndex(of: false))
    }
  }

  func makePartial(_ context: WorkerContext) throws -> any AggregatePartial { Partial(self, context) }

  private final class Partial: PortablePartial {
    private let check: CountingCheck
    private let context: WorkerContext
    private var count = 0
    private var first: (key: Int128, values: [String])?

    init(_ check: CountingCheck, _ context: WorkerContext) {
      self.check = check
      self.context = context
    }

    func add(_ batch: Batch, _ report: inout StepReport) throws {
      let columns = check.columns.map { batch.columns[$0] }
      let (count, row) = try check.count(columns, context)
      self.count += count
      if let row {
        let key = batch.position.key(ofRow: row)
        if first == nil || key < first!.key { first = (key, columns.map { $0.scalar(row).text }) }
      }
    }

    func absorb(_ other: any AggregatePartial) throws {
      guard let other = other as? Partial else { preconditionFailure("partials of one check") }
      count += other.count
      if let theirs = other.first, first == nil || theirs.key < first!.key { first = theirs }
    }

    func encode() throws -> [UInt8] {
      var writer = StateWriter()
      writer.put(UInt64(count))
      writer.put(first.map { [$0.key] } ?? [])
      for value in first?.values ?? [] { writer.put(value) }
      return writer.bytes
    }

    func absorb(encoded bytes: [UInt8]) throws {
      var reader = StateReader(bytes[...])
      let other = Partial(check, context)
      other.count = Int(try reader.integer(UInt64.self) & UInt64(Int.max))
      if let key = try reader.array(Int128.self).first {
        other.first = (key, [])
        while !reader.isAtEnd { other.first!.values.append(try reader.text()) }
      }
      try absorb(other)
    }

    func finish(_ report: inout StepReport) throws -> Table {
      let example = first?.values ?? []
      return Table(
        schema: Schema([Field("count", ValueType(.int)), Field("example", ValueType(.list(.string)))]),
        batches: [
          Batch(
            columns: [
              Column([.int(Int64(count))], of: .int),
              Column([.list(example.map { .string($0) })], of: .list(.string)),
            ], count: 1)
        ])
    }
  }

  /// A check that holds where nothing is counted.
  static func check(
    _ label: String, at span: SourceSpan, stage: String, operation: CountingCheck, names: [String],
    message: @escaping @Sendable (Int, String) -> String
  ) -> PlannedCheck {
    PlannedCheck(
      label: label, span: span,
      inputs: [PlannedCheck.Input(stage: stage, operation: operation, reads: Set(operation.columns))]
    ) { tables in
      let row = try tables[0].batches[0].columns
      guard case .int(let count) = row[0].scalar(0), count > 0, case .list(let values) = row[1].scalar(0) else {
        return CheckOutcome(passed: true, message: "holds")
      }
      let example = zip(names, values).map { "\($0) = \($1.text)" }.joined(separator: ", ")
      return CheckOutcome(passed: false, message: message(Int(count), example))
    }
  }
}

/// `unique: [invoice_id]`
enum Unique: CheckDefinition {
  static let name = "unique"
  static let summary = "No two rows have the same values in columns."
  static let example = "- { from: billed, unique: [invoice_id] }"

  static func plan(_ argument: DocumentNode, reader: inout SpecReader, _ context: inout StepContext) -> PlannedCheck? {
    let columns = context.columns(argument, of: "unique")
    guard !columns.isEmpty else { return nil }
    let fields = columns.map { context.input[$0] }
    return PlannedCheck(
      label: "unique: \(fields.map(\.name).joined(separator: ", ")) of '\(context.stage)'", at: argument.span,
      inputs: [
        PlannedCheck.Input(
          stage: context.stage, operation: RepeatedRows(columns: columns, fields: fields), reads: Set(columns))
      ]
    ) { tables in
      let table = tables[0]
      guard table.rowCount > 0, let batch = try table.parts.first?.batch else {
        return CheckOutcome(passed: true, message: "holds")
      }
      let key = zip(fields, batch.columns).map { "\($0.name) = \($1.scalar(0).text)" }.joined(separator: ", ")
      let count = batch.columns[fields.count].scalar(0).text
      let more = table.rowCount > 1 ? ", and \(table.rowCount - 1) more keys repeat" : ""
      return CheckOutcome(passed: false, message: "\(count) rows have \(key)\(more)")
    }
  }
}

extension PlannedCheck {
  init(
    label: String, at span: SourceSpan, inputs: [Input], conclude: @escaping @Sendable ([Table]) throws -> CheckOutcome
  ) {
    self.init(label: label, span: span, inputs: inputs, conclude: conclude)
  }
}

/// The keys that stand in more than one row, with their counts, by first appearance.
struct RepeatedRows: AggregateOperation {
  let columns: [Int]
  let fields: [Field]

  private var layout: GroupLayout {
    guard let count = try? Count(resolving: []) else { preconditionFailure("count takes no argument") }
    return GroupLayout(keyTypes: fields.map(\.type.data), valueTypes: [], reductions: [count], arguments: [[]])
  }

  func makePartial(_ context: WorkerContext) throws -> any AggregatePartial {
    Partial(self, GroupStore(layout, budget: context.memory))
  }

  func finish(_ partials: [any AggregatePartial], _ request: FinishRequest, _ report: inout StepReport) throws
    -> FinishedAggregate
  {
    let stores = partials.map { partial in
      guard let partial = partial as? Partial else { preconditionFailure("partials of one check") }
      return partial.store
    }
    let parts = Guarded<[OrderedUnion.Part]>([])
    try GroupStore.finish(stores, workers: request.contexts.count) { _, _, groups in
      guard let column = try? groups.reduced(0), case .ints(let counts) = column.values else {
        preconditionFailure("counts are whole numbers")
      }
      let repeated = (0..<Int32(groups.count)).filter { counts[Int($0)] > 1 }
      let firstKeys = groups.firstKeys
      let part = OrderedUnion.Part(
        columns: groups.keys.map { $0.gathered(repeated) } + [Column(.ints(repeated.map { counts[Int($0)] }))],
        positions: repeated.map { firstKeys[Int($0)] })
      parts.withLock { $0.append(part) }
    }
    let union = OrderedUnion(parts.withLock { $0 })
    return FinishedAggregate(
      Table(
        schema: Schema(fields + [Field("rows of the key", ValueType(.int))]),
        batches: union.batches(workers: request.contexts.count)))
  }

  private final class Partial: PortablePartial {
    private let operation: RepeatedRows
    let store: GroupStore
    private var absorbed: [any AggregatePartial] = []

    init(_ operation: RepeatedRows, _ store: GroupStore) {
      self.operation = operation
      self.store = store
    }

    func add(_ batch: Batch, _ report: inout StepReport) throws {
      try store.add(
        keys: operation.columns.map { batch.columns[$0] }, values: [], count: batch.count, position: batch.position)
    }

    func absorb(_ other: any AggregatePartial) throws { absorbed.append(other) }

    func encode() throws -> [UInt8] { try store.encode() }

    func absorb(encoded bytes: [UInt8]) throws { try store.absorb(encoded: bytes) }

    func finish(_ report: inout StepReport) throws -> Table {
      try operation.finish([self] + absorbed, FinishRequest(contexts: [WorkerContext()]), &report).table
    }
  }
}
