import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// `aggregate: { by: [skill], grains: { issued_on: [month] }, metrics: [network.gsv, { invoices: count() }] }`
enum Aggregate: StepDefinition {
  static let name = "aggregate"
  static let summary = "One row a group: keys, then metrics of plugins or expressions over aggregates."
  static let example = "- aggregate: { by: { month: month(issued_on) }, metrics: [network.gsv, { invoices: count() }] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "aggregate")
    let by = reader.node("by")
    let grains = reader.node("grains")
    let minimum = reader.node("min_group")
    let metrics = reader.requiredNode("metrics")
    context.report(reader.finish())
    var planner = AggregatePlanner(context)
    planner.addKeys(by)
    planner.addGrains(grains)
    planner.addMinimum(minimum)
    if let metrics { planner.addMetrics(metrics) }
    return planner.finish(&context)
  }
}

/// Collects what an aggregate step is made of: programs over rows, reductions, and what is computed from their results.
struct AggregatePlanner {
  private var context: StepContext
  private var keyBuilder: ProgramBuilder
  private var keys: [GroupKey] = []
  private var keyNames: [String] = []
  private var grains: GroupGrains?
  private var minimum: MinimumGroup?
  private var results: [GroupResult] = []
  private var fields: [Field] = []
  private var reductions: [PlannedReduction] = []
  private var scripts: [PlannedScript] = []
  private var reads: Set<Int> = []
  private var metricBuilder: ProgramBuilder?
  /// Builder calls that already are reductions, in order.
  private var takenCalls: [Int] = []
  private var explanation: [String] = []
  /// Whether there is a group only where there is a row of it: not so without any key.
  private var groupsHaveRows = false
  private var failed = false
  /// Reduction that the first extracted call is; the others follow.
  private var firstCall = 0

  init(_ context: StepContext) {
    self.context = context
    keyBuilder = ProgramBuilder(scope: context.scope(context.input))
  }

  /// Leaves a column without a type; what depends on it is not reported again.
  private mutating func fail(_ column: String) {
    context.poison(column)
    failed = true
  }

  // MARK: Keys

  mutating func addKeys(_ node: DocumentNode?) {
    guard let node, !node.isNull else { return }
    groupsHaveRows = node.items?.isEmpty != true
    for item in node.entries != nil ? [node] : node.items ?? [node] {
      if let entries = item.entries {
        for entry in entries { addKey(entry) }
      } else if let text = item.text {
        if let column = context.column(text) {
          addKey(GroupKey(name: text.text, type: context.input[column].type, source: .column(column)), at: text.span)
        } else {
          failed = true
        }
      }
    }
  }

  private mutating func addKey(_ entry: DocumentNode.Entry) {
    guard let text = context.expression(entry.value, of: "'\(entry.key)' of by") else {
      failed = true
      return
    }
    let before = keyBuilder.diagnostics.diagnostics.count
    let output = keyBuilder.add(text)
    context.report(contentsOf: Array(keyBuilder.diagnostics.diagnostics[before...]))
    guard let output else {
      fail(entry.key)
      return
    }
    addKey(GroupKey(name: entry.key, type: output.type, source: .program(output.output)), at: entry.keySpan)
  }

  private mutating func addKey(_ key: GroupKey, at span: SourceSpan) {
    if case .list = key.type.data {
      context.report(.typeMismatch, "'\(key.name)' is a list; group by its elements after 'explode'", at: span)
      failed = true
      return
    }
    guard context.checkNew(key.name, at: span, among: fields.map(\.name)) else {
      failed = true
      return
    }
    if case .column(let column) = key.source { reads.insert(column) }
    keys.append(key)
    let provenance = context.input[key.name]?.provenance ?? Provenance()
    fields.append(Field(key.name, key.type, provenance: provenance))
  }

  mutating func addGrains(_ node: DocumentNode?) {
    guard let node, !node.isNull else { return }
    groupsHaveRows = true
    let entries = node.entries ?? []
    guard let entry = entries.first else {
      context.report(
        .wrongValue, "grains are those of a date column: grains: { issued_on: [month, quarter] }", at: node.span)
      context.poison("grain")
      context.poison("period")
      failed = true
      return
    }
    if entries.count > 1 {
      context.report(.wrongValue, "grains cut one date column", at: entries[1].keySpan)
      failed = true
    }
    guard let column = context.column(LocatedText(entry.key, at: entry.keySpan)) else {
      failed = true
      return
    }
    let type = context.input[column].type
    guard type.data == .date else {
      context.report(.typeMismatch, "grains cut a date, and '\(entry.key)' is \(type)", at: entry.keySpan)
      failed = true
      return
    }
    var chosen: [Grain] = []
    for node in entry.value.items ?? [entry.value] {
      guard let text = node.text, let grain = Grain(rawValue: text.text) else {
        context.report(
          .wrongValue, "grains are \(Grain.allCases.map(\.rawValue).joined(separator: ", "))", at: node.span,
          help: suggestion(for: node.text?.text ?? "", among: Grain.allCases.map(\.rawValue)))
        failed = true
        continue
      }
      chosen.append(grain)
    }
    reads.insert(column)
    grains = GroupGrains(column: column, grains: chosen, calendar: context.planning.spec.calendar)
    for (name, type) in [("grain", ValueType(.string)), ("period", ValueType(.date, isNullable: type.isNullable))] {
      if !context.checkNew(name, at: entry.keySpan, among: fields.map(\.name)) { failed = true }
      fields.append(Field(name, type))
    }
  }

  mutating func addMinimum(_ node: DocumentNode?) {
    guard let node else { return }
    var reader = SpecReader(node, subject: "min_group", shorthand: "rows")
    let rowsText = reader.requiredText("rows")
    let distinct = reader.text("distinct")
    context.report(reader.finish())
    guard let rowsText, let rows = context.wholeNumber(rowsText, of: "'rows' of min_group", atLeast: 1) else {
      failed = true
      return
    }
    var column: Int?
    if let distinct {
      column = context.column(distinct)
      if column == nil { failed = true }
    }
    let counted = column.map { context.input[$0].type }
    let arguments = counted.map { [ArgumentType(type: $0)] } ?? []
    guard let reduction = try? Reductions.named(column == nil ? "count" : "count_distinct")?.init(resolving: arguments)
    else {
      context.report(.typeMismatch, "distinct groups cannot be counted by this column", at: distinct?.span ?? node.span)
      failed = true
      return
    }
    if let column { reads.insert(column) }
    reductions.append(
      PlannedReduction(
        reduction: reduction, arguments: column.map { [.column($0)] } ?? [], types: counted.map { [$0.data] } ?? []))
    minimum = MinimumGroup(rows: rows, reduction: reductions.count - 1)
  }

  // MARK: Metrics

  mutating func addMetrics(_ node: DocumentNode) {
    // Keys that are computed stand behind the input's columns, so that metrics may read them by name.
    var columns = context.input.fields
    for key in keys where context.input.index(of: key.name) == nil { columns.append(Field(key.name, key.type)) }
    metricBuilder = ProgramBuilder(
      scope: context.scope(
        Schema(columns),
        extractable: AggregateCalls(
          keys: Set(keys.map(\.name)), groupsHaveRows: groupsHaveRows)))
    for item in node.entries != nil ? [node] : node.items ?? [node] {
      if let entries = item.entries {
        for entry in entries { addInline(entry) }
      } else if let text = item.text, !item.isNull {
        addMetric(text)
      } else {
        context.report(.wrongValue, "a metric is a plugin's name or a name with an expression", at: item.span)
        failed = true
      }
    }
  }

  private mutating func addInline(_ entry: DocumentNode.Entry) {
    guard let text = context.expression(entry.value, of: "metric '\(entry.key)'"),
      context.checkNew(entry.key, at: entry.keySpan, among: fields.map(\.name))
    else {
      fail(entry.key)
      return
    }
    let before = metricBuilder!.diagnostics.diagnostics.count
    let output = metricBuilder!.add(text)
    context.report(contentsOf: Array(metricBuilder!.diagnostics.diagnostics[before...]))
    guard let output else {
      fail(entry.key)
      return
    }
    switch (output.phase, output.constant) {
    case (.finish, _): results.append(.finish(output.output))
    case (.row, .some(let constant)): results.append(.constant(constant, output.type.data))
    case (.row, nil):
      context.report(
        .unsupportedExpression, "'\(entry.key)' has a value for each row, not one for the group", at: text.span,
        help: "aggregate it, such as sum(\(text.text))")
      fail(entry.key)
      return
    }
    metricBuilder!.define(entry.key, output)
    let provenance = context.provenance(of: output, among: context.input.fields + fields)
    fields.append(Field(entry.key, output.type, provenance: provenance))
  }

  private mutating func addMetric(_ name: LocatedText) {
    guard let metric = context.planning.plugins.metrics[name.text] else {
      reportUnknown(name)
      if let last = name.text.split(separator: ".").last { context.poison(String(last)) }
      failed = true
      return
    }
    let column = metric.name.split(separator: ".").last.map(String.init) ?? metric.name
    guard context.checkNew(column, at: name.span, among: fields.map(\.name)) else {
      failed = true
      return
    }
    do {
      let type = try bind(metric, at: name.span)
      fields.append(Field(column, type, provenance: metric.provenance))
    } catch {
      context.report(contentsOf: error.diagnostics)
      fail(column)
    }
  }

  private mutating func reportUnknown(_ name: LocatedText) {
    if context.planning.plugins.isUnreadable(name.text) { return }
    let known = context.planning.plugins.metrics.keys.sorted()
    context.report(
      .unknownMetric, "no metric '\(name.text)'", at: name.span,
      help: suggestion(for: name.text, among: known)
        ?? (name.text.contains("(")
          ? "an expression needs a name: { total: \(name.text) }"
          : known.isEmpty ? "no plugin of this pipeline has metrics" : "metrics are \(known.joined(separator: ", "))"))
  }

  private mutating func bind(_ metric: MetricDefinition, at span: SourceSpan) throws(InvalidInput) -> ValueType {
    let columns = metric.inputs.compactMap { context.inputColumn($0.name, for: $0, of: metric.name, at: span) }
    guard columns.count == metric.inputs.count else { throw InvalidInput([]) }
    reads.formUnion(columns)
    let types = columns.map { context.input[$0].type }
    switch metric.form {
    case .reduced(let value, let aggregate):
      let argument = try script(value, columns, types, metric.name)
      let index = try reduction(aggregate, [argument.reference], [ArgumentType(type: argument.type)], metric)
      results.append(.reduction(index))
      return try checked(reductions[index].reduction.resultType, metric)
    case .combined(let parts, let finish):
      var indexes: [Int] = []
      for part in parts {
        var references: [GroupArgument] = []
        var argumentTypes: [ArgumentType] = []
        for argument in part.arguments {
          switch argument {
          case .column(let name):
            guard let place = metric.inputs.firstIndex(where: { $0.name == name }) else {
              throw InvalidInput([
                Diagnostic(
                  .unknownColumn, "'\(metric.name)' aggregates '\(name)', which is none of its inputs", at: metric.span)
              ])
            }
            references.append(.column(columns[place]))
            argumentTypes.append(ArgumentType(type: types[place]))
          case .value(let function):
            let made = try script(function, columns, types, metric.name)
            references.append(made.reference)
            argumentTypes.append(ArgumentType(type: made.type))
          case .constant(let constant):
            references.append(.constant(constant))
            argumentTypes.append(ArgumentType(type: ValueType(constant.dataType), constant: constant))
          }
        }
        indexes.append(try reduction(part.aggregate, references, argumentTypes, metric))
      }
      let bound = try finish.bind(indexes.map { reductions[$0].reduction.resultType })
      results.append(.script(bound, indexes))
      explanation.append("\(metric.name).finish: \(bound.explanation)")
      return try checked(bound.results[0], metric)
    case .scripted(let script):
      results.append(.reduction(reductions.count))
      reductions.append(
        PlannedReduction(
          reduction: script.reduction(over: types), arguments: columns.map { .column($0) } + [.origin],
          types: types.map(\.data) + [.int]))
      explanation.append("\(metric.name): interpreted, a state for each group and part of the input")
      return try checked(script.result, metric)
    }
  }

  private mutating func script(
    _ function: any ScriptFunction, _ columns: [Int], _ types: [ValueType], _ name: String
  ) throws(InvalidInput) -> (reference: GroupArgument, type: ValueType) {
    let bound = try function.bind(types)
    scripts.append(PlannedScript(function: bound, columns: columns))
    explanation.append("\(name): \(bound.explanation)")
    return (.script(scripts.count - 1), bound.results[0])
  }

  private mutating func reduction(
    _ name: String, _ references: [GroupArgument], _ types: [ArgumentType], _ metric: MetricDefinition
  ) throws(InvalidInput) -> Int {
    guard let type = Reductions.named(name) else {
      throw InvalidInput([
        Diagnostic(
          .invalidPlugin, "'\(metric.name)' asks for the aggregate '\(name)', which there is not", at: metric.span,
          help: suggestion(for: name, among: Reductions.all.map { $0.declaration.name }))
      ])
    }
    do throws(ReductionProblem) {
      reductions.append(
        PlannedReduction(
          reduction: try type.init(resolving: types), arguments: references, types: types.map(\.type.data)))
    } catch {
      throw InvalidInput([Diagnostic(error.code, "\(metric.name): \(error.message)", at: metric.span)])
    }
    return reductions.count - 1
  }

  private func checked(_ type: ValueType, _ metric: MetricDefinition) throws(InvalidInput) -> ValueType {
    guard type.unit == metric.unit else {
      throw InvalidInput([
        Diagnostic(
          .unitMismatch, "'\(metric.name)' says its unit is '\(metric.unit)', and its value is \(type)", at: metric.span
        )
      ])
    }
    return type
  }

  // MARK: The plan

  mutating func finish(_ context: inout StepContext) -> StepPlan? {
    takeCalls()
    context = self.context
    if failed { return nil }
    let keyProgram = keyBuilder.build()
    let rowProgram = metricBuilder?.build()
    let finishProgram = metricBuilder?.buildFinish()
    reads.formUnion(keyProgram.inputColumns)
    reads.formUnion((rowProgram?.inputColumns ?? []).filter { $0 < context.input.count })
    let operation = GroupingOperation(
      inputCount: context.input.count, keys: keys,
      keyPositions: keys.map { metricBuilder?.scope.columns.index(of: $0.name) ?? 0 },
      scopeCount: metricBuilder?.scope.columns.count ?? 0, keyProgram: keyProgram, rowProgram: rowProgram,
      finishProgram: finishProgram, grains: grains, minimum: minimum, scripts: scripts, reductions: reductions,
      firstCall: firstCall, results: results, output: Schema(fields))
    return StepPlan(
      output: Schema(fields), operation: .aggregate(operation), reads: reads, carried: fields.map { _ in nil },
      explanation: explanation)
  }

  private mutating func takeCalls() {
    firstCall = reductions.count
    for call in metricBuilder?.extractedCalls ?? [] {
      do throws(Diagnostic) {
        let reduction = try AggregateCalls.reduction(call.name, call.arguments, at: call.span)
        reductions.append(
          PlannedReduction(
            reduction: reduction,
            arguments: call.arguments.map { argument in
              argument.output.map { .program($0) } ?? .constant(argument.constant ?? .missing)
            }, types: call.arguments.map(\.type.data)))
      } catch {
        context.report(contentsOf: [error])
        failed = true
      }
    }
  }
}
