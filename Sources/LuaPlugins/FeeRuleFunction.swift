import Columns
import Diagnostics
import Expressions
import LuaHost
import Memory
import Planning

/// A fee rule as a function of its inputs: finds the version in force, prices, then applies minimum, maximum and
/// rounding.
///
/// Results: the fee, the version (its first day, as text), the branch that decided.
struct FeeRuleFunction: FeeRuleScript {
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

  /// Whether the fee is rounded to at least two decimals fewer than a type has.
  func roundsBelow(_ type: ValueType) -> Bool {
    guard let rounding, case .decimal(_, let scale) = type.data else { return false }
    return rounding.scale + 2 <= scale
  }

  let file: SourceFile
  let scripts: PluginScripts
  /// Where the versions begin.
  let span: SourceSpan
  /// Where what it gives is written.
  let feeSpan: SourceSpan

  private static let version = "version number"
  private static let termsRow = "terms row"
  private static let priced = "weir_fee"
  private static let branch = "weir_branch"

  func bind(_ arguments: [ValueType], terms: [Field]) throws(InvalidInput) -> any BoundScript {
    let start = ProcessorTime.ofThread
    let bound = try chosen(arguments, terms: terms)
    if case .script(let script) = fee { script.noteBinding(bound.explanation, since: start) }
    return bound
  }

  /// The rule on the path that it takes.
  private func chosen(_ arguments: [ValueType], terms: [Field]) throws(InvalidInput) -> any BoundScript {
    let changes = terms.map { Field("terms.\($0.name)", $0.type.nullable()) }
    let numbers = [Field(Self.version, ValueType(.int))]
    let own = changes + (terms.isEmpty ? [] : [Field(Self.termsRow, ValueType(.int))])
    let inputs = zip(inputs, arguments).map { Field($0.name, $1) }
    let priced = PricedColumns(terms: terms.map(\.name), after: numbers + own)
    let columns = Schema(inputs + numbers + own)
    let types = columns.fields.map(\.type)
    let scope = if case .script(let script) = fee { script.scope(columns) } else { ExpressionScope(columns: columns) }
    var builder = ProgramBuilder(scope: scope)
    switch try compile(priced, into: &builder) {
    case .compiled(let outputs):
      try check(outputs[0].type)
      let pricing = try pricing(outputs.map(\.type), priced, types)
      if let pricing, pricing.script.scripts.path == .interpreter {
        return BoundFeeRule(
          rule: self, types: types, program: nil, pricing: pricing, explanation: LuaPath.asked)
      }
      builder.define(Self.priced, outputs[0])
      if outputs.count > 1 { builder.define(Self.branch, outputs[1]) }
      let program = try finish(&builder, priced, hasBranch: outputs.count > 1)
      return BoundFeeRule(rule: self, types: types, program: program, pricing: pricing, explanation: "columnar")
    case .interpreted(let reason):
      let fee = ValueType(.decimal(scale: 18), unit: unit)
      guard let pricing = try pricing(givesBranch ? [fee, ValueType(.string, isNullable: true)] : [fee], priced, types)
      else { throw InvalidInput([reason]) }
      if pricing.script.scripts.path == .columnar { throw InvalidInput([LuaPath.refusal(reason, of: name)]) }
      return BoundFeeRule(
        rule: self, types: types, program: nil, pricing: pricing,
        explanation: "interpreted: \(reason.message) (\(reason.span?.description ?? file.path))")
    case .invalid(let diagnostics):
      throw InvalidInput(diagnostics)
    }
  }

  /// What a row is priced by beside the rule's inputs: the version's number, and the columns of a table of terms.
  private struct PricedColumns {
    var terms: [String]
    /// The version's number, a column for each of `terms`, and if there are any the number of the terms' row.
    var after: [Field]

    /// The column that overrides a term.
    func overrides(_ name: String) -> [String: String] { terms.contains(name) ? [name: "terms.\(name)"] : [:] }
    var overridden: [String: String] { Dictionary(uniqueKeysWithValues: terms.map { ($0, "terms.\($0)") }) }
  }

  private func compile(
    _ columns: PricedColumns, into builder: inout ProgramBuilder
  ) throws(InvalidInput) -> FunctionCompiler.Outcome {
    switch fee {
    case .script(let script):
      return try pricing(script, columns).compile(inputs.map(\.name) + columns.after.map(\.name), into: &builder)
    case .declared(let base, let method):
      let byTiers = "\(method)(row.\(base), terms.tiers), \"\(method)\""
      let byRate = "row.\(base) * terms.rate, \"rate\""
      let tiers = versions.filter { !$0.terms["tiers"].isNil }.count
      var body =
        tiers == versions.count
        ? "return \(byTiers)"
        : tiers == 0 ? "return \(byRate)" : "if terms.tiers then return \(byTiers) end return \(byRate)"
      // A rate of one's own stands before everybody's tiers.
      let ownRate = columns.overrides("rate")
      if tiers > 0, !ownRate.isEmpty {
        body = "if own.rate then return row.\(base) * own.rate, \"rate\" end \(body)"
      }
      return try compile(
        "function(row, terms, own) \(body) end",
        [
          .row(Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.name) })),
          .chosen(versions.map { ConstantTree($0.terms) }, by: Self.version, overridden: columns.overridden),
          .row(ownRate),
        ], results: [nil, nil], into: &builder)
    }
  }

  /// The rule's function with the terms that a table overrides.
  private func pricing(_ script: LuaScript, _ columns: PricedColumns) -> LuaScript {
    var script = script
    script.parameters[1] = .choice(versions.map(\.terms), overridden: columns.terms)
    return script
  }

  /// Compiles a function that this type writes itself.
  private func compile(
    _ function: String, _ parameters: [FunctionCompiler.Parameter], results: [ValueType?],
    into builder: inout ProgramBuilder
  ) throws(InvalidInput) -> FunctionCompiler.Outcome {
    let text = LocatedText("return \(function)", path: file.path)
    do throws(Diagnostic) {
      guard let node = try FunctionCompiler.function(in: text, firstLine: 1, lastLine: 1) else {
        preconditionFailure("one function stands on one line")
      }
      return FunctionCompiler(text: text).compile(node, parameters: parameters, results: results, into: &builder)
    } catch {
      throw InvalidInput([error])
    }
  }

  /// Makes a limit a column of the builder: the terms', else the version's, else the rule's. nil where there is none
  /// at all; `mayBeMissing` where some rows have none.
  private func limit(
    _ key: String, _ standard: ExactDecimal?, _ columns: PricedColumns, into builder: inout ProgramBuilder
  ) throws(InvalidInput) -> (name: String, mayBeMissing: Bool)? {
    let limits = versions.map { $0.terms[key].asDecimal ?? standard }
    let override = columns.overrides(key)
    guard !override.isEmpty || limits.contains(where: { $0 != nil }) else { return nil }
    let trees = limits.map { ConstantTree.table($0.map { [key: .value(.decimal($0))] } ?? [:], items: []) }
    let outcome = try compile(
      "function(terms) return terms.\(key) end", [.chosen(trees, by: Self.version, overridden: override)],
      results: [nil], into: &builder)
    switch outcome {
    case .compiled(let outputs):
      builder.define("weir_\(key)", outputs[0])
      return ("weir_\(key)", outputs[0].type.isNullable)
    case .interpreted(let reason): throw InvalidInput([reason])
    case .invalid(let diagnostics): throw InvalidInput(diagnostics)
    }
  }

  /// Whether its function can give the branch beside the fee.
  private var givesBranch: Bool { if case .script(let script) = fee { script.returns.count > 1 } else { true } }

  private func check(_ type: ValueType) throws(InvalidInput) {
    let place = feeSpan
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
    _ builder: inout ProgramBuilder, _ columns: PricedColumns, hasBranch: Bool
  ) throws(InvalidInput) -> BoundFeeRule.Finish {
    var fee = Self.priced
    var branch = hasBranch ? Self.branch : "\"\(namedBranch ?? "fee")\""
    for (key, standard, sign, function) in [
      ("maximum", maximum, ">", "math.min"), ("minimum", minimum, "<", "math.max"),
    ] {
      guard let limit = try limit(key, standard, columns, into: &builder) else { continue }
      let passes = "\(Self.priced) \(sign) \(limit.name)"
      let isPassed = limit.mayBeMissing ? "(\(limit.name) ~= nil and \(passes))" : passes
      branch = "\(isPassed) and \"\(key)\" or \(branch)"
      let limited = "\(function)(\(fee), \(limit.name))"
      fee = limit.mayBeMissing ? "(\(limit.name) and \(limited) or \(fee))" : limited
    }
    if let rounding { fee = "round(\(fee), \(rounding.scale), \"\(rounding.0.rawValue)\")" }
    let feeOutput = builder.add(LocatedText(fee, path: file.path))
    let branchOutput = builder.add(LocatedText(branch, path: file.path))
    guard let feeOutput, let branchOutput else { throw InvalidInput(builder.diagnostics.diagnostics) }
    return BoundFeeRule.Finish(
      program: builder.build(), results: [feeOutput.type, ValueType(.string), branchOutput.type],
      fee: feeOutput.output, branch: branchOutput.output)
  }

  /// The rule's function as the interpreter runs it, giving these types, and what comes after; nil for a rule without a
  /// function.
  private func pricing(
    _ types: [ValueType], _ columns: PricedColumns, _ arguments: [ValueType]
  ) throws(InvalidInput) -> BoundFeeRule.Pricing? {
    guard case .script(let script) = fee else { return nil }
    let schema = Schema(zip([Self.priced, Self.branch], types).map { Field($0, $1) } + columns.after)
    var builder = ProgramBuilder(scope: ExpressionScope(columns: schema))
    var priced = pricing(script, columns)
    priced.argumentTypes = arguments
    return BoundFeeRule.Pricing(
      script: priced, results: types, finish: try finish(&builder, columns, hasBranch: types.count > 1))
  }
}
