import Columns
import Diagnostics
import Expressions

/// Resolves a pipeline: names, types, units, plugins. Reports all mistakes at once.
public struct Planner {
  private var context: PlanningContext
  /// Schemas of what is resolved; nil for what had a mistake.
  private var schemas: [String: Schema?] = [:]
  private var sources: [PlannedSource] = []
  private var stages: [PlannedStage] = []
  private var nextStep = 0

  /// - Parameter earlier: mistakes of reading the files, reported together with the planner's.
  public static func plan(_ context: PlanningContext, earlier: DiagnosticBag) throws(InvalidInput) -> Plan {
    var planner = Planner(context: context)
    return try planner.plan(earlier)
  }

  private init(context: PlanningContext) { self.context = context }

  private mutating func plan(_ earlier: DiagnosticBag) throws(InvalidInput) -> Plan {
    checkNames()
    planSources()
    for index in stageOrder() { planStage(context.spec.stages[index]) }
    let checks = planChecks()
    let exports = planExports()
    var bag = earlier
    bag.report(contentsOf: context.bag.diagnostics)
    try InvalidInput.throwSorted(bag)
    return Plan(
      spec: context.spec, parameters: context.parameters.shown, sources: sources, stages: stages, checks: checks,
      exports: exports, plugins: context.plugins.identities, log: context.plugins.log,
      scriptCosts: context.plugins.costs)
  }

  private mutating func checkNames() {
    var seen: Set<String> = []
    for (name, span) in context.spec.ingests.map({ ($0.name, $0.nameSpan) })
      + context.spec.stages.map({ ($0.name, $0.nameSpan) }) where !seen.insert(name).inserted
    {
      context.bag.report(.duplicateName, "'\(name)' names an ingest and a stage", at: span, help: "rename one of them")
    }
    if context.spec.ingests.isEmpty {
      context.bag.report(
        .missingKey, "the pipeline reads nothing: it has no 'ingest'", at: context.spec.file.span(0..<0))
    }
  }

  private mutating func planSources() {
    for ingest in context.spec.ingests {
      schemas[ingest.name] = .some(nil)
      let typeNode = ingest.node["type"]
      guard let type = typeNode?.text else {
        context.bag.report(
          .missingKey, "ingest '\(ingest.name)' needs 'type'", at: ingest.nameSpan,
          help: "one of \(context.registry.sources.map { $0.name }.joined(separator: ", "))")
        continue
      }
      guard let definition = context.registry.sources.first(where: { $0.name == type.text }) else {
        let names = context.registry.sources.map { $0.name }
        context.bag.report(
          .unknownFormat, "no ingest type '\(type.text)'", at: type.span,
          help: suggestion(for: type.text, among: names) ?? "types are \(names.joined(separator: ", "))")
        continue
      }
      if let source = definition.plan(ingest, &context) {
        sources.append(source)
        schemas[ingest.name] = source.schema
      }
    }
  }

  /// Stages in an order in which each stands behind what it reads; those of a cycle are reported and left out.
  private mutating func stageOrder() -> [Int] {
    let specs = context.spec.stages
    let indexes = Dictionary(specs.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [Int] = []
    var state = [Int](repeating: 0, count: specs.count)  // 0 unseen, 1 on the path, 2 done
    func visit(_ index: Int, _ bag: inout DiagnosticBag) {
      state[index] = 1
      for reference in references(of: specs[index]) {
        guard let next = indexes[reference.text] else { continue }
        if state[next] == 1 {
          bag.report(
            .cycle, "stage '\(specs[index].name)' reads '\(reference.text)', which reads it in turn", at: reference.span
          )
        } else if state[next] == 0 {
          visit(next, &bag)
        }
      }
      state[index] = 2
      order.append(index)
    }
    var bag = context.bag
    for index in specs.indices where state[index] == 0 { visit(index, &bag) }
    context.bag = bag
    return order
  }

  private func references(of stage: StageSpec) -> [LocatedText] {
    stage.from
      + stage.steps.flatMap { step in
        context.registry.steps.first { $0.name == step.kind }?.references(in: step.arguments) ?? []
      }
  }

  private mutating func planStage(_ spec: StageSpec) {
    schemas[spec.name] = .some(nil)
    for step in spec.steps { checkKind(of: step) }
    guard let (inputs, inputSchema) = planInputs(spec) else { return }
    var steps: [PlannedStep] = []
    var schema = inputSchema
    var poisoned: Set<String> = []
    for (index, step) in spec.steps.enumerated() {
      guard let definition = context.registry.steps.first(where: { $0.name == step.kind }) else { continue }
      var stepContext = StepContext(
        planning: context, stage: spec.name, input: schema, poisoned: poisoned, schemas: schemas)
      let plan = definition.plan(step, &stepContext)
      context = stepContext.planning
      poisoned = stepContext.poisoned
      guard let plan else { return }
      steps.append(
        PlannedStep(
          number: nextStep, stage: spec.name, index: index + 1, kind: step.kind, span: step.kindSpan, input: schema,
          output: plan.output, operation: plan.operation, reads: plan.reads, carried: plan.carried,
          explanation: plan.explanation))
      nextStep += 1
      schema = plan.output
    }
    stages.append(
      PlannedStage(name: spec.name, span: spec.nameSpan, inputs: inputs, inputSchema: inputSchema, steps: steps))
    if poisoned.isEmpty { schemas[spec.name] = schema }
  }

  /// Reports a step that there is not, also in stages that cannot be resolved.
  private mutating func checkKind(of step: StepSpec) {
    let names = context.registry.steps.map { $0.name }
    guard !names.contains(step.kind) else { return }
    context.bag.report(
      .unknownStep, "no step '\(step.kind)'", at: step.kindSpan,
      help: suggestion(for: step.kind, among: names) ?? "steps are \(names.joined(separator: ", "))")
  }

  /// What a stage reads; several inputs are united by name and must have the same columns.
  private mutating func planInputs(_ spec: StageSpec) -> ([PlannedStage.Input], Schema)? {
    var first: Schema?
    var inputs: [PlannedStage.Input] = []
    for reference in spec.from {
      guard let known = schemas[reference.text] else {
        if reference.text != spec.name, !context.spec.stages.contains(where: { $0.name == reference.text }) {
          context.bag.report(
            .unknownStage, "no ingest or stage '\(reference.text)'", at: reference.span,
            help: suggestion(for: reference.text, among: schemas.keys))
        }
        return nil
      }
      guard let schema = known else { return nil }
      guard let united = first else {
        first = schema
        inputs.append(PlannedStage.Input(name: reference.text, columns: Array(0..<schema.count)))
        continue
      }
      guard let columns = unite(united, with: schema, of: reference) else { return nil }
      first = united.widened(by: schema)
      inputs.append(PlannedStage.Input(name: reference.text, columns: columns))
    }
    return first.map { (inputs, $0) }
  }

  private mutating func unite(_ left: Schema, with right: Schema, of reference: LocatedText) -> [Int]? {
    var columns: [Int] = []
    for field in left.fields {
      guard let index = right.index(of: field.name) else {
        context.bag.report(
          .unknownColumn, "'\(reference.text)' has no column '\(field.name)'; a union needs the same columns in each",
          at: reference.span, help: suggestion(for: field.name, among: right.names))
        return nil
      }
      let type = right[index].type
      guard field.type.data.uniting(type.data) != nil, type.unit == field.type.unit else {
        context.bag.report(
          .typeMismatch, "column '\(field.name)' is \(type) in '\(reference.text)' and \(field.type) before it",
          at: reference.span,
          help: type.data.decimalScale.flatMap { scale in
            field.type.unit == type.unit
              ? field.type.data.decimalScale.map {
                "bring both to the same decimals before: round(\(field.name), \(max(scale, $0)))"
              } : nil
          })
        return nil
      }
      columns.append(index)
    }
    if let extra = right.names.first(where: { left.index(of: $0) == nil }) {
      context.bag.report(
        .unknownColumn,
        "'\(reference.text)' has a column '\(extra)' that the others lack; a union needs the same columns in each",
        at: reference.span, help: "drop it with 'select' in a stage before")
      return nil
    }
    return columns
  }

  /// What kinds of checks take beside their own key; of a check that is not planned they are nobody's mistake.
  private static let checkArguments = ["with", "equals", "within", "show"]

  private mutating func planChecks() -> [PlannedCheck] {
    var planned: [PlannedCheck] = []
    for node in context.spec.checks {
      var reader = SpecReader(node, subject: "a check")
      let from = reader.requiredText("from")
      let kinds = context.registry.checks.filter { kind in reader.keys.contains(kind.name) }
      if kinds.isEmpty {
        reader.bag.report(
          .missingKey,
          "a check says what must hold: \(context.registry.checks.map { $0.name }.joined(separator: ", "))",
          at: node.span)
      }
      if from == nil {
        for key in kinds.map({ $0.name }) + Self.checkArguments { _ = reader.node(key) }
      }
      if let from {
        var bag = StepContext(planning: context, stage: from.text, input: Schema(), poisoned: [], schemas: schemas)
        let schema = bag.schema(of: from)
        context = bag.planning
        for kind in kinds {
          guard let argument = reader.node(kind.name) else { continue }
          guard let schema else {
            for key in Self.checkArguments { _ = reader.node(key) }
            continue
          }
          var stepContext = StepContext(
            planning: context, stage: from.text, input: schema, poisoned: [], schemas: schemas)
          if let check = kind.plan(argument, reader: &reader, &stepContext) { planned.append(check) }
          context = stepContext.planning
        }
      }
      context.bag.report(
        contentsOf: reader.finish(known: context.registry.checks.map { $0.name }).diagnostics)
    }
    return planned
  }

  private mutating func planExports() -> [PlannedExport] {
    var planned: [PlannedExport] = []
    var paths: [String: String] = [:]
    for export in context.spec.exports {
      var reader = SpecReader(export.node, subject: "export '\(export.name)'")
      if reader.node("from") == nil { _ = reader.requiredNode("from") }
      let from = reader.texts("from")
      let type = reader.requiredText("type")
      let path = reader.requiredText("path").flatMap { context.expanded($0) }
      var stages: [(name: String, schema: Schema)]? = []
      for name in from {
        var stage = StepContext(planning: context, stage: name.text, input: Schema(), poisoned: [], schemas: schemas)
        let schema = stage.schema(of: name)
        stages = schema.flatMap { schema in stages.map { $0 + [(name.text, schema)] } }
        context = stage.planning
      }
      var encoder: (any TableEncoder)?
      if let type {
        if let definition = context.registry.exports.first(where: { $0.name == type.text }) {
          encoder = definition.plan(export, stages: stages, reader: &reader, &context)
        } else {
          let names = context.registry.exports.map { $0.name }
          reader.bag.report(
            .unknownFormat, "no export type '\(type.text)'", at: type.span,
            help: suggestion(for: type.text, among: names) ?? "types are \(names.joined(separator: ", "))")
          for key in reader.keys { _ = reader.node(key) }
        }
      }
      if let path, let other = paths.updateValue(export.name, forKey: path) {
        reader.bag.report(
          .duplicateName, "exports '\(other)' and '\(export.name)' write the same file '\(path)'",
          at: reader.span(of: "path"))
      }
      if let path, let encoder, let type, stages != nil, !from.isEmpty {
        planned.append(
          PlannedExport(
            name: export.name, span: export.nameSpan, stages: from.map(\.text), path: path, kind: type.text,
            encoder: encoder))
      }
      context.bag.report(contentsOf: reader.finish().diagnostics)
    }
    return planned
  }
}

extension Schema {
  /// The same columns, each as wide as it is in either, and nullable where it is in either.
  fileprivate func widened(by other: Schema) -> Schema {
    Schema(
      fields.map { field in
        let theirs = other[field.name]!.type
        var type = field.type.nullable(field.type.isNullable || theirs.isNullable)
        type.data = type.data.uniting(theirs.data) ?? type.data
        return Field(field.name, type, provenance: field.provenance)
      })
  }
}

extension InvalidInput {
  /// Throws what was found, in the order of the text, where one of it is an error.
  static func throwSorted(_ bag: DiagnosticBag) throws(InvalidInput) {
    guard bag.hasErrors else { return }
    throw InvalidInput(
      bag.diagnostics.enumerated().sorted { left, right in
        let (a, b) = (left.element.span, right.element.span)
        let key = { (span: SourceSpan?) in (span?.file.path ?? "", span?.range.lowerBound ?? -1) }
        return key(a) != key(b) ? key(a) < key(b) : left.offset < right.offset
      }.map(\.element))
  }
}
