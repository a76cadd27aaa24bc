import Columns
import Diagnostics
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

  struct Failure {
    var testCase: String
    var message: String
    var span: SourceSpan
  }

  /// The number of cases that passed, and what did not.
  func run() throws -> (passed: Int, failures: [Failure]) {
    guard let root = try YAMLReader.read(file) else {
      throw InvalidInput([Diagnostic(.missingKey, "the test has no 'cases'", at: file.span(0..<0))])
    }
    var reader = SpecReader(root, subject: "the test")
    let cases = reader.requiredNode("cases")
    let columns = reader.entries("columns")
    let arguments = ["by", "order"].compactMap { key in reader.node(key).map { (key, $0) } }
    let shared = GivenTable(columns: columns, arguments: arguments)
    var bag = reader.finish()
    guard let inputs = inputs() else {
      bag.report(
        .invalidPlugin, "there is nothing called '\(subject)' that this file could test", at: file.span(0..<0),
        help: "a test is named after the Lua file beside it")
      throw InvalidInput(bag.diagnostics)
    }
    var passed = 0
    var failures: [Failure] = []
    for node in cases?.items ?? [] {
      var reader = SpecReader(node, subject: "a case")
      let name = reader.text("name")?.text ?? "case \(passed + failures.count + 1)"
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
      if let failure {
        failures.append(failure)
      } else {
        passed += 1
      }
    }
    try bag.throwIfErrors()
    return (passed, failures)
  }

  private func inputs() -> [ScriptInput]? {
    plugins.feeRules[subject]?.inputs ?? plugins.metrics[subject]?.inputs ?? plugins.folds[subject]?.inputs
      ?? plugins.transforms[subject]?.inputs ?? plugins.functionInputs[subject]
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
        testCase: name, message: "refused for another reason: \(error.diagnostic.message)", span: refusal.span)
    }
  }

  private func failure(
    of name: String, given: DocumentNode, expect: DocumentNode, _ givenTable: GivenTable, _ inputs: [ScriptInput]
  ) throws -> Failure? {
    let table: Table
    do {
      table = try result(given, givenTable, inputs)
    } catch let error as RunFailure {
      return Failure(testCase: name, message: error.diagnostic.message, span: given.span)
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
    for (row, node) in zip(rows, expected) {
      for entry in node.entries ?? [] {
        guard let column = table.schema.index(of: entry.key) else {
          throw InvalidInput([
            Diagnostic(
              .unknownColumn, "the result has no column '\(entry.key)'", at: entry.keySpan,
              help: suggestion(for: entry.key, among: table.schema.names))
          ])
        }
        let text = entry.value.text?.text ?? ""
        let wanted: Scalar? = entry.value.isNull ? .missing : Self.scalar(text, table.schema[column].type.data)
        if wanted != row[column] {
          return Failure(
            testCase: name,
            message: "\(entry.key) is \(row[column].text) where \(entry.value.isNull ? "nil" : text) was expected",
            span: entry.value.span)
        }
      }
    }
    return nil
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
    var spec = PipelineSpec(file: file, directory: file.path.folderOfPath, name: subject)
    let columns = inputs.map { input in
      DocumentNode.Entry(
        key: input.name, keySpan: given.span, value: scalarNode(type(of: input, in: given).description, given))
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
    let plan = try Planner.plan(context, earlier: DiagnosticBag())
    return try Run(plan, options: RunOptions(workers: 1), weirVersion: Weir.version).tables(of: ["result"])[0]
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

  /// A decimal column gets as many decimals as the given cells have, at least two.
  private func type(of input: ScriptInput, in given: DocumentNode) -> ValueType {
    guard input.type.data.isDecimal, input.acceptsAnyDecimal else { return input.type }
    let decimals = (given.items ?? []).compactMap { $0[input.name]?.text.flatMap { ExactDecimal($0.text)?.scale } }
    let scale = max(decimals.max() ?? 2, 2)
    return ValueType(
      .decimal(precision: min(scale + 16, 38), scale: scale), unit: input.type.unit, isNullable: input.type.isNullable)
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
