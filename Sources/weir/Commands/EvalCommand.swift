import ArgumentParser
import Columns
import Diagnostics
import Expressions
import LuaPlugins
import Memory
import Planning

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Compute one expression: weir eval 'div(10, 3, 2)'.",
    discussion: """
      Columns are given with --set NAME=VALUE, with a type where needed: --set 'amount: decimal(18,2) USD=10.50'; \
      a type without a value is a missing one: --set 'referrer: string?'.

      With --plugin the expression may call the plugin's functions, or be the name of a definition alone, whose inputs \
      --set gives: weir eval --plugin Plugins/network network.client_fee --set amount=10.50 --set issued_on=2024-01-31. \
      That is a fee rule, a function or the value of a metric; NAME.finish is a metric's finish over its aggregates, \
      NAME.PART the value of one of them.

      A fold, a transform, an export and a metric that is scripted throughout take several rows, in their order: an input \
      that is given again begins the next. A source takes a file: --input words.txt.
      """)

  @Argument(help: "The expression, or the name of a plugin's definition.")
  var expression: String

  @Option(name: .customLong("set"), help: ArgumentHelp("A column and its value.", valueName: "NAME=VALUE"))
  var columns: [String] = []

  @Option(name: .customLong("plugin"), help: ArgumentHelp("A plugin's folder.", valueName: "PATH"))
  var plugins: [String] = []

  @Option(name: .customLong("setting"), help: ArgumentHelp("A setting of the plugin.", valueName: "NAME=VALUE"))
  var settings: [String] = []

  @Option(
    name: .customLong("term"), help: ArgumentHelp("A term that a table gives a fee rule.", valueName: "NAME=VALUE"))
  var terms: [String] = []

  @Option(name: .customLong("input"), help: ArgumentHelp("The file that a source reads.", valueName: "FILE"))
  var input: String?

  @OptionGroup var lua: LuaOptions

  @Flag(help: "Print value and type as JSON.")
  var json = false

  func run() throws {
    let catalogue = try catalogue()
    let columns = try columns.map { try EvalArgument($0, option: "--set") }
    if let source = catalogue.sources[expression] {
      try show(rows: read(source))
    } else if let definition = RowsCall(expression, in: catalogue) {
      try show(rows: definition.rows(columns))
    } else if let definition = DefinitionCall(expression, in: catalogue) {
      let terms = try terms.map { try EvalArgument($0, option: "--term") }
      try show(definition.results(columns, terms: terms))
    } else {
      try checkName(catalogue)
      try show([value(columns, catalogue)])
    }
  }

  /// A plugin's name and a point begin the name of a definition, since there are no such columns.
  private func checkName(_ catalogue: PluginCatalogue) throws {
    let parts = expression.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, expression.utf8.allSatisfy({ $0 == 46 || $0 == 95 || $0 >= 97 && $0 <= 122 }),
      catalogue.identities.contains(where: { $0.name == parts[0] })
    else { return }
    let names = [
      Array(catalogue.feeRules.keys), Array(catalogue.functions.keys), Array(catalogue.metrics.keys),
      Array(catalogue.folds.keys), Array(catalogue.transforms.keys), Array(catalogue.sources.keys),
      Array(catalogue.exports.keys),
    ].joined()
    throw RunFailure(
      .unknownRule, "plugin '\(parts[0])' has nothing called '\(expression)' that a row can be given to",
      help: suggestion(for: expression, among: names) ?? "there are \(names.sorted().joined(separator: ", "))")
  }

  /// The plugins that are named, each with the settings that it has.
  private func catalogue() throws -> PluginCatalogue {
    var catalogue = PluginCatalogue()
    var bag = DiagnosticBag()
    let settings = try settings.map { try EvalArgument($0, option: "--setting") }
    let line = SourceFile(path: "command line", text: "")
    let entries = settings.map { setting in
      DocumentNode.Entry(
        key: setting.name, keySpan: line.span(0..<0),
        value: DocumentNode(
          .scalar(LocatedText(setting.value ?? "", at: line.span(0..<0)), isPlain: false), span: line.span(0..<0)))
    }
    for folder in plugins {
      let one = PluginLoader.load(
        folder: folder.normalizedPath, at: line.span(0..<0), settings: entries, lua: lua.path,
        limits: lua.limits, &bag)
      catalogue.add(one)
    }
    try bag.throwIfErrors()
    return catalogue
  }

  private func value(_ columns: [EvalArgument], _ catalogue: PluginCatalogue) throws -> NamedValue {
    let inputs = try columns.map { try $0.input(as: nil) }
    let scope = ExpressionScope(
      columns: Schema(inputs.map { Field($0.name, $0.type) }), functions: catalogue.functions)
    var builder = ProgramBuilder(scope: scope)
    let output = builder.add(LocatedText(expression, path: "expression"))
    guard let output, !builder.diagnostics.hasErrors else {
      throw InvalidInput(builder.diagnostics.diagnostics)
    }
    let result = try builder.build().evaluate(
      inputs.map { Column([$0.value], of: $0.type.data) }, count: 1, worker: ProgramWorker())
    if let failure = result.failures.first {
      throw RunFailure(failure.full?.diagnostic ?? Diagnostic(failure.code, failure.message))
    }
    return NamedValue(name: "value", type: output.type, value: result.columns[0].scalar(0))
  }

  /// The rows that a source makes of the file; those that it refuses are told on stderr.
  private func read(_ source: SourceScriptDefinition) throws -> [[NamedValue]] {
    guard let input else {
      throw RunFailure(.wrongUsage, "'\(source.name)' is a source, and reads a file", help: "give it with --input FILE")
    }
    let pieces = StreamPieces(try ByteStream(try InputFile(path: input), Compression(path: input), from: 0))
    let reader = try source.script.open(name: input.nameOfPath, path: input) { try pieces.next() }
    var rows: [[NamedValue]] = []
    do {
      while let read = try reader.next() {
        for refused in read.refused { Terminal.error("byte \(refused.start): \(refused.message)") }
        rows += (0..<read.count).map { row in
          zip(read.columns, source.columns).map { NamedValue(name: $1.name, type: $1.type, value: $0.scalar(row)) }
        }
      }
    } catch var failure as RunFailure {
      failure.diagnostic.notes.removeAll { $0.label == "repeat it" }
      throw failure
    }
    return rows
  }

  /// A line for each row; the value alone where that is all there is.
  private func show(rows: [[NamedValue]]) throws {
    if json {
      let items = rows.map { JSONValue.object($0.map { ($0.name, .string($0.value.text)) }) }
      print(JSONValue.array(items).text, terminator: "")
    } else {
      for row in rows {
        print(row.count == 1 ? row[0].value.text : row.map { "\($0.name) = \($0.value.text)" }.joined(separator: ", "))
      }
    }
  }

  private func show(_ values: [NamedValue]) throws {
    guard let first = values.first else { return }
    if json {
      var members: [(String, JSONValue)] = [
        ("value", .string(first.value.text)), ("type", .string(first.type.description)),
      ]
      members += values.dropFirst().map { ($0.name, .string($0.value.text)) }
      print(JSONValue.object(members).text, terminator: "")
    } else {
      let rest = values.dropFirst().map { "\($0.name) \($0.value.text)" }.joined(separator: ", ")
      print(first.value.text + (rest.isEmpty ? "" : " (\(rest))"))
    }
  }
}

/// A result under its name.
struct NamedValue {
  var name: String
  var type: ValueType
  var value: Scalar
}

/// `name=value`, `name: type=value`, or `name: type` of a missing value.
struct EvalArgument {
  var name: String
  var type: ValueType?
  /// nil where it is missing.
  var value: String?
  private let option: String
  private let text: String

  init(_ text: String, option: String) throws {
    self.text = text
    self.option = option
    let equals = text.firstIndex(of: "=")
    let head = text[..<(equals ?? text.endIndex)].split(separator: ":", maxSplits: 1)
    guard let first = head.first, equals != nil || head.count == 2 else {
      throw ValidationError("\(option) takes NAME=VALUE, not '\(text)'")
    }
    name = first.trimmed
    if head.count == 2 {
      do {
        type = try ValueType(parsing: head[1].trimmed, defaultScale: 18)
      } catch {
        throw ValidationError("\(option) \(text): \(error.message)")
      }
    }
    value = equals.map { String(text[text.index(after: $0)...]) }
    // A declared text is what it says, `nil` and nothing included.
    if type?.data != .string, value == "nil" || value == "" { value = nil }
  }

  /// The value in the type that is written; without one, in the type of the input that it is for, or in what it looks like.
  func input(as declared: ScriptInput?) throws -> EvalLine.Input {
    let type = type ?? value.map { Self.guessedType($0, declared) } ?? declared?.type ?? ValueType(.string)
    guard let value else { return EvalLine.Input(name: name, type: type.nullable(), value: .missing) }
    guard let scalar = Scalar(written: value, as: type.data) else {
      throw ValidationError("\(option) \(text): '\(value)' is no \(type)")
    }
    return EvalLine.Input(name: name, type: type, value: scalar)
  }

  private static func guessedType(_ value: String, _ declared: ScriptInput?) -> ValueType {
    if let declared, !declared.acceptsAnyDecimal { return declared.type }
    let unit = declared?.type.unit ?? .none
    if declared == nil, value == "true" || value == "false" { return ValueType(.bool) }
    if declared == nil, Int64(value) != nil { return ValueType(.int) }
    if let decimal = ExactDecimal(value) {
      return ValueType(.decimal(precision: max(18, decimal.precision), scale: decimal.scale), unit: unit)
    }
    if let declared { return declared.type }
    if CalendarDate(value) != nil { return ValueType(.date) }
    return ValueType(.string)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
