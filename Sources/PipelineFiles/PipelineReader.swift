import Columns
import Diagnostics
import Planning
import YAMLNodes

/// Reads a pipeline file into a spec. Reports all mistakes of form; names and types are for the planner.
public struct PipelineReader {
  public static let languageVersion = 1

  private var spec: PipelineSpec
  private var bag = DiagnosticBag()

  /// - Parameter directory: the folder of the file.
  public static func read(_ file: SourceFile, directory: String) throws(InvalidInput) -> (PipelineSpec, DiagnosticBag) {
    var bag = DiagnosticBag()
    guard let root = try YAMLReader.read(file, &bag), root.entries != nil else {
      throw InvalidInput([
        Diagnostic(
          .wrongValue, "a pipeline file has keys such as 'weir', 'ingest' and 'export'", at: file.span(0..<0),
          help: "'weir new pipeline NAME' writes one to start from")
      ])
    }
    var reader = PipelineReader(
      spec: PipelineSpec(file: file, directory: directory, name: file.path.fileNameWithoutExtension))
    reader.bag = bag
    reader.readTop(root)
    return (reader.spec, reader.bag)
  }

  private mutating func readTop(_ root: DocumentNode) {
    var top = SpecReader(root, subject: "the pipeline")
    if let version = top.requiredNode("weir"), version.int != Self.languageVersion {
      top.bag.report(
        .languageVersion, "this is Weir's language version \(Self.languageVersion); the file asks for another",
        at: version.span, help: "write 'weir: \(Self.languageVersion)'")
    }
    if let name = top.text("name") { spec.name = name.text }
    spec.description = top.text("description")?.text
    readParameters(top.entries("params"))
    readUnits(top.entries("units"))
    if let node = top.node("calendar") { readCalendar(node) }
    readPlugins(top.node("plugins"))
    spec.ingests = top.entries("ingest").map { NamedNode(name: $0.key, nameSpan: $0.keySpan, node: $0.value) }
    readStages(top.entries("transform"))
    if let checks = top.node("checks"), !checks.isNull {
      if let items = checks.items {
        spec.checks = items
      } else {
        top.bag.report(.wrongValue, "'checks' is a list of checks, not \(checks.kind)", at: checks.span)
      }
    }
    spec.exports = top.entries("export").map { NamedNode(name: $0.key, nameSpan: $0.keySpan, node: $0.value) }
    if let node = top.node("quarantine") { readQuarantine(node) }
    bag.report(contentsOf: top.finish().diagnostics)
  }

  private mutating func readParameters(_ entries: [DocumentNode.Entry]) {
    for entry in entries {
      var reader = SpecReader(entry.value, subject: "parameter '\(entry.key)'", shorthand: "default")
      let typeText = reader.text("type")
      let standard = reader.text("default")
      var kind = ParameterSpec.Kind.value(ValueType(.string))
      switch typeText?.text {
      case nil: break
      case "path": kind = .path
      case "secret": kind = .secret
      case .some(let text):
        do {
          kind = .value(try ValueType(parsing: text))
        } catch {
          reader.bag.report(error, at: typeText!.span)
          // What the default looks like, so that expressions over the parameter are checked all the same.
          let guesses: [DataType] = [.int, .decimal(scale: 18), .date, .bool]
          if let text = standard?.text, let guess = guesses.first(where: { Scalar(parsing: text, as: $0) != nil }) {
            kind = .value(ValueType(guess))
          }
        }
      }
      spec.parameters.append(ParameterSpec(name: entry.key, span: entry.keySpan, kind: kind, standard: standard))
      bag.report(contentsOf: reader.finish().diagnostics)
    }
  }

  private mutating func readUnits(_ entries: [DocumentNode.Entry]) {
    for entry in entries {
      guard let decimals = entry.value.int, (0...38).contains(decimals) else {
        bag.report(
          .wrongValue, "unit '\(entry.key)' takes the number of decimals that a report shows at least, 0 to 38",
          at: entry.value.span)
        continue
      }
      if Unit(parsing: entry.key)?.singleSymbol == nil {
        bag.report(.wrongValue, "'\(entry.key)' is not a unit's name", at: entry.keySpan)
      }
      spec.units[entry.key] = decimals
    }
  }

  private mutating func readCalendar(_ node: DocumentNode) {
    var reader = SpecReader(node, subject: "the calendar")
    let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    if let text = reader.text("week_start") {
      if let index = weekdays.firstIndex(of: text.text.lowercased()) {
        spec.calendar.firstWeekday = index + 1
      } else {
        reader.bag.report(
          .wrongValue, "'week_start' is a day of the week", at: text.span,
          help: suggestion(for: text.text, among: weekdays))
      }
    }
    if let month = reader.int("fiscal_year_start") {
      if (1...12).contains(month) {
        spec.calendar.firstMonth = month
      } else {
        reader.bag.report(
          .wrongValue, "'fiscal_year_start' is a month from 1 to 12", at: reader.span(of: "fiscal_year_start"))
      }
    }
    if let zone = reader.text("zone") {
      if let minutes = CalendarSpec.minutes(ofZone: zone.text) {
        spec.calendar.zoneMinutes = minutes
      } else {
        reader.bag.report(.wrongValue, "'zone' is UTC or an offset such as +02:00, not '\(zone.text)'", at: zone.span)
      }
    }
    bag.report(contentsOf: reader.finish().diagnostics)
  }

  private mutating func readPlugins(_ node: DocumentNode?) {
    guard let node, !node.isNull else { return }
    for item in node.items ?? [node] {
      var reader = SpecReader(item, subject: "a plugin", shorthand: "path")
      let path = reader.requiredText("path")
      let settings = reader.entries("settings")
      let limits = reader.entries("limits")
      if let path { spec.plugins.append(PluginUse(path: path, settings: settings, limits: limits)) }
      bag.report(contentsOf: reader.finish().diagnostics)
    }
  }

  private mutating func readStages(_ entries: [DocumentNode.Entry]) {
    for entry in entries {
      var reader = SpecReader(entry.value, subject: "stage '\(entry.key)'")
      if let source = reader.requiredNode("from"), source.items?.isEmpty ?? false {
        reader.bag.report(.wrongValue, "'from' names no ingest or stage", at: source.span)
      }
      let from = reader.texts("from")
      var steps: [StepSpec] = []
      if let node = reader.node("steps"), !node.isNull {
        if let items = node.items {
          steps = items.compactMap { step($0, bag: &reader.bag) }
        } else {
          reader.bag.report(
            .wrongValue, "'steps' is a list: each step begins with '- ' and its name", at: node.span)
        }
      }
      spec.stages.append(StageSpec(name: entry.key, nameSpan: entry.keySpan, from: from, steps: steps))
      bag.report(contentsOf: reader.finish().diagnostics)
    }
  }

  private func step(_ node: DocumentNode, bag: inout DiagnosticBag) -> StepSpec? {
    guard let entries = node.entries, let first = entries.first else {
      bag.report(.wrongValue, "a step is its name and what it takes: '- filter: status == \"paid\"'", at: node.span)
      return nil
    }
    if entries.count > 1 {
      bag.report(
        .wrongValue, "a step has one name; '\(entries[1].key)' begins another", at: entries[1].keySpan,
        help: "put '- ' before it, or move it under '\(first.key)'")
    }
    return StepSpec(kind: first.key, kindSpan: first.keySpan, arguments: first.value)
  }

  private mutating func readQuarantine(_ node: DocumentNode) {
    var reader = SpecReader(node, subject: "the quarantine", shorthand: "path")
    spec.quarantine.path = reader.text("path")
    if let rate = reader.text("max_rate") {
      if let value = Self.rate(rate.text) {
        spec.quarantine.maximumRate = value
      } else {
        reader.bag.report(.wrongValue, "'max_rate' is a share such as 0.1% or 0.001", at: rate.span)
      }
    }
    bag.report(contentsOf: reader.finish().diagnostics)
  }

  private static func rate(_ text: String) -> ExactDecimal? {
    let isPercent = text.last == "%"
    let digits = isPercent ? String(text.dropLast().reversed().drop { $0 == " " }.reversed()) : text
    guard let value = ExactDecimal(digits), value.coefficient >= 0 else { return nil }
    return isPercent ? ExactDecimal(coefficient: value.coefficient, scale: min(value.scale + 2, 38)) : value
  }
}

extension CalendarSpec {
  /// Minutes east of Greenwich of `UTC`, `Z` or `±hh:mm`.
  public static func minutes(ofZone text: String) -> Int? {
    if text == "UTC" || text == "Z" { return 0 }
    let parts = text.dropFirst().split(separator: ":")
    guard let sign = text.first, sign == "+" || sign == "-", parts.count == 2, let hours = Int(parts[0]), hours < 24,
      let minutes = Int(parts[1]), minutes < 60
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }
}

extension String {
  var fileNameWithoutExtension: String {
    let name = split(separator: "/").last ?? ""
    return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name[...])
  }
}
