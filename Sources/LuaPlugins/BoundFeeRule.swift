import Columns
import Diagnostics
import Expressions
import LuaHost
import Memory
import Planning

/// A fee rule bound to the types of its inputs.
struct BoundFeeRule: BoundScript {
  /// A program with the fee and the branch among its outputs.
  struct Finish {
    var program: Program
    let results: [ValueType]
    let fee: Int
    /// nil where nobody looks at it.
    var branch: Int?

    /// The same without the branch, where no row fails on its account.
    var withoutBranch: Finish {
      guard let branch, !program.canFail(output: branch) else { return self }
      return Finish(program: program.keeping([fee]), results: results, fee: 0, branch: nil)
    }
  }

  struct Pricing {
    let script: LuaScript
    let results: [ValueType]
    /// Over what the script gives.
    var finish: Finish
  }

  let rule: FeeRuleFunction
  /// Of the arguments, the version's number behind the inputs.
  let types: [ValueType]
  /// Over the rule's inputs and the number of the version; nil where the interpreter prices.
  var program: Finish?
  /// Prices all rows where there is no program, else those that the program has no result for.
  var pricing: Pricing?
  let explanation: String
  /// Whether somebody looks at the version in force.
  var namesVersion = true

  var results: [ValueType] { program?.results ?? pricing?.finish.results ?? [] }

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance { Instance(self, context) }

  func narrowed(to results: Set<Int>) -> any BoundScript {
    var narrow = self
    narrow.namesVersion = results.contains(1)
    if !results.contains(2) {
      narrow.program = program?.withoutBranch
      if let finish = pricing?.finish { narrow.pricing?.finish = finish.withoutBranch }
    }
    return narrow
  }

  func expressions(_ rows: CommonRows) -> Set<ColumnExpression> {
    program.map { rows.expressions(of: $0.program) } ?? []
  }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any BoundScript {
    var result = self
    if let program { result.program?.program = program.program.taking(numbers, rows) }
    return result
  }

  private final class Instance: BoundScriptInstance {
    private let bound: BoundFeeRule
    private let context: WorkerContext
    private let dictionary = TextDictionary()
    private let codes: [UInt32]

    init(_ bound: BoundFeeRule, _ context: WorkerContext) {
      self.bound = bound
      self.context = context
      let dictionary = dictionary
      codes = bound.rule.versions.map { dictionary.code(for: $0.label) }
    }

    func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (
      columns: [Column], problems: [RowProblem]
    ) {
      let costs = bound.pricing?.script.scripts.costs
      let start = costs?.start()
      defer { if let script = bound.pricing?.script { costs?.note(script.costed, rows: count, since: start) } }
      var (columns, problems) = try mapped(arguments, common, count: count)
      if let first = problems.first, first.full == nil { problems[0].full = whole(first, arguments) }
      return (columns, problems)
    }

    /// What there is to say of a row that has no version or no fee for another reason than the script's.
    private func whole(_ problem: RowProblem, _ arguments: [Column]) -> FullMessage {
      let rule = bound.rule
      let inputs = rule.inputs.indices.map { index in
        EvalLine.Input(
          name: rule.inputs[index].name, type: bound.types[index], value: arguments[index].scalar(Int(problem.row)))
      }
      var whole = Diagnostic(problem.code, problem.message, at: rule.span)
      whole.notes.append(LuaScript.note(of: inputs))
      // A table's terms stand behind the inputs, and the number of its row behind them.
      if arguments.count == inputs.count {
        whole.notes.append(.init("repeat it", rule.scripts.evalLine(rule.name, inputs).text))
      }
      return FullMessage(whole)
    }

    private func mapped(_ arguments: [Column], _ common: [Column?], count: Int) throws -> (
      columns: [Column], problems: [RowProblem]
    ) {
      let (versions, unversioned) = versions(arguments, count: count)
      let known = codes
      let version =
        bound.namesVersion ? Column(.texts(.coded(elementwise(versions) { known[Int($0)] }, dictionary))) : .unread
      let inputs = arguments.prefix(bound.rule.inputs.count)
      let numbered = inputs + [Column(.ints(versions))] + arguments.dropFirst(inputs.count)
      guard !unversioned.isEmpty else {
        let (columns, problems) = try price(Array(numbered), common, count: count)
        return ([columns[0], version, columns[1]], problems)
      }
      var places = [Int32](repeating: -1, count: count)
      let out = Set(unversioned.map(\.row))
      let rows = (0..<Int32(count)).filter { !out.contains($0) }
      for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
      let (columns, problems): ([Column], [RowProblem])
      do {
        (columns, problems) = try price(numbered.map { $0.gathered(rows) }, [], count: rows.count)
      } catch let failure as RunFailure {
        throw failure.moved(to: rows)
      }
      let placed = columns.map { $0.isUnread ? $0 : $0.gatheredOrMissing(places) }
      return (
        [placed[0], version, placed[1]], (unversioned + problems.map { $0.moved(to: rows) }).sorted { $0.row < $1.row }
      )
    }

    /// Fee and branch of rows that have a version.
    private func price(_ arguments: [Column], _ common: [Column?], count: Int) throws -> (
      columns: [Column], problems: [RowProblem]
    ) {
      guard let program = bound.program else { return try interpret(arguments, count: count) }
      let (columns, problems) = try finish(program, arguments, common, count: count)
      guard !problems.isEmpty, bound.pricing != nil else { return (columns, problems) }
      let rows = Set(problems.map(\.row)).sorted()
      if let script = bound.pricing?.script { script.scripts.costs.noteReturned(script.costed, rows: rows.count) }
      let decided: (columns: [Column], problems: [RowProblem])
      do {
        decided = try interpret(arguments.map { $0.gathered(rows) }, count: rows.count)
      } catch let failure as RunFailure {
        throw failure.moved(to: rows)
      }
      return (
        zip(columns, decided.columns).map { $0.isUnread ? $0 : $0.replacing(rows, with: $1) },
        decided.problems.map { $0.moved(to: rows) }
      )
    }

    private func interpret(_ arguments: [Column], count: Int) throws -> (columns: [Column], problems: [RowProblem]) {
      guard let pricing = bound.pricing else { preconditionFailure("a rule has a program or a script") }
      let (priced, failing) = try pricing.script.map(
        arguments, count: count, results: pricing.results, in: pricing.script.scripts.state(context),
        roundsFirst: bound.rule.roundsBelow(pricing.results[0]))
      let after = arguments.dropFirst(bound.rule.inputs.count)
      let (columns, problems) = try finish(pricing.finish, priced + after, [], count: count)
      let failed = Set(failing.map(\.row))
      return (columns, (failing + problems.filter { !failed.contains($0.row) }).sorted { $0.row < $1.row })
    }

    /// Fee and branch by a program; a row that fails in both has one problem.
    private func finish(
      _ finish: Finish, _ inputs: [Column], _ common: [Column?], count: Int
    ) throws -> (columns: [Column], problems: [RowProblem]) {
      let result = try finish.program.evaluate(
        inputs, common: common, count: count, worker: context.programs)
      var problems: [RowProblem] = []
      for failure in result.failures where failure.row != problems.last?.row {
        problems.append(
          RowProblem(row: failure.row, code: failure.code, message: "\(bound.rule.name): \(failure.message)"))
      }
      return ([result.columns[finish.fee], finish.branch.map { result.columns[$0] } ?? .unread], problems)
    }

    /// The number of the version in force in each row; 0 and a problem where none is.
    private func versions(_ arguments: [Column], count: Int) -> ([Int64], [RowProblem]) {
      let rule = bound.rule
      var numbers = [Int64](repeating: 0, count: count)
      guard let position = rule.datePosition, case .dates(let days) = arguments[position].values else {
        return (numbers, [])
      }
      // Versions follow each other without gaps: as many have begun as begin on or before the day.
      let first = rule.versions[0].validFrom?.days ?? Int32.min
      for version in rule.versions.dropFirst() {
        let start = version.validFrom?.days ?? Int32.min
        numbers = elementwise(numbers, days) { $0 &+ ($1 >= start ? 1 : 0) }
      }
      let end = rule.versions.last?.validTo?.days ?? Int32.max
      var (least, greatest) = (first, Int32.min)
      for day in days {
        least = min(least, day)
        greatest = max(greatest, day)
      }
      if least >= first, greatest < end { return (numbers, []) }
      var problems: [RowProblem] = []
      for row in 0..<count where days[row] < first || days[row] >= end {
        numbers[row] = 0
        let date = CalendarDate(days: days[row])
        problems.append(
          RowProblem(row: Int32(row), code: .noVersion, message: "\(rule.name) has no version in force on \(date)"))
      }
      return (numbers, problems)
    }
  }
}
