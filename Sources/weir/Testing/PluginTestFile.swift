import Columns
import Diagnostics
import LuaPlugins
import Memory
import Planning
import Runner
import Stages
import YAMLNodes

/// One `NAME.test.yaml`: cases of the metric, rule or function that stands beside it.
///
/// Each case runs as a small pipeline of its own: the given rows as an inline ingest, then the real step.
struct PluginTestFile {
  let file: SourceFile
  let plugins: PluginCatalogue
  /// `fees`, `metrics`, `functions`, `folds` or `transforms`: the folder that the file stands in.
  let kind: String
  /// The definition's name with its plugin: `network.gsv`.
  let subject: String

  /// The same plugin with nothing compiled: what it does from row to row is looked for there.
  let interpreted: PluginCatalogue
  /// The plugin's folder.
  let folder: String
  let options: TestOptions

  struct Failure {
    var testCase: String
    var message: String
    var span: SourceSpan
    var notes: [Diagnostic.Note] = []
    /// Of a value that is another than expected.
    var expected: String?
    var actual: String?

    var diagnostic: Diagnostic {
      var diagnostic = Diagnostic(.checkFailed, "\(testCase): \(message)", at: span)
      diagnostic.notes = notes
      return diagnostic
    }
  }

  struct Result {
    var passed = 0
    var properties = 0
    var failures: [Failure] = []
  }

  func run() throws -> Result {
    guard let root = try YAMLReader.read(file) else {
      throw InvalidInput([Diagnostic(.missingKey, "the test has no 'cases'", at: file.span(0..<0))])
    }
    var reader = SpecReader(root, subject: "the test")
    let propertyNodes = reader.node("properties")?.items ?? []
    let cases = propertyNodes.isEmpty ? reader.requiredNode("cases") : reader.node("cases")
    let columns = reader.entries("columns")
    let arguments = ["by", "order"].compactMap { key in reader.node(key).map { (key, $0) } }
    let shared = GivenTable(columns: columns, arguments: arguments)
    let properties = propertyNodes.compactMap { Property.read($0, &reader.bag) }
    var bag = reader.finish()
    guard let inputs = inputs() else {
      bag.report(
        .invalidPlugin, "there is nothing called '\(subject)' that this file could test", at: file.span(0..<0),
        help: "a test is named after the Lua file beside it")
      throw InvalidInput(bag.diagnostics)
    }
    var result = Result()
    var givenRows: [DocumentNode] = []
    for node in cases?.items ?? [] {
      var reader = SpecReader(node, subject: "a case")
      let name = reader.text("name")?.text ?? "case \(result.passed + result.failures.count + 1)"
      let given = reader.requiredNode("given")
      let terms = kind == "fees" ? reader.node("terms") : nil
      let table = GivenTable(columns: shared.columns, arguments: shared.arguments, terms: terms)
      let refusal = reader.text("refuse")
      let expect = refusal == nil ? reader.requiredNode("expect") : nil
      let caseBag = reader.finish()
      bag.report(contentsOf: caseBag.diagnostics)
      var failure: Failure?
      if let given, let expect {
        failure = try self.failure(of: name, given: given, expect: expect, table, inputs)
      } else if let given, let refusal {
        failure = try self.failure(of: name, given: given, refusal: refusal, table, inputs)
      } else {
        continue
      }
      let rows = given?.items ?? []
      givenRows += rows
      if failure == nil, terms == nil, let given { failure = try purityFailure(of: name, given: given, inputs) }
      if let failure {
        result.failures.append(failure)
      } else {
        result.passed += 1
      }
    }
    try bag.throwIfErrors()
    result.properties = properties.count
    let broken = try failures(of: properties, inputs, givenRows)
    result.failures += broken
    result.passed += properties.count - broken.count
    return result
  }

  private func inputs() -> [ScriptInput]? {
    plugins.feeRules[subject]?.inputs ?? plugins.metrics[subject]?.inputs ?? plugins.folds[subject]?.inputs
      ?? plugins.transforms[subject]?.inputs ?? plugins.functionInputs[subject]
  }

  // MARK: Properties and purity

  private func failures(
    of properties: [Property], _ inputs: [ScriptInput], _ rows: [DocumentNode]
  ) throws -> [Failure] {
    guard !properties.isEmpty else { return [] }
    let given = GivenRows(inputs, in: rows)
    let script = "\(folder)/\(kind)/\(file.path.nameOfPath.dropLast(".test.yaml".count)).lua"
    let literals = MentionedValues.of((try? TextFile.read(script)) ?? "")
    let mentioned = inputs.map { input in literals + rows.compactMap { $0[input.name]?.text?.text } }
    let tests = PropertyTests(
      subject: subject, plugins: interpreted, folder: folder, given: given,
      call: DefinitionCall(subject, in: interpreted), metric: try metricRun(given, inputs), mentioned: mentioned,
      options: options)
    return try properties.compactMap { try tests.failure(of: $0) }
  }

  private func metricRun(_ given: GivenRows, _ inputs: [ScriptInput]) throws -> MetricRun? {
    guard kind == "metrics" else { return nil }
    let none = DocumentNode(.sequence([]), span: file.span(0..<0))
    let plan = try plan(none, GivenTable(columns: [], arguments: []), inputs, given.types, interpreted)
    return plan.stages.first?.steps.last.flatMap { MetricRun($0, given) }
  }

  /// The given rows forwards and backwards in the interpreter: a function of a row gives the same, whatever came before.
  private func purityFailure(of name: String, given node: DocumentNode, _ inputs: [ScriptInput]) throws -> Failure? {
    let given = GivenRows(inputs, in: node.items ?? [])
    let rows = (node.items ?? []).compactMap { given.values(of: $0) }
    guard !rows.isEmpty, rows.count == node.items?.count, let call = DefinitionCall(subject, in: interpreted),
      let bound = try? call.bind(given.types)
    else { return nil }
    func texts(_ rows: [[Scalar]]) throws -> [String] {
      let (results, problems) = try bound.makeInstance(WorkerContext()).map(given.columns(rows), count: rows.count)
      let refused = Dictionary(problems.map { ($0.row, $0.message) }, uniquingKeysWith: { first, _ in first })
      return rows.indices.map { row in
        refused[Int32(row)] ?? results.map { $0.scalar(row).text }.joined(separator: ", ")
      }
    }
    // Each row twice, so that one alone has a row before it as well.
    let twice = rows + rows
    guard let forwards = try? texts(twice), let backwards = try? texts(twice.reversed()) else { return nil }
    for (row, (first, second)) in zip(forwards, backwards.reversed()).enumerated() where first != second {
      return Failure(
        testCase: name,
        message: "gives \(first) or \(second), by what was computed before: a row must stand for itself",
        span: (node.items ?? [])[row % rows.count].span, notes: [.init("row", given.text(twice[row]))])
    }
    return nil
  }

  /// `refuse`: the first row is refused, and the reason holds the text.
  private func failure(
    of name: String, given: DocumentNode, refusal: LocatedText, _ givenTable: GivenTable, _ inputs: [ScriptInput]
  ) throws -> Failure? {
    do {
      let rows = try result(given, givenTable, inputs).rowCount
      return Failure(
        testCase: name, message: "\(rows) rows came out where a refusal was expected", span: refusal.span)
    } catch let error as RunFailure {
      guard !error.diagnostic.message.contains(refusal.text) else { return nil }
      return Failure(
        testCase: name, message: "refused for another reason: \(error.diagnostic.message)", span: refusal.span,
        notes: Self.notes(error))
    }
  }

  private func failure(
    of name: String, given: DocumentNode, expect: DocumentNode, _ givenTable: GivenTable, _ inputs: [ScriptInput]
  ) throws -> Failure? {
    let table: Table
    do {
      table = try result(given, givenTable, inputs)
    } catch let error as RunFailure {
      return Failure(testCase: name, message: error.diagnostic.message, span: given.span, notes: Self.notes(error))
    }
    let expected = expect.items ?? []
    guard table.rowCount == expected.count else {
      return Failure(
        testCase: name, message: "\(table.rowCount) rows came out where \(expected.count) were expected",
        span: expect.span)
    }
    let rows = try table.batches.flatMap { batch in
      (0..<batch.count).map { row in batch.columns.map { $0.scalar(row) } }
    }
    for (number, (row, node)) in zip(rows, expected).enumerated() {
      if let failure = try failure(of: name, row, table.schema, node) {
        return noting(failure, row: number, of: given, givenTable, inputs)
      }
    }
    return nil
  }

  /// What is different in one row: each value beside the one that was expected.
  private func failure(of name: String, _ row: [Scalar], _ schema: Schema, _ expected: DocumentNode) throws -> Failure?
  {
    var different: [(name: String, actual: String, expected: String, span: SourceSpan)] = []
    for entry in expected.entries ?? [] {
      guard let column = schema.index(of: entry.key) else {
        throw InvalidInput([
          Diagnostic(
            .unknownColumn, "the result has no column '\(entry.key)'", at: entry.keySpan,
            help: suggestion(for: entry.key, among: schema.names))
        ])
      }
      let text = entry.value.text?.text ?? ""
      let wanted: Scalar? = entry.value.isNull ? .missing : Self.scalar(text, schema[column].type.data)
      if wanted != row[column] {
        different.append((entry.key, row[column].text, entry.value.isNull ? "nil" : text, entry.value.span))
      }
    }
    guard let first = different.first else { return nil }
    return Failure(
      testCase: name,
      message: different.map { "\($0.name) is \($0.actual) where \($0.expected) was expected" }.joined(separator: ", "),
      span: first.span, expected: first.expected, actual: first.actual)
  }

  /// With the given row that it came from, where rows come out as they went in, and the command that computes it alone.
  private func noting(
    _ failure: Failure, row: Int, of given: DocumentNode, _ table: GivenTable, _ inputs: [ScriptInput]
  ) -> Failure {
    guard kind == "fees" || kind == "functions", let items = given.items, items.indices.contains(row) else {
      return failure
    }
    let rows = GivenRows(inputs, in: items)
    guard let values = rows.values(of: items[row]) else { return failure }
    var noted = failure
    noted.notes.append(.init("row", rows.text(values)))
    if table.terms == nil {
      let line = EvalLine(plugin: folder, settings: [], address: subject, inputs: rows.evalInputs(values))
      noted.notes.append(.init("repeat it", line.text))
    }
    return noted
  }

  /// What a refusal knows beyond its message; the row of the case is counted, which helps where there are several.
  private static func notes(_ failure: RunFailure) -> [Diagnostic.Note] {
    let place = failure.diagnostic.span.map { [Diagnostic.Note("script", "\($0.file.path):\($0.line)")] } ?? []
    return place + failure.diagnostic.notes
  }

  /// A decimal is compared by value, whatever the column's scale.
  private static func scalar(_ text: String, _ type: DataType) -> Scalar? {
    type.isDecimal ? ExactDecimal(text).map { .decimal($0) } : Scalar(parsing: text, as: type)
  }

  /// What a fold's cases share: columns that are no inputs, and the step's `by` and `order`. What a fee rule's case has of
  /// its own: `terms` that hold for all given rows instead of the rule's.
  private struct GivenTable {
    var columns: [DocumentNode.Entry]
    var arguments: [(String, DocumentNode)]
    var terms: DocumentNode?
  }

  private func result(_ given: DocumentNode, _ table: GivenTable, _ inputs: [ScriptInput]) throws -> Table {
    let plan = try plan(given, table, inputs, GivenRows(inputs, in: given.items ?? []).types, plugins)
    return try Run(plan, options: RunOptions(workers: 1), weirVersion: Weir.version).tables(of: ["result"])[0]
  }

  private func plan(
    _ given: DocumentNode, _ table: GivenTable, _ inputs: [ScriptInput], _ types: [ValueType],
    _ plugins: PluginCatalogue
  ) throws -> Plan {
    var spec = PipelineSpec(file: file, directory: file.path.folderOfPath, name: subject)
    let columns = zip(inputs, types).map { input, type in
      DocumentNode.Entry(key: input.name, keySpan: given.span, value: scalarNode(type.description, given))
    }
    let ingest = mapping(
      [
        ("type", scalarNode("inline", given)),
        ("columns", DocumentNode(.mapping(columns + table.columns), span: given.span)),
        ("rows", given),
      ], given)
    spec.ingests = [NamedNode(name: "given", nameSpan: given.span, node: ingest)]
    var steps = [step(given, table, inputs)]
    if let terms = table.terms {
      spec.ingests.append(PluginTestTerms(terms).ingest)
      steps.insert(PluginTestTerms(terms).keyStep, at: 0)
    }
    spec.stages = [StageSpec(name: "result", nameSpan: given.span, from: [text("given", given)], steps: steps)]
    let context = PlanningContext(
      spec: spec, registry: .standard, plugins: plugins, parameters: ParameterValues())
    return try Planner.plan(context, earlier: DiagnosticBag())
  }

  /// The step that runs the subject over the given rows.
  private func step(_ given: DocumentNode, _ table: GivenTable, _ inputs: [ScriptInput]) -> StepSpec {
    let name = scalarNode(subject, given)
    let (kind, arguments): (String, DocumentNode) =
      switch self.kind {
      case "fees": ("fee", table.terms.map { PluginTestTerms($0).arguments(of: name) } ?? name)
      case "metrics": ("aggregate", mapping([("metrics", DocumentNode(.sequence([name]), span: given.span))], given))
      case "folds": ("fold", mapping([("use", name)] + table.arguments, given))
      case "transforms": ("lua", name)
      default:
        (
          "derive",
          mapping(
            [("result", scalarNode("\(subject)(\(inputs.map(\.name).joined(separator: ", ")))", given))], given)
        )
      }
    return StepSpec(kind: kind, kindSpan: given.span, arguments: arguments)
  }

  private func text(_ value: String, _ node: DocumentNode) -> LocatedText {
    LocatedText(value, at: node.span)
  }

  private func scalarNode(_ value: String, _ node: DocumentNode) -> DocumentNode {
    DocumentNode(.scalar(text(value, node), isPlain: false), span: node.span)
  }

  private func mapping(_ entries: [(String, DocumentNode)], _ node: DocumentNode) -> DocumentNode {
    DocumentNode(
      .mapping(entries.map { DocumentNode.Entry(key: $0.0, keySpan: node.span, value: $0.1) }), span: node.span)
  }
}
