import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

/// Turns the table that a Lua file returns into a definition, with every mistake at the file's line.
struct DefinitionReader {
  let scripts: PluginScripts
  let script: PluginFiles.Script
  let value: LuaValue
  var bag = DiagnosticBag()

  init(scripts: PluginScripts, script: PluginFiles.Script, value: LuaValue) {
    self.scripts = scripts
    self.script = script
    self.value = value
  }

  /// `network.gsv`
  var qualifiedName: String { "\(scripts.name).\(script.name)" }

  mutating func read(into catalogue: inout PluginCatalogue) {
    guard let manual = DefinitionManual.ofFolder(script.kind.rawValue) else { return }
    let kind = manual.name
    guard value["kind"].asString == kind else {
      bag.report(
        .invalidRule, "a file in '\(script.kind.rawValue)' returns \(kind) { … }", at: script.file.span(0..<0),
        help: "begin the table with 'return \(kind) {'")
      return
    }
    if let name = value["name"].asString, name != script.name {
      report(
        "the definition is called '\(name)' and its file '\(script.name).lua'; they must agree", key: "name")
    }
    checkKeys(manual.keyNames)
    switch script.kind {
    case .fees:
      if let rule = feeRule() { catalogue.feeRules[qualifiedName] = rule }
    case .metrics:
      if let metric = metric() { catalogue.metrics[qualifiedName] = metric }
    case .functions:
      if let inputs = inputs().map(inOrderOfParameters), let function = function(inputs) {
        catalogue.functions[qualifiedName] = function
        catalogue.functionInputs[qualifiedName] = inputs
        catalogue.functionProvenance[qualifiedName] = provenance
      }
    case .folds:
      if let fold = fold() { catalogue.folds[qualifiedName] = fold }
    case .transforms:
      if let transform = transform() { catalogue.transforms[qualifiedName] = transform }
    case .sources:
      if let source = source() { catalogue.sources[qualifiedName] = source }
    case .exports:
      if let export = export() { catalogue.exports[qualifiedName] = export }
    case .modules: break
    }
  }

  // MARK: Parts

  mutating func report(_ message: String, key: String, code: DiagnosticCode = .invalidRule, help: String? = nil) {
    bag.report(code, "\(qualifiedName): \(message)", at: span(of: key), help: help)
  }

  /// Where the key is set in the file: its first `key =`.
  func span(of key: String) -> SourceSpan { script.file.span(place(of: key) ?? 0..<0) }

  /// The first `key =` from an offset on.
  private func place(of key: String, from offset: Int = 0) -> Range<Int>? {
    let bytes = script.file.utf8
    let wanted = Array(key.utf8)
    func isName(_ byte: UInt8) -> Bool {
      byte == 95 || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    var start = offset
    while start + wanted.count <= bytes.count {
      let end = start + wanted.count
      if bytes[start] == wanted.first, Array(bytes[start..<end]) == wanted, start == 0 || !isName(bytes[start - 1]),
        end == bytes.count || !isName(bytes[end])
      {
        var next = end
        while next < bytes.count, bytes[next] == 32 { next += 1 }
        if next < bytes.count, bytes[next] == UInt8(ascii: "=") { return start..<end }
      }
      start += 1
    }
    return nil
  }

  private mutating func checkKeys(_ known: [String]) {
    for (name, _) in value.namedEntries where name != "kind" && !known.contains(name) {
      report(
        "there is no key '\(name)'", key: name, code: .unknownKey,
        help: suggestion(for: name, among: known) ?? "it takes \(known.joined(separator: ", "))")
    }
  }

  var provenance: Provenance {
    Provenance(
      title: value["title"].asString, definition: value["definition"].asString, source: scripts.source)
  }

  mutating func type(_ value: LuaValue, key: String, defaultScale: Int = 18) -> ValueType? {
    if value.isNil {
      report("there is no '\(key)', which takes a type in quotes, such as \"decimal USD\"", key: key)
      return nil
    }
    guard let text = value.asString else {
      report("'\(key)' takes a type in quotes, such as \"decimal USD\", not a \(value.typeName)", key: key)
      return nil
    }
    do throws(TypeSyntaxError) {
      return try ValueType(parsing: text, defaultScale: defaultScale)
    } catch {
      report(
        error.message, key: key, code: error.kind == .unknownType ? .unknownType : .wrongValue,
        help: suggestion(for: error.name ?? "", among: ValueType.typeNames)
          ?? (error.kind == .unknownType ? "types are \(ValueType.typeNames.joined(separator: ", "))" : nil))
      return nil
    }
  }

  /// The declared inputs, in the order in which the file writes them, so that functions take their arguments in it.
  mutating func inputs() -> [ScriptInput]? {
    declarations("inputs")?.map {
      ScriptInput(name: $0.name, type: $0.type, acceptsAnyDecimal: $0.type.data.isDecimal && !$0.isSized)
    }
  }

  /// Names and types under a key, in the file's order: a table has none. `isSized`: whether digits are given in ( ).
  mutating func declarations(_ key: String) -> [(name: String, type: ValueType, isSized: Bool)]? {
    let entries = value[key].namedEntries
    var found: [(name: String, type: ValueType, isSized: Bool)] = []
    var failed = false
    if case .table(let all) = value[key], all.count == entries.count {
      for (name, declared) in entries {
        guard let type = type(declared, key: name) else {
          failed = true
          continue
        }
        found.append((name, type, (declared.asString ?? "").contains("(")))
      }
    } else if value[key].asArray?.isEmpty ?? value[key].isNil {
      return []
    } else {
      report("'\(key)' names each column and its type: \(key) = { amount = \"decimal USD\" }", key: key)
      failed = true
    }
    let start = span(of: key).range.lowerBound
    let places = found.map { place(of: $0.name, from: start)?.lowerBound ?? Int.max }
    return failed ? nil : zip(places, found).sorted { $0.0 < $1.0 }.map(\.1)
  }

  mutating func unit() -> Unit? {
    guard let text = value["unit"].asString else { return Unit.none }
    guard let unit = Unit(parsing: text) else {
      report("'\(text)' is no unit", key: "unit", code: .unknownUnit)
      return nil
    }
    return unit
  }

  /// - Parameters:
  ///   - key: the key that has the function.
  ///   - address: what `weir eval` calls it by; nil where one row cannot repeat it.
  func scriptFunction(
    _ function: LuaHost.LuaFunction, _ parameters: [LuaScript.Parameter], returns: [ValueType?], key: String,
    address: String?
  ) -> LuaScript {
    LuaScript(
      scripts: scripts, script: script, function: function, parameters: parameters,
      identity: LuaScript.Identity(key: key, address: address), returns: returns)
  }

  // MARK: Definitions

  private mutating func metric() -> MetricDefinition? {
    guard let inputs = inputs(), let unit = unit() else { return nil }
    var returns: ValueType?
    if !value["returns"].isNil {
      guard let declared = type(value["returns"], key: "returns") else { return nil }
      returns = declared
    }
    let rowParameter = [LuaScript.Parameter.row(inputs.map(\.name))]
    let form: MetricDefinition.Form
    if !value["step"].isNil || !value["init"].isNil || !value["merge"].isNil {
      guard let scripted = scriptedMetric(inputs) else { return nil }
      form = .scripted(scripted)
    } else if let function = value["value"].asFunction {
      guard let aggregate = value["aggregate"].asString else {
        report("a metric with 'value' says how it is aggregated: aggregate = \"sum\"", key: "value")
        return nil
      }
      form = .reduced(
        value: scriptFunction(
          function, rowParameter, returns: [returns], key: "value", address: qualifiedName), aggregate: aggregate)
    } else if let finish = value["finish"].asFunction {
      guard let parts = parts(rowParameter) else { return nil }
      form = .combined(
        parts,
        finish: scriptFunction(
          finish, [.row(parts.map(\.name))], returns: [returns], key: "finish", address: "\(qualifiedName).finish"))
    } else {
      report(
        "a metric has 'value' and 'aggregate', or 'aggregates' and 'finish', or 'init', 'step', 'merge' and 'finish'",
        key: "metric",
        help: "value = function(row) return row.amount end, aggregate = \"sum\"")
      return nil
    }
    return MetricDefinition(
      name: qualifiedName, provenance: provenance, unit: unit, inputs: inputs, form: form,
      span: script.file.span(0..<0))
  }

  private mutating func parts(_ row: [LuaScript.Parameter]) -> [MetricDefinition.Part]? {
    let entries = value["aggregates"].namedEntries
    guard !entries.isEmpty else {
      report("'aggregates' names what 'finish' takes: aggregates = { fees = sum \"fee\" }", key: "aggregates")
      return nil
    }
    var parts: [MetricDefinition.Part] = []
    for (name, mark) in entries {
      guard let aggregate = mark["aggregate"].asString else {
        report("'\(name)' is no aggregate: write sum \"column\", count() or sum(function(row) … end)", key: name)
        return nil
      }
      var arguments: [MetricDefinition.Argument] = []
      if let column = mark["input"].asString {
        arguments.append(.column(column))
      } else if let function = mark["input"].asFunction {
        arguments.append(
          .value(
            scriptFunction(function, row, returns: [nil], key: name, address: "\(qualifiedName).\(name)")))
      }
      for parameter in mark["parameters"].asArray ?? [] {
        if let column = parameter.asString {
          arguments.append(.column(column))
        } else if let number = parameter.asDecimal {
          arguments.append(.constant(parameter.asInt.map { .int($0) } ?? .decimal(number)))
        }
      }
      parts.append(MetricDefinition.Part(name: name, aggregate: aggregate, arguments: arguments))
    }
    return parts
  }

  /// The inputs in the order of the function's parameters, where these have their names: a table has no order, and the
  /// text can hold the names elsewhere too.
  private func inOrderOfParameters(_ inputs: [ScriptInput]) -> [ScriptInput] {
    guard let function = value["value"].asFunction,
      let parameters = try? FunctionCompiler.function(
        in: LocatedText(script.file), firstLine: function.firstLine, lastLine: function.lastLine, named: "value")?
        .parameters
    else { return inputs }
    let ordered = parameters.compactMap { name in inputs.first { $0.name == name } }
    return ordered.count == inputs.count && Set(parameters).count == inputs.count ? ordered : inputs
  }

  private mutating func function(_ inputs: [ScriptInput]) -> (any RowFunction)? {
    guard let function = value["value"].asFunction else {
      report("a function has 'value': value = function(x) return x end", key: "value")
      return nil
    }
    guard let returns = type(value["returns"], key: "returns") else { return nil }
    let types = inputs.map(\.type)
    do throws(InvalidInput) {
      let bound = try scriptFunction(
        function, inputs.map { .value($0.name) }, returns: [returns], key: "value", address: qualifiedName
      ).bind(types)
      return ScriptRowFunction(name: qualifiedName, inputs: types, result: returns, bound: bound)
    } catch {
      // Only a pipeline that calls it has to know.
      if let refusal = error.diagnostics.first, refusal.code == .columnarOnly {
        return RefusedFunction(name: qualifiedName, inputs: types, result: returns, refusal: refusal)
      }
      bag.report(contentsOf: error.diagnostics)
      return nil
    }
  }
}
