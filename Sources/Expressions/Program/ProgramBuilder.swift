import Columns
import Diagnostics

/// An expression that has been compiled: its type, and where its values come out.
public struct CompiledExpression: Sendable {
  public enum Phase: Sendable {
    /// Computed from a row: an output of `build()`.
    case row
    /// Computed from the results of extracted calls: an output of `buildFinish()`.
    case finish
  }
  public var type: ValueType
  public var phase: Phase
  /// Among the outputs of its phase's program.
  public var output: Int
  /// The value, where it is the same for all rows.
  public var constant: Scalar?
  /// The columns that are known to have a value in the rows where this is true.
  public var presentWhenTrue: Set<Int> = []
  /// What the whole expression is taken from, so that a report can say what the column means.
  public var origin: Origin?

  public enum Origin: Sendable, Hashable {
    /// A column under another name.
    case column(String)
    /// The result of a plugin's function.
    case function(String)
  }
}

/// Compiles expressions of one scope into a program: what they share is computed once.
public struct ProgramBuilder {
  public let scope: ExpressionScope
  /// All mistakes so far.
  public private(set) var diagnostics = DiagnosticBag()
  private var graph = Graph()
  private var functions: [any RowFunction] = []
  private var defined: [String: Value] = [:]
  private var calls: [ExtractedCall] = []
  private var rows: [Value] = []
  private var finishes: [Value] = []

  public init(scope: ExpressionScope) { self.scope = scope }

  /// The calls that were taken out, in the order in which they were met. Their results are the inputs of the finishing program from
  /// position `scope.columns.count` on; their arguments are outputs of the row program.
  public var extractedCalls: [ExtractedCall] { calls }

  /// Compiles an expression, or a function body where it holds `return`; nil (and diagnostics) where it is wrong.
  ///
  /// - Parameter type: what the values have to be, where that is settled.
  @discardableResult
  public mutating func add(_ text: LocatedText, as type: ValueType? = nil) -> CompiledExpression? {
    guard let (value, call, origin) = compile(text, as: type) else { return nil }
    var compiled = output(value, isFinish: call)
    compiled.origin = origin
    return compiled
  }

  /// Makes a compiled expression a column for those that follow.
  public mutating func define(_ name: String, _ expression: CompiledExpression) {
    let value = expression.phase == .row ? rows[expression.output] : finishes[expression.output]
    defined[name] = value
  }

  /// The program over rows.
  public func build() -> Program {
    Program(graph: graph, outputNodes: rows.map(\.node), outputs: rows.compactMap(\.type), functions: functions)
  }

  /// The program over the results of extracted calls.
  public func buildFinish() -> Program {
    Program(
      graph: graph, outputNodes: finishes.map(\.node), outputs: finishes.compactMap(\.type), functions: functions)
  }

  mutating func compile(
    _ function: LuaFunction, parameters: [FunctionCompiler.Parameter], results: [ValueType?],
    compiler: FunctionCompiler
  ) -> FunctionCompiler.Outcome {
    var lowering = Lowering(graph: graph, scope: scope, text: compiler.text, extraction: Lowering.Extraction())
    lowering.defined = defined
    lowering.functions = functions
    lowering.isScript = true
    let values = lowering.values(of: function, parameters, compiler: compiler) ?? []
    for extra in values.dropFirst(results.count) where extra.type != nil {
      lowering.report(
        .typeMismatch,
        "this is value \(results.count + 1), and \(results.count == 1 ? "one is" : "\(results.count) are") wanted",
        extra.range)
      break
    }
    var settled: [Value] = []
    for (index, type) in results.enumerated() where !lowering.bag.hasErrors {
      let missing = Value(node: lowering.graph.constant(.missing, .bool), type: nil, range: function.range)
      if let value = lowering.settled(index < values.count ? values[index] : missing, as: type) {
        settled.append(value)
      }
    }
    if let reason = lowering.bag.diagnostics.first(where: { $0.code == .unsupportedExpression }) {
      // Units are known before the run alone: the interpreter would add them up in silence.
      let units = lowering.bag.diagnostics.filter { $0.code == .unitMismatch }
      return units.isEmpty ? .interpreted(reason) : .invalid(units)
    }
    guard !lowering.bag.hasErrors, settled.count == results.count else { return .invalid(lowering.bag.diagnostics) }
    graph = lowering.graph
    functions = lowering.functions
    return .compiled(settled.map { output($0, isFinish: false) })
  }

  private mutating func compile(
    _ text: LocatedText, as type: ValueType?
  ) -> (Value, isFinish: Bool, CompiledExpression.Origin?)? {
    var lowering = Lowering(graph: graph, scope: scope, text: text, extraction: Lowering.Extraction())
    lowering.defined = defined
    lowering.functions = functions
    lowering.extraction.calls = calls
    lowering.extraction.firstOutput = rows.count
    var value: Value?
    var origin: CompiledExpression.Origin?
    do throws(Diagnostic) {
      if LuaParser.isBody(text) {
        value = lowering.run(try LuaParser.chunk(text))?.first
      } else {
        let expression = try LuaParser.expression(text)
        value = lowering.lower(expression)
        origin = self.origin(of: expression)
      }
    } catch {
      diagnostics.report(error)
      return nil
    }
    let before = calls.count
    value = value.flatMap { lowering.settled($0, as: type) }
    let usesCalls = value.map { lowering.reads($0.node, from: scope.columns.count) } ?? false
    if usesCalls || lowering.extraction.calls.count > before, let extractable = scope.extractable {
      for column in lowering.extraction.bareColumns where !extractable.mayRead(column: column.name) {
        lowering.report(
          .unsupportedExpression, "'\(column.name)' has one value a row, not one for all of them", column.range,
          help: "aggregate it, or group by it")
      }
    }
    diagnostics.report(contentsOf: lowering.bag.diagnostics)
    guard let value, !lowering.bag.hasErrors else { return nil }
    graph = lowering.graph
    functions = lowering.functions
    calls = lowering.extraction.calls
    rows += lowering.extraction.arguments
    return (value, usesCalls, origin)
  }

  private func origin(of expression: LuaExpression) -> CompiledExpression.Origin? {
    switch expression.kind {
    case .parenthesized(let inner): origin(of: inner)
    case .name(let name): .column(name)
    case .call(let callee, _):
      Lowering.dottedName(callee).flatMap { scope.functions[$0] == nil ? nil : .function($0) }
    default: nil
    }
  }

  private mutating func output(_ value: Value, isFinish: Bool) -> CompiledExpression {
    let constant = graph.constantValue(value.node)
    let type = value.type ?? ValueType(.bool, isNullable: true)
    if isFinish { finishes.append(value) } else { rows.append(value) }
    return CompiledExpression(
      type: type, phase: isFinish ? .finish : .row, output: (isFinish ? finishes.count : rows.count) - 1,
      constant: constant, presentWhenTrue: presentWhenTrue(value))
  }

  private func presentWhenTrue(_ value: Value) -> Set<Int> {
    Set(
      value.whenTrue.compactMap { node in
        if case .input(let column) = graph[node].operation, column < scope.columns.count { column } else { nil }
      })
  }
}

extension Lowering {
  /// A result as a column holds it: of one known type.
  mutating func settled(_ value: Value, as type: ValueType?) -> Value? {
    if let type { return adapted(value, to: type) }
    guard value.type != nil else {
      report(.typeMismatch, "this is always nil", value.range)
      return nil
    }
    guard !value.isFalseWhenMissing else { return present(value) }
    var result = value
    if narrowed.contains(value.node) { result.type?.isNullable = false }
    return result
  }

  /// Whether a node depends on an input at or past a position.
  func reads(_ node: Int, from position: Int) -> Bool {
    var reached: Set<Int> = []
    var waiting = [node]
    while let next = waiting.popLast() {
      if case .input(let column) = graph[next].operation, column >= position { return true }
      for input in graph[next].inputs where reached.insert(input).inserted { waiting.append(input) }
    }
    return false
  }
}
