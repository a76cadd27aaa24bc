import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

/// A fee rule as a function of its inputs: finds the version in force, prices, then applies minimum, maximum and
/// rounding.
///
/// Results: the fee, the version (its first day, as text), the branch that decided.
struct FeeRuleFunction: ScriptFunction {
  enum Source: Sendable {
    case script(LuaScript)
    /// `rate` or `tiers` of the version, on one of the inputs.
    case declared(base: String, method: String)
  }

  let name: String
  let inputs: [ScriptInput]
  let versions: [FeeVersion]
  /// The input whose date decides; nil for a rule of one version that always holds.
  let datePosition: Int?
  let fee: Source
  /// The branch where the rule's function names none.
  let namedBranch: String?
  let unit: Unit
  let minimum: ExactDecimal?
  let maximum: ExactDecimal?
  let rounding: (RoundingMode, scale: Int)?
  let file: SourceFile

  private static let version = "version number"
  private static let priced = "weir_fee"
  private static let branch = "weir_branch"

  func bind(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundScript {
    let names = inputs.map(\.name) + [Self.version]
    let fields = zip(names, arguments + [ValueType(.int)]).map { Field($0, $1) }
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Schema(fields)))
    switch try compile(names, into: &builder) {
    case .compiled(let outputs):
      try check(outputs[0].type)
      builder.define(Self.priced, outputs[0])
      if outputs.count > 1 { builder.define(Self.branch, outputs[1]) }
      let (program, results, places) = try finish(&builder, hasBranch: outputs.count > 1)
      return BoundFeeRule(
        rule: self, pricing: nil, program: program, places: places, results: results, explanation: "columnar")
    case .interpreted(let reason):
      return try interpreted(arguments, reason)
    case .invalid(let diagnostics):
      throw InvalidInput(diagnostics)
    }
  }

  private func compile(
    _ names: [String], into builder: inout ProgramBuilder
  ) throws(InvalidInput) -> FunctionCompiler.Outcome {
    switch fee {
    case .script(let script): return try script.compile(names, into: &builder)
    case .declared(let base, let method):
      let byTiers = "\(method)(row.\(base), terms.tiers), \"\(method)\""
      let byRate = "row.\(base) * terms.rate, \"rate\""
      let tiers = versions.filter { !$0.terms["tiers"].isNil }.count
      let body =
        tiers == versions.count
        ? "return \(byTiers)"
        : tiers == 0 ? "return \(byRate)" : "if terms.tiers then return \(byTiers) end return \(byRate)"
      let text = LocatedText("return function(row, terms) \(body) end", path: file.path)
      do throws(Diagnostic) {
        guard let node = try FunctionCompiler.function(in: text, firstLine: 1, lastLine: 1) else {
          preconditionFailure("one function stands on one line")
        }
        return FunctionCompiler(text: text).compile(
          node,
          parameters: [
            .row(Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.name) })),
            .chosen(versions.map { ConstantTree($0.terms) }, by: Self.version),
          ], results: [nil, nil], into: &builder)
      } catch {
        throw InvalidInput([error])
      }
    }
  }

  private func check(_ type: ValueType) throws(InvalidInput) {
    let place = file.span(0..<0)
    if type.isNullable {
      throw InvalidInput([
        Diagnostic(
          .maybeNil, "\(name): the fee may be nil", at: place, help: "return a fee on every way, 0 where there is none")
      ])
    }
    if case .float = type.data {
      throw InvalidInput([
        Diagnostic(.computedFloat, "\(name): the fee is a computed float, and money is a decimal", at: place)
      ])
    }
    guard type.data.isNumeric else {
      throw InvalidInput([Diagnostic(.typeMismatch, "\(name): the fee is \(type), and money is a decimal", at: place)])
    }
    guard type.unit == unit else {
      throw InvalidInput([
        Diagnostic(.unitMismatch, "\(name): the fee is \(type), where \(unit) was expected", at: place)
      ])
    }
  }

  /// Adds what comes after pricing to a builder that knows the priced fee.
  private func finish(
    _ builder: inout ProgramBuilder, hasBranch: Bool
  ) throws(InvalidInput) -> (Program, results: [ValueType], places: (fee: Int, branch: Int)) {
    var fee = Self.priced
    var branch = hasBranch ? Self.branch : "\"\(namedBranch ?? "fee")\""
    if let maximum {
      branch = "\(Self.priced) > \(maximum) and \"maximum\" or \(branch)"
      fee = "math.min(\(fee), \(maximum))"
    }
    if let minimum {
      branch = "\(Self.priced) < \(minimum) and \"minimum\" or \(branch)"
      fee = "math.max(\(fee), \(minimum))"
    }
    if let rounding { fee = "round(\(fee), \(rounding.scale), \"\(rounding.0.rawValue)\")" }
    let feeOutput = builder.add(LocatedText(fee, path: file.path))
    let branchOutput = builder.add(LocatedText(branch, path: file.path))
    guard let feeOutput, let branchOutput else { throw InvalidInput(builder.diagnostics.diagnostics) }
    return (
      builder.build(), [feeOutput.type, ValueType(.string), branchOutput.type], (feeOutput.output, branchOutput.output)
    )
  }

  private func interpreted(_ arguments: [ValueType], _ reason: Diagnostic) throws(InvalidInput) -> any BoundScript {
    guard case .script(let script) = fee else { throw InvalidInput([reason]) }
    let priced = ValueType(.decimal(scale: 18), unit: unit)
    let schema = Schema([Field(Self.priced, priced), Field(Self.branch, ValueType(.string))])
    var builder = ProgramBuilder(scope: ExpressionScope(columns: schema))
    let (program, results, places) = try finish(&builder, hasBranch: true)
    return BoundFeeRule(
      rule: self, pricing: (script, [priced, ValueType(.string)]), program: program, places: places, results: results,
      explanation: "interpreted: \(reason.message) (\(reason.span?.description ?? file.path))")
  }
}

/// A fee rule bound to the types of its inputs.
struct BoundFeeRule: BoundScript {
  let rule: FeeRuleFunction
  /// The interpreted function and its results; nil where all is in the program.
  let pricing: (script: LuaScript, results: [ValueType])?
  let program: Program
  let places: (fee: Int, branch: Int)
  let results: [ValueType]
  let explanation: String

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance { try Instance(self, context) }

  private final class Instance: BoundScriptInstance {
    private let bound: BoundFeeRule
    private let context: WorkerContext
    private let state: LuaState?
    private let dictionary = TextDictionary()
    private let codes: [UInt32]

    init(_ bound: BoundFeeRule, _ context: WorkerContext) throws {
      self.bound = bound
      self.context = context
      state = try bound.pricing?.script.scripts.state(context)
      let dictionary = dictionary
      codes = bound.rule.versions.map { dictionary.code(for: $0.label) }
    }

    func map(_ arguments: [Column], count: Int) throws -> (columns: [Column], problems: [RowProblem]) {
      let (versions, unversioned) = versions(arguments, count: count)
      var problems = unversioned
      let numbered = arguments + [Column(.ints(versions.map { Int64($0) }))]
      let result: ProgramResult
      if let pricing = bound.pricing, let state {
        let (priced, failures) = try pricing.script.map(
          numbered, count: count, results: pricing.results, in: state)
        problems += failures
        result = try bound.program.evaluate(priced, count: count, worker: context.programs)
      } else {
        result = try bound.program.evaluate(numbered, count: count, worker: context.programs)
      }
      problems += result.failures.map {
        RowProblem(row: $0.row, code: $0.code, message: "\(bound.rule.name): \($0.message)")
      }
      let version = Column(.texts(.coded(versions.map { codes[$0] }, dictionary)))
      return ([result.columns[bound.places.fee], version, result.columns[bound.places.branch]], problems)
    }

    /// The number of the version in force in each row; 0 and a problem where none is.
    private func versions(_ arguments: [Column], count: Int) -> ([Int], [RowProblem]) {
      let rule = bound.rule
      guard let position = rule.datePosition, case .dates(let days) = arguments[position].values else {
        return ([Int](repeating: 0, count: count), [])
      }
      let starts = rule.versions.map { $0.validFrom?.days ?? Int32.min }
      let end = rule.versions.last?.validTo?.days
      var numbers = [Int](repeating: 0, count: count)
      var problems: [RowProblem] = []
      for row in 0..<count {
        let day = days[row]
        var number = starts.count - 1
        while number >= 0, starts[number] > day { number -= 1 }
        if number < 0 || end.map({ day >= $0 }) ?? false {
          let date = CalendarDate(days: day)
          problems.append(
            RowProblem(row: Int32(row), code: .noVersion, message: "\(rule.name) has no version in force on \(date)"))
        } else {
          numbers[row] = number
        }
      }
      return (numbers, problems)
    }
  }
}
