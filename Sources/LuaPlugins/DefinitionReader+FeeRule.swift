import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

extension DefinitionReader {
  mutating func feeRule() -> FeeRuleDefinition? {
    guard let inputs = inputs(), let versions = versions() else { return nil }
    var unit = Unit.none
    if value["unit"].isNil {
      // A rule that prices money of one unit gives a fee of that unit.
      let units = Set(inputs.map(\.type.unit)).subtracting([.none])
      if units.count == 1 { unit = units.first! }
    } else {
      guard let declared = self.unit() else { return nil }
      unit = declared
    }
    var datePosition: Int?
    if versions.contains(where: { $0.validFrom != nil }) {
      guard let name = value["priced_by"].asString, let index = inputs.firstIndex(where: { $0.name == name }) else {
        report(
          "'priced_by' names the input whose date decides the version", key: "priced_by",
          help: "priced_by = \"issued_on\", with issued_on = \"date\" among the inputs")
        return nil
      }
      guard inputs[index].type == ValueType(.date) else {
        report("'priced_by' is a date, and '\(name)' is \(inputs[index].type)", key: "priced_by")
        return nil
      }
      datePosition = index
    }
    guard checkLimits(versions), let rounding = rounding(), let function = feeFunction(inputs, versions) else {
      return nil
    }
    return FeeRuleDefinition(
      name: qualifiedName, provenance: provenance, unit: unit, inputs: inputs,
      pricedBy: datePosition.map { inputs[$0].name }, terms: terms(versions),
      script: FeeRuleFunction(
        name: qualifiedName, inputs: inputs, versions: versions, datePosition: datePosition, fee: function.script,
        namedBranch: function.branch, unit: unit, minimum: value["minimum"].asDecimal,
        maximum: value["maximum"].asDecimal,
        rounding: rounding.mode.map { ($0, rounding.scale) }, file: script.file, scripts: scripts,
        span: span(of: "versions"),
        feeSpan: span(of: value["fee"].isNil ? "versions" : "fee")),
      span: script.file.span(0..<0))
  }

  /// The fields of all versions that are single values, and the limits that every rule can have.
  private func terms(_ versions: [FeeVersion]) -> [String] {
    let fields = versions.flatMap { version in
      version.terms.namedEntries.filter { if case .table = $0.value { false } else { true } }.map(\.name)
    }
    let rate = value["fee"].isNil ? ["rate"] : []
    return Set(fields + rate + ["minimum", "maximum"]).subtracting(["valid_from", "valid_to"]).sorted()
  }

  private mutating func checkLimits(_ versions: [FeeVersion]) -> Bool {
    for key in ["minimum", "maximum"] {
      for limit in [value[key]] + versions.map({ $0.terms[key] }) where !limit.isNil && limit.asDecimal == nil {
        report("'\(key)' is a number, not a \(limit.typeName)", key: key)
        return false
      }
    }
    for (number, version) in versions.enumerated() {
      guard let least = version.terms["minimum"].asDecimal ?? value["minimum"].asDecimal,
        let most = version.terms["maximum"].asDecimal ?? value["maximum"].asDecimal, least > most
      else { continue }
      let isOwn = !version.terms["minimum"].isNil || !version.terms["maximum"].isNil
      report(
        "\(isOwn ? "version \(number + 1)" : "the rule") has a minimum of \(least) and a maximum of \(most)",
        key: isOwn ? "versions" : "minimum", help: "no fee lies between them: the minimum is the smaller")
      return false
    }
    return true
  }

  private mutating func rounding() -> (mode: RoundingMode?, scale: Int)? {
    guard !value["rounding"].isNil else { return (nil, 0) }
    let scale = value["rounding"]["scale"].asInt ?? 2
    let name = value["rounding"]["mode"].asString ?? RoundingMode.halfEven.rawValue
    guard let mode = RoundingMode(rawValue: name), (0...38).contains(scale) else {
      report(
        "'rounding' is { scale = 2, mode = \"half_even\" }", key: "rounding",
        help: suggestion(for: name, among: RoundingMode.allCases.map(\.rawValue))
          ?? "modes are \(RoundingMode.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    return (mode, Int(scale))
  }

  /// Checks that versions follow each other without gap and overlap.
  private mutating func versions() -> [FeeVersion]? {
    guard let tables = value["versions"].asArray, !tables.isEmpty else {
      report(
        "'versions' lists the terms and when they hold", key: "versions",
        help: "versions = { { valid_from = \"2018-09-01\", rate = 0.10 } }")
      return nil
    }
    var versions: [FeeVersion] = []
    for table in tables {
      guard let from = date(table["valid_from"], "valid_from"), let to = date(table["valid_to"], "valid_to") else {
        return nil
      }
      versions.append(FeeVersion(validFrom: from.date, validTo: to.date, terms: table))
    }
    for (earlier, later) in zip(versions, versions.dropFirst()) {
      guard let start = later.validFrom else {
        report("only the first version may lack 'valid_from'", key: "versions")
        return nil
      }
      guard let end = earlier.validTo else {
        report(
          "a version without 'valid_to' is followed by one from \(start)", key: "versions", code: .versionOverlap,
          help: "end it with valid_to = \"\(start)\"")
        return nil
      }
      if end < start {
        report(
          "no version is in force from \(end) to \(start)", key: "versions", code: .versionGap,
          help: "versions hold from valid_from up to, not including, valid_to")
        return nil
      }
      if end > start {
        report(
          "two versions are in force from \(start) to \(end)", key: "versions", code: .versionOverlap,
          help: "versions hold from valid_from up to, not including, valid_to")
        return nil
      }
    }
    for version in versions {
      if let from = version.validFrom, let to = version.validTo, from >= to {
        report("a version ends on \(to), before it begins on \(from)", key: "versions")
        return nil
      }
    }
    return versions
  }

  private mutating func date(_ value: LuaValue, _ key: String) -> (date: CalendarDate?, Void)? {
    if value.isNil { return (nil, ()) }
    if let date = value.asDate ?? value.asString.flatMap({ CalendarDate($0) }) { return (date, ()) }
    report("'\(key)' is a date such as \"2023-07-19\"", key: key)
    return nil
  }

  /// Whether a rule's function can give a branch beside the fee: where every `return` has one value, it cannot.
  private func givesBranch(_ function: LuaHost.LuaFunction) -> Bool {
    guard
      let node = try? FunctionCompiler.function(
        in: LocatedText(script.file), firstLine: function.firstLine, lastLine: function.lastLine)
    else { return true }
    return !node.returnedValues.allSatisfy { values in
      guard values.count == 1 else { return false }
      if case .call = values[0].kind { return false }
      if case .methodCall = values[0].kind { return false }
      return true
    }
  }

  /// The function of the rule; a rule without one has `rate` or `tiers` over `base`.
  private mutating func feeFunction(
    _ inputs: [ScriptInput], _ versions: [FeeVersion]
  ) -> (script: FeeRuleFunction.Source, branch: String?)? {
    if let function = value["fee"].asFunction {
      return (
        .script(
          scriptFunction(
            function, [.row(inputs.map(\.name)), .choice(versions.map(\.terms))],
            returns: givesBranch(function) ? [nil, nil] : [nil], key: "fee", address: qualifiedName)),
        nil
      )
    }
    let amounts = inputs.filter { $0.type.data.isNumeric }
    let base = value["base"].asString ?? (amounts.count == 1 ? amounts[0].name : nil)
    guard let base, inputs.contains(where: { $0.name == base }) else {
      report(
        "a rule without 'fee' names the input that it is a share of: base = \"amount\"", key: "base")
      return nil
    }
    let method = value["method"].asString ?? "graduated"
    let hasTiers = versions.contains { !$0.terms["tiers"].isNil }
    if hasTiers, !["graduated", "volume"].contains(method) {
      report(
        "'method' is graduated (each rate on its slice) or volume (one rate on the whole), not '\(method)'",
        key: "method")
      return nil
    }
    let known = ["valid_from", "valid_to", "rate", "tiers", "minimum", "maximum"]
    for (name, _) in versions.flatMap(\.terms.namedEntries) where !known.contains(name) {
      report(
        "a version of a rule without 'fee' has no key '\(name)'", key: name, code: .unknownKey,
        help: suggestion(for: name, among: known) ?? "it takes \(known.joined(separator: ", "))")
      return nil
    }
    for (number, version) in versions.enumerated() {
      let (rate, tiers) = (version.terms["rate"], version.terms["tiers"])
      if !rate.isNil, rate.asDecimal == nil {
        report(
          "'rate' of version \(number + 1) is a number, such as 0.15, not a \(rate.typeName)", key: "rate")
        return nil
      }
      if !rate.isNil, !tiers.isNil {
        report(
          "version \(number + 1) has both 'rate' and 'tiers'", key: "tiers",
          help: "a version without 'fee' is priced by one of them: leave the other out")
        return nil
      }
      if !tiers.isNil, let problem = tiers.tiersProblem {
        report("'tiers' of version \(number + 1): \(problem)", key: "tiers")
        return nil
      }
    }
    for version in versions where version.terms["rate"].isNil && version.terms["tiers"].isNil {
      report("a version has neither 'rate' nor 'tiers', and the rule has no 'fee' function", key: "versions")
      return nil
    }
    return (.declared(base: base, method: method), hasTiers ? method : "rate")
  }
}

/// Terms and the days on which they hold: [validFrom, validTo).
struct FeeVersion: Sendable {
  var validFrom: CalendarDate?
  var validTo: CalendarDate?
  var terms: LuaValue

  /// As the audit column names it.
  var label: String { validFrom?.description ?? "always" }
}
