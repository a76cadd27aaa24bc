import Columns
import Diagnostics
import Expressions
import LuaPlugins
import Planning

/// Tries the properties of a definition on generated rows, and looks for the smallest rows for which one does not hold.
struct PropertyTests {
  let subject: String
  let plugins: PluginCatalogue
  /// Of the plugin.
  let folder: String
  let given: GivenRows
  /// The definition as a function of a row; nil where it has none, as a metric with 'finish'.
  let call: DefinitionCall?
  /// The metric over rows; nil for what is no metric.
  let metric: MetricRun?
  /// Texts that the definition's file and its cases mention, by input.
  let mentioned: [[String]]
  let options: TestOptions

  /// What becomes of one trial.
  private enum Verdict {
    case holds
    /// The definition refuses the row, or the property is not about it.
    case skipped
    case fails(String)
  }

  /// nil where it holds.
  func failure(of property: Property) throws -> PluginTestFile.Failure? {
    let judge = try judge(property)
    var generator = RowGenerator(given.inputs, types: given.types, mentioned: mentioned, seed: options.seed)
    var tried = 0
    for _ in 0..<options.rows {
      let trial = trial(of: property, &generator)
      switch try judge(trial) {
      case .holds: tried += 1
      case .skipped: continue
      case .fails: return try shrunk(trial, property, judge)
      }
    }
    if tried > 0 { return nil }
    return PluginTestFile.Failure(
      testCase: property.text, message: "no generated row could be tried: the definition refuses every one",
      span: property.span, notes: [.init("seed", String(options.seed))])
  }

  private func trial(of property: Property, _ generator: inout RowGenerator) -> [[Scalar]] {
    switch property.kind {
    case .holds where call != nil: return [generator.row()]
    case .holds, .invariant:
      return (0..<generator.count(upTo: 6)).map { _ in generator.row() }
    case .monotone(let name):
      let row = generator.row()
      var other = row
      let input = given.inputs.firstIndex { $0.name == name.text } ?? 0
      other[input] = generator.value(of: input)
      return [row, other]
    }
  }

  private func shrunk(
    _ trial: [[Scalar]], _ property: Property, _ judge: ([[Scalar]]) throws -> Verdict
  ) throws -> PluginTestFile.Failure {
    var shared: Int?
    if case .monotone(let name) = property.kind { shared = given.inputs.firstIndex { $0.name == name.text } }
    let smallest = try Shrinking(sharedExcept: shared, types: given.types).smallest(of: trial) { candidate in
      if case .fails = try judge(candidate) { true } else { false }
    }
    var reason = ""
    if case .fails(let text) = try judge(smallest) { reason = text }
    var notes: [Diagnostic.Note] = [
      .init(smallest.count == 1 ? "row" : "rows", smallest.map { given.text($0) }.joined(separator: "\n"))
    ]
    if call != nil {
      let lines = smallest.map {
        EvalLine(plugin: folder, settings: [], address: subject, inputs: given.evalInputs($0)).text
      }
      notes.append(.init("repeat it", lines.joined(separator: "\n")))
    }
    notes.append(.init("seed", String(options.seed)))
    return PluginTestFile.Failure(testCase: property.text, message: reason, span: property.span, notes: notes)
  }

  // MARK: Judging

  private func judge(_ property: Property) throws -> ([[Scalar]]) throws -> Verdict {
    let inputs = zip(given.inputs, given.types).map { Field($0.name, $1) }
    let condition = try property.condition.map { try RowCondition($0, over: inputs, plugins) }
    let isMeant: ([[Scalar]]) -> Bool = { rows in
      rows.allSatisfy { row in condition.map { (try? $0.isTrue(row)) ?? false } ?? true }
    }
    switch property.kind {
    case .holds(let text):
      guard let call else { return try judgeMetric(text, isMeant, property) }
      let function = try RowCall(call, given)
      let results = function.fields(beside: inputs, subject)
      let holds = try RowCondition(text, over: inputs + results, plugins)
      return { trial in
        guard isMeant(trial) else { return .skipped }
        return try function.verdict(trial[0]) { values in
          let shown = function.text(of: values)
          return try Self.verdict(of: holds, trial[0] + values, shown)
        }
      }
    case .monotone(let name): return try judgeMonotone(name, isMeant)
    case .invariant(let kind):
      guard let metric else {
        throw InvalidInput([
          Diagnostic(.wrongValue, "only a metric is invariant under a \(kind) of its rows", at: property.span)
        ])
      }
      return { trial in isMeant(trial) ? try Self.verdict(of: metric, trial, kind) : .skipped }
    }
  }

  private static func verdict(of holds: RowCondition, _ row: [Scalar], _ shown: String) throws -> Verdict {
    do {
      return try holds.isTrue(row) ? .holds : .fails("does not hold where \(shown)")
    } catch let failure as RunFailure {
      return .fails("has no value where \(shown): \(failure.diagnostic.message)")
    }
  }

  private func judgeMetric(
    _ text: LocatedText, _ isMeant: @escaping ([[Scalar]]) -> Bool, _ property: Property
  ) throws -> ([[Scalar]]) throws -> Verdict {
    guard let metric else {
      throw InvalidInput([
        Diagnostic(
          .wrongValue, "properties are for fee rules, functions and metrics", at: property.span,
          help: "test folds and transforms by cases")
      ])
    }
    let own = metric.resultName
    let results = [Field(own, metric.resultType)] + (own == "result" ? [] : [Field("result", metric.resultType)])
    let holds = try RowCondition(text, over: results, plugins)
    return { trial in
      guard isMeant(trial), let rows = try metric.rows([trial]), let value = rows.first?.first else { return .skipped }
      return try Self.verdict(of: holds, results.map { _ in value }, "\(own) = \(value.text)")
    }
  }

  private func judgeMonotone(
    _ name: LocatedText, _ isMeant: @escaping ([[Scalar]]) -> Bool
  ) throws -> ([[Scalar]]) throws -> Verdict {
    guard let call, let input = given.inputs.firstIndex(where: { $0.name == name.text }) else {
      throw InvalidInput([
        Diagnostic(
          .unknownColumn, "'\(subject)' has no input '\(name.text)' of a row", at: name.span,
          help: suggestion(for: name.text, among: given.inputs.map(\.name)))
      ])
    }
    let function = try RowCall(call, given)
    let order = { (type: ValueType, names: String) throws in
      try RowCondition(
        LocatedText(names, at: name.span), over: [Field("a", type), Field("b", type)], plugins)
    }
    let grows = try order(given.types[input].nullable(false), "a < b")
    let falls = try order(function.types[0].nullable(false), "a > b")
    return { trial in
      guard isMeant(trial), trial.allSatisfy({ $0[input] != .missing }) else { return .skipped }
      let sorted = try grows.isTrue([trial[0][input], trial[1][input]]) ? trial : [trial[1], trial[0]]
      return try function.verdict(sorted[0]) { less in
        try function.verdict(sorted[1]) { more in
          guard less[0] != .missing, more[0] != .missing, try falls.isTrue([less[0], more[0]]) else { return .holds }
          return .fails(
            "falls from \(less[0].text) to \(more[0].text) where \(name.text) grows from \(sorted[0][input].text) "
              + "to \(sorted[1][input].text)")
        }
      }
    }
  }

  private static func verdict(
    of metric: MetricRun, _ rows: [[Scalar]], _ kind: Property.Invariance
  ) throws -> Verdict {
    guard let whole = try metric.rows([rows]) else { return .skipped }
    for division in divisions(of: rows.count, kind) {
      let parts = zip([0] + division.ends, division.ends + [rows.count]).map { Array(rows[$0..<$1]) }
      let merged = try metric.rows(parts, isReversed: division.isReversed)
      if merged != whole {
        let value = merged?.first?.first?.text ?? "refused"
        return .fails(
          "is \(whole.first?.first?.text ?? "nothing") over all rows, and \(value) from \(division.text(parts))")
      }
    }
    return .holds
  }

  /// A way of cutting rows in parts.
  private struct Division {
    /// Where all parts but the last end.
    var ends: [Int]
    /// Whether the last part takes in the others.
    var isReversed = false

    func text(_ parts: [[[Scalar]]]) -> String {
      let rest = isReversed ? ", the rest first" : ""
      if ends.count == 1 { return "the first \(ends[0]) merged with the rest\(rest)" }
      return "parts of \(parts.map { String($0.count) }.joined(separator: ", ")) rows merged one after the other\(rest)"
    }
  }

  private static func divisions(of count: Int, _ kind: Property.Invariance) -> [Division] {
    switch kind {
    case .split: (0...count).flatMap { [Division(ends: [$0]), Division(ends: [$0], isReversed: true)] }
    case .merge:
      (0...count).flatMap { first in (first...count).map { Division(ends: [first, $0]) } }
        + [false, true].map { Division(ends: Array(1..<max(count, 1)), isReversed: $0) }
    }
  }

  /// A definition bound to the types of the given rows, a row a call.
  private final class RowCall {
    let types: [ValueType]
    private let instance: any BoundScriptInstance
    private let given: GivenRows

    init(_ call: DefinitionCall, _ given: GivenRows) throws {
      let bound = try call.bind(given.types)
      types = bound.results
      instance = try bound.makeInstance(WorkerContext())
      self.given = given
    }

    /// What the results are called in properties: the definition's own name and `fee` or `result`, then version and
    /// branch; none that an input has.
    func fields(beside inputs: [Field], _ subject: String) -> [Field] {
      let own = String(subject.split(separator: ".").last ?? "")
      let names = types.count == 1 ? [own, "result"] : [own, "fee", "version", "branch"]
      let positions = types.count == 1 ? [0, 0] : [0, 0, 1, 2]
      columns = zip(names, positions).filter { name, _ in !inputs.contains { $0.name == name } }.map { $0 }
      var seen: Set<String> = []
      columns = columns.filter { seen.insert($0.0).inserted }
      return columns.map { Field($0.0, types[$0.1]) }
    }

    private var columns: [(String, Int)] = []

    /// `charge = 0.02, version = 2024-07-01`: each result by its first name.
    func text(of values: [Scalar]) -> String {
      var named: Set<Int> = []
      return zip(columns, values).filter { named.insert($0.0.1).inserted }
        .map { "\($0.0) = \($1.text)" }.joined(separator: ", ")
    }

    /// What a property says of the row's results; a row that the definition refuses is not its affair, one on which a
    /// script breaks is.
    func verdict(_ row: [Scalar], _ judge: ([Scalar]) throws -> Verdict) throws -> Verdict {
      do {
        let (results, problems) = try instance.map(given.columns([row]), count: 1)
        if let problem = problems.first {
          guard problem.code == .scriptError else { return .skipped }
          return .fails("breaks: \(problem.full?.diagnostic.message ?? problem.message)")
        }
        let all = results.map { $0.scalar(0) }
        return try judge(columns.isEmpty ? all : columns.map { all[$0.1] })
      } catch let failure as RunFailure {
        return .fails("breaks: \(failure.diagnostic.message)")
      }
    }
  }
}
