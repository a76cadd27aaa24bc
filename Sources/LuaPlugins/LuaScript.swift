import Columns
import Diagnostics
import Expressions
import LuaHost
import Memory
import Planning

/// A function of a Lua file. Bound to columns it is compiled where it can be, and interpreted, a batch a call, where it cannot.
struct LuaScript: ScriptFunction {
  enum Parameter: Sendable {
    /// One object with these fields, which take as many of the arguments.
    case row([String])
    /// The argument itself, and what the definition calls it.
    case value(String)
    /// One of some tables of constants, by the number that the argument has. Fields that a table of terms overrides
    /// take an argument each, and one more that numbers the row of that table (-1: none).
    case choice([LuaValue], overridden: [String] = [])

    /// How many arguments it takes.
    var argumentCount: Int {
      switch self {
      case .row(let fields): fields.count
      case .value: 1
      case .choice(_, let overridden): overridden.isEmpty ? 1 : overridden.count + 2
      }
    }
  }

  let scripts: PluginScripts
  let script: PluginFiles.Script
  let function: LuaHost.LuaFunction
  var parameters: [Parameter]
  /// What messages and `weir eval` call it.
  let identity: Identity
  /// The types of the arguments, once it is bound to them.
  var argumentTypes: [ValueType] = []
  /// The types of the results; nil where they follow from the code.
  let returns: [ValueType?]

  func bind(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundScript {
    let start = ProcessorTime.ofThread
    var script = self
    script.argumentTypes = arguments
    let bound = try script.chosen()
    noteBinding(bound.explanation, since: start)
    return bound
  }

  /// The function on the path that it takes.
  private func chosen() throws(InvalidInput) -> any BoundScript {
    let arguments = argumentTypes
    let names = (0..<arguments.count).map { argumentName($0) }
    let schema = Schema(zip(names, arguments).map { Field($0, $1) })
    var builder = ProgramBuilder(scope: scope(schema))
    switch try compile(names, into: &builder) {
    case .compiled(let outputs):
      let types = outputs.map(\.type)
      if scripts.path == .interpreter {
        return InterpretedScript(script: self, results: types, explanation: LuaPath.asked)
      }
      return CompiledScript(
        script: self, program: builder.build(), outputs: outputs.map(\.output), results: types)
    case .interpreted(let reason): return try interpreted(reason)
    case .invalid(let diagnostics): throw InvalidInput(diagnostics)
    }
  }

  private func interpreted(_ reason: Diagnostic) throws(InvalidInput) -> any BoundScript {
    if scripts.path == .columnar { throw InvalidInput([LuaPath.refusal(reason, of: qualifiedName)]) }
    let declared = returns.compactMap { $0 }
    guard declared.count == returns.count else {
      var reason = reason
      reason.message += "; an interpreted function declares what it returns"
      reason.help = "add returns = \"decimal(38,18) USD\", or write it without this"
      throw InvalidInput([reason])
    }
    return InterpretedScript(script: self, results: declared, explanation: explanation(reason))
  }

  /// What `explain` says of a function that cannot be compiled.
  func explanation(_ reason: Diagnostic) -> String {
    "interpreted: \(reason.message) (\(reason.span?.description ?? script.file.path))"
  }

  /// What the function's costs are noted under.
  var costed: ScriptCosts.Function { ScriptCosts.Function(name: qualifiedName, line: function.firstLine) }

  func noteBinding(_ explanation: String, since start: Int) {
    scripts.costs.noteBinding(
      costed, path: String(explanation.prefix { $0 != ":" }), nanoseconds: ProcessorTime.ofThread - start)
  }

  /// `network.gsv`
  var qualifiedName: String { "\(scripts.name).\(script.name)" }

  func scope(_ columns: Schema) -> ExpressionScope {
    ExpressionScope(
      columns: columns,
      settings: Dictionary(
        uniqueKeysWithValues: scripts.settings.map {
          ($0.name, ExpressionScope.Constant($0.type, $0.value))
        }))
  }

  /// Compiles the function over columns of a scope, which the arguments are in order.
  func compile(
    _ names: [String], into builder: inout ProgramBuilder
  ) throws(InvalidInput) -> FunctionCompiler.Outcome {
    let text = LocatedText(script.file)
    let node: Expressions.LuaFunction?
    do throws(Diagnostic) {
      node = try FunctionCompiler.function(
        in: text, firstLine: function.firstLine, lastLine: function.lastLine, named: identity.key)
    } catch {
      throw InvalidInput([error])
    }
    let line = script.file.offset(ofLine: function.firstLine)
    guard let node else {
      return .interpreted(
        Diagnostic(
          .unsupportedExpression, "several functions stand on the same line", at: script.file.span(line..<line + 1)))
    }
    let upvalues: Upvalues = scripts.inspecting { self.upvalues(of: function, in: $0, text) } ?? ([:], [:])
    let compiler = FunctionCompiler(text: text, upvalues: upvalues.constants, functions: upvalues.functions)
    let outcome = compiler.compile(node, parameters: compilerParameters(names), results: returns, into: &builder)
    guard case .invalid(let diagnostics) = outcome else { return outcome }
    // What follows from a name that only the interpreter knows is no mistake either.
    let known = InterpretedNames(of: text, calledFrom: node)
    guard let reason = diagnostics.compactMap({ known.reason(for: $0) }).first else { return outcome }
    return .interpreted(reason)
  }

  private func compilerParameters(_ names: [String]) -> [FunctionCompiler.Parameter] {
    var next = names[...]
    return parameters.map { parameter in
      switch parameter {
      case .row(let fields):
        let columns = Array(next.prefix(fields.count))
        next = next.dropFirst(fields.count)
        return .row(Dictionary(uniqueKeysWithValues: zip(fields, columns)))
      case .value: return .column(next.removeFirst())
      case .choice(let tables, let overridden):
        let names = Array(next.prefix(parameter.argumentCount))
        next = next.dropFirst(names.count)
        return .chosen(
          tables.map { ConstantTree($0) }, by: names[0],
          overridden: Dictionary(uniqueKeysWithValues: zip(overridden, names.dropFirst())))
      }
    }
  }

  private typealias Upvalues = (constants: [String: ConstantTree], functions: [String: FunctionCompiler.FileFunction])

  /// The locals of the file that a function reads; functions among them with what they read in turn, a few calls deep.
  private func upvalues(of function: LuaHost.LuaFunction, in state: LuaState, _ text: LocatedText, depth: Int = 0)
    -> Upvalues
  {
    guard let values = try? state.constants(of: function) else { return ([:], [:]) }
    var upvalues: Upvalues = ([:], [:])
    for (name, value) in values {
      guard case .function(let called) = value else {
        upvalues.constants[name] = ConstantTree(value)
        continue
      }
      if depth < 4, called.path == function.path,
        let node = try? FunctionCompiler.function(
          in: text, firstLine: called.firstLine, lastLine: called.lastLine, named: name)
      {
        let own = self.upvalues(of: called, in: state, text, depth: depth + 1)
        upvalues.functions[name] = .columnar(node, upvalues: own.constants, functions: own.functions)
      } else {
        upvalues.functions[name] = .interpreted
      }
    }
    return upvalues
  }

  /// What the column of an argument is called in a program.
  private func argumentName(_ index: Int) -> String {
    var left = index
    for (number, parameter) in parameters.enumerated() {
      let count = parameter.argumentCount
      if left < count {
        if case .row(let fields) = parameter {
          return parameters.count == 1 ? fields[left] : "\(number + 1).\(fields[left])"
        }
        return "argument \(number + 1)"
      }
      left -= count
    }
    return "argument \(index + 1)"
  }
}

extension ConstantTree {
  init(_ value: LuaValue) {
    switch value {
    case .nil: self = .value(.missing)
    case .function: self = .opaque
    case .bool(let value): self = .value(.bool(value))
    case .int(let value): self = .value(.int(value))
    case .float(let value): self = .value(.float(value))
    case .string(let value): self = .value(.string(value))
    case .decimal(let value): self = .value(.decimal(value))
    case .date(let value): self = .value(.date(value))
    case .timestamp(let value): self = .value(.timestamp(value))
    case .table(let entries):
      var items: [ConstantTree] = []
      var fields: [String: ConstantTree] = [:]
      for (key, value) in entries {
        if let name = key.asString {
          fields[name] = ConstantTree(value)
        } else if case .int(Int64(items.count + 1)) = key {
          items.append(ConstantTree(value))
        } else {
          self = .opaque
          return
        }
      }
      self = .table(fields, items: items)
    }
  }
}

/// A script that the interpreter runs, a batch a call.
struct InterpretedScript: BoundScript {
  let script: LuaScript
  let results: [ValueType]
  let explanation: String

  func makeInstance(_ context: WorkerContext) throws -> any BoundScriptInstance {
    Instance(self, try script.scripts.state(context))
  }

  private final class Instance: BoundScriptInstance {
    private let bound: InterpretedScript
    private let state: LuaState

    init(_ bound: InterpretedScript, _ state: LuaState) {
      self.bound = bound
      self.state = state
    }

    func map(_ arguments: [Column], common: [Column?], count: Int) throws -> (columns: [Column], problems: [RowProblem])
    {
      let costs = bound.script.scripts.costs
      let start = costs.start()
      defer { costs.note(bound.script.costed, rows: count, since: start) }
      return try bound.script.map(arguments, count: count, results: bound.results, in: state)
    }
  }
}

/// A function of expressions that may not run as it is; what calls it is told why.
struct RefusedFunction: RowFunction {
  let name: String
  let inputs: [ValueType]
  let result: ValueType
  let refusal: Diagnostic?
  let explanation = "refused"

  func makeInstance() throws -> any RowFunctionInstance { preconditionFailure("a plan has no refused function") }
}

/// A script as a function of expressions, on whichever path it takes.
struct ScriptRowFunction: RowFunction {
  let name: String
  let inputs: [ValueType]
  let result: ValueType
  let bound: any BoundScript

  var explanation: String { bound.explanation }

  func makeInstance() throws -> any RowFunctionInstance { Instance(try bound.makeInstance(WorkerContext())) }

  private final class Instance: RowFunctionInstance {
    private let bound: any BoundScriptInstance

    init(_ bound: any BoundScriptInstance) { self.bound = bound }

    func map(_ arguments: [Column], count: Int) throws -> (Column, [RowFailure]) {
      let (columns, problems) = try bound.map(arguments, count: count)
      return (columns[0], problems.map { RowFailure(row: $0.row, code: $0.code, message: $0.message, full: $0.full) })
    }
  }
}

extension LuaScript {
  /// Runs the function over a batch in a state. Failures of rows come with the row's inputs; others throw.
  ///
  /// - Parameter roundsFirst: whether the first result is rounded to at least two decimals fewer than its type has.
  func map(
    _ arguments: [Column], count: Int, results: [ValueType], in state: LuaState, roundsFirst: Bool = false
  ) throws -> (columns: [Column], problems: [RowProblem]) {
    do throws(LuaFailure) {
      let mapped = try state.mapRows(
        function, arguments: given(arguments), count: count,
        results: results.enumerated().map {
          LuaResult(
            name: identity.resultNames[$0.offset], type: $0.element.data, isNullable: $0.element.isNullable,
            isRoundedLater: roundsFirst && $0.offset == 0)
        })
      return (
        mapped.columns, mapped.failures.enumerated().map { problem($0.element, arguments, isFirst: $0.offset == 0) }
      )
    } catch {
      throw runFailure(error, arguments)
    }
  }

  /// The arguments as the host takes them.
  func given(_ arguments: [Column]) -> [LuaRowArgument] {
    var next = arguments[...]
    return parameters.map { parameter in
      switch parameter {
      case .row(let fields):
        let columns = Array(next.prefix(fields.count))
        next = next.dropFirst(fields.count)
        return .row(names: fields, columns: columns)
      case .value: return .column(next.removeFirst())
      case .choice(let tables, let overridden):
        let columns = Array(next.prefix(parameter.argumentCount))
        next = next.dropFirst(columns.count)
        return Self.choice(tables, overridden, columns)
      }
    }
  }

  private static func choice(_ tables: [LuaValue], _ overridden: [String], _ columns: [Column]) -> LuaRowArgument {
    guard case .ints(let numbers) = columns[0].values else { preconditionFailure("a choice goes by whole numbers") }
    guard !overridden.isEmpty, case .ints(let rows) = columns[columns.count - 1].values else {
      return .choice(tables, numbers.map { Int32($0) })
    }
    // Each version as each row of the terms changes it, made once a batch.
    var made = tables
    var places: [Int64: Int32] = [:]
    let choices = numbers.indices.map { row -> Int32 in
      guard rows[row] >= 0 else { return Int32(numbers[row]) }
      let key = rows[row] * Int64(tables.count) + numbers[row]
      if let place = places[key] { return place }
      var entries = tables[Int(numbers[row])].namedEntries.map { ($0.name, $0.value) }
      for (field, column) in zip(overridden, columns.dropFirst()) where column.isPresent(row) {
        entries.removeAll { $0.0 == field }
        entries.append((field, LuaValue(column.scalar(row))))
      }
      let place = Int32(made.count)
      made.append(.record(entries))
      places[key] = place
      return place
    }
    return .choice(made, choices)
  }
}
