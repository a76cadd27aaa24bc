import Columns
import Diagnostics

/// Compiles a Lua function of a plugin file into outputs of a program.
public struct FunctionCompiler {
  public enum Parameter: Sendable {
    /// A row: fields by name, each a column of the scope under the name given.
    case row([String: String])
    /// One of several tables of constants, by the number (from 0) that a column of ints holds. A field that is
    /// overridden is the column's value where that is there, and the table's own where it is missing.
    case chosen([ConstantTree], by: String, overridden: [String: String] = [:])
    case constant(ConstantTree)
    /// A column of the scope, by name.
    case column(String)
    /// The settings of the plugin, as the scope has them.
    case settings
  }

  public enum Outcome: Sendable {
    case compiled([CompiledExpression])
    /// The function is not of the columnar subset: what kept it from that, and where.
    case interpreted(Diagnostic)
    /// The function is wrong whichever way it runs.
    case invalid([Diagnostic])
  }

  /// The file that the function stands in.
  public let text: LocatedText
  /// Locals of the file that the function reads, by name.
  public var upvalues: [String: ConstantTree]
  /// Functions of the file that the function calls, by name.
  public var functions: [String: FileFunction]

  /// A local function of the file.
  public indirect enum FileFunction: Sendable {
    /// Inlined where it is called; it has upvalues of its own.
    case columnar(LuaFunction, upvalues: [String: ConstantTree], functions: [String: FileFunction])
    /// What calls it is left to the interpreter.
    case interpreted
  }

  public init(text: LocatedText, upvalues: [String: ConstantTree] = [:], functions: [String: FileFunction] = [:]) {
    self.text = text
    self.upvalues = upvalues
    self.functions = functions
  }

  /// The function that begins on one line and ends on another (from 1), as Lua reports them; nil where none or several do.
  ///
  /// - Parameter name: the field or local that the function is, which tells several apart.
  public static func function(
    in text: LocatedText, firstLine: Int, lastLine: Int, named name: String? = nil
  ) throws(Diagnostic) -> LuaFunction? {
    var finder = FunctionFinder(text: text, firstLine: firstLine, lastLine: lastLine)
    finder.visit(try LuaParser.chunk(text))
    if finder.found.count == 1 { return finder.found[0].function }
    let named = finder.found.filter { $0.name != nil && $0.name == name }
    return named.count == 1 ? named[0].function : nil
  }

  /// Compiles a function whose parameters are bound in order; `results` are the types that its values have to be, nil where they are free.
  public func compile(
    _ function: LuaFunction, parameters: [Parameter], results: [ValueType?], into builder: inout ProgramBuilder
  ) -> Outcome {
    builder.compile(function, parameters: parameters, results: results, compiler: self)
  }
}

private struct FunctionFinder {
  let text: LocatedText
  let firstLine: Int
  let lastLine: Int
  var found: [(name: String?, function: LuaFunction)] = []

  private mutating func meet(_ function: LuaFunction, _ name: String?) {
    let span = text.span(function.range)
    let end = span.file.line(at: max(span.range.upperBound - 1, span.range.lowerBound))
    if span.line == firstLine, end == lastLine { found.append((name, function)) }
    visit(function.body)
  }

  mutating func visit(_ statements: [LuaStatement]) {
    for statement in statements {
      switch statement.kind {
      case .local(let locals, let expressions):
        for (index, expression) in expressions.enumerated() {
          visit(expression, index < locals.count ? locals[index].name : nil)
        }
      case .returning(let expressions): visit(expressions)
      case .assign(let targets, let expressions): visit(targets + expressions)
      case .call(let expression): visit(expression)
      case .block(let body), .whileLoop(_, let body), .repeatLoop(let body, _), .numericFor(_, _, _, _, let body),
        .genericFor(_, _, let body):
        visit(body)
      case .branch(let branches, let otherwise):
        for branch in branches { visit(branch.body) }
        visit(otherwise ?? [])
      case .function(_, let function): meet(function, nil)
      case .localFunction(let name, let function): meet(function, name)
      case .breaking, .goto, .label: break
      }
    }
  }

  private mutating func visit(_ expressions: [LuaExpression]) {
    for expression in expressions { visit(expression) }
  }

  private mutating func visit(_ expression: LuaExpression, _ name: String? = nil) {
    switch expression.kind {
    case .function(let function): meet(function, name)
    case .table(let fields):
      for field in fields {
        if case .name(let name) = field.key { visit(field.value, name) } else { visit(field.value) }
      }
    case .call(let callee, let arguments): visit([callee] + arguments)
    case .methodCall(let object, _, let arguments): visit([object] + arguments)
    case .binary(_, let left, let right): visit([left, right])
    case .unary(_, let inner), .parenthesized(let inner), .index(let inner, _): visit(inner)
    default: break
    }
  }
}

extension Lowering {
  /// The values that a function returns, its parameters bound; one for each of `results`.
  mutating func values(
    of function: LuaFunction, _ parameters: [FunctionCompiler.Parameter], compiler: FunctionCompiler
  ) -> [Value]? {
    declare(compiler.upvalues, compiler.functions)
    let base = names
    // Versions of one shape are looked up field by field; where shapes differ the function is compiled once for each.
    let split = parameters.firstIndex {
      if case .chosen(let trees, _, _) = $0 { Self.merged(trees) == nil } else { false }
    }
    guard let split, case .chosen(let trees, let column, let overridden) = parameters[split] else {
      return values(of: function, parameters, names: base)
    }
    guard let index = columnValue(column, function.range) else { return nil }
    var result: [Value]?
    for (number, tree) in trees.enumerated().reversed() {
      var bound = parameters
      bound[split] = .chosen([tree], by: column, overridden: overridden)
      guard let own = values(of: function, bound, names: base) else { return nil }
      guard let rest = result else {
        result = own
        continue
      }
      let wanted = constant(.int(Int64(number)), ValueType(.int), function.range)
      let condition = bool(.isEqual, [index.node, wanted.node], function.range)
      guard let merged = merged(condition, own, rest, function.range) else { return nil }
      result = merged
    }
    return result
  }

  private mutating func values(
    of function: LuaFunction, _ parameters: [FunctionCompiler.Parameter], names base: [String: Int]
  ) -> [Value]? {
    names = base
    for (index, name) in function.parameters.enumerated() {
      guard index < parameters.count, let binding = binding(parameters[index], name: name, function.range) else {
        report(.unsupportedExpression, "the parameter '\(name)' has no meaning here", function.range)
        return nil
      }
      declare(name, binding)
    }
    return run(function.body)
  }

  /// Declares the locals of the file that a function reads.
  private mutating func declare(
    _ upvalues: [String: ConstantTree], _ functions: [String: FunctionCompiler.FileFunction]
  ) {
    for (name, tree) in upvalues { declare(name, binding(tree, name: name)) }
    for (name, function) in functions {
      guard case .columnar(let node, let own, let called) = function else {
        fileFunctions.insert(name)
        continue
      }
      let before = names
      names = [:]
      declare(own, called)
      let inner = names
      names = before
      declare(name, .function(node, names: inner))
    }
  }

  private mutating func columnValue(_ name: String, _ range: Range<Int>) -> Value? {
    if let value = defined[name] { return value }
    guard let position = scope.columns.index(of: name) else {
      report(.unknownColumn, "no column '\(name)'", range)
      return nil
    }
    return make(.input(position), [], scope.columns[position].type, range)
  }

  private mutating func binding(_ parameter: FunctionCompiler.Parameter, name: String, _ range: Range<Int>) -> Binding?
  {
    switch parameter {
    case .row(let columns):
      var table = Binding.Table(kind: .row, name: name)
      for (field, column) in columns {
        guard let value = columnValue(column, range) else { return nil }
        table.fields[field] = .value(value)
      }
      return .table(table)
    case .constant(let tree): return binding(tree, name: name)
    case .column(let column): return columnValue(column, range).map { .value($0) }
    case .settings:
      var table = Binding.Table(kind: .settings, name: name)
      for (key, setting) in scope.settings {
        table.fields[key] = .value(constant(setting.value, setting.type, range, floatAsWritten: true))
      }
      return .table(table)
    case .chosen(let trees, let column, let overridden):
      guard let index = columnValue(column, range), let shape = Self.merged(trees),
        case let bound = binding(shape, index: index, name: name)
      else { return nil }
      guard !overridden.isEmpty, case .table(var table) = bound else { return bound }
      for (field, column) in overridden.sorted(by: { $0.key < $1.key }) {
        guard let own = columnValue(column, range),
          let value = coalesced(own, table.fields[field], range)
        else { return nil }
        table.fields[field] = .value(value)
      }
      return .table(table)
    }
  }

  /// A column's value where it is there, else the constant.
  private mutating func coalesced(_ value: Value, _ constant: Binding?, _ range: Range<Int>) -> Value? {
    guard value.isNullable, case .value(let standard) = constant, standard.type != nil else { return value }
    let isThere = bool(.isPresent, [value.node], range)
    var known = value
    known.type?.isNullable = false
    return choose(isThere, known, standard, range)
  }

  mutating func binding(_ tree: ConstantTree, name: String) -> Binding {
    switch tree {
    case .opaque: return .opaque
    case .value(let scalar): return .value(fromTable([scalar], index: nil))
    case .table(let fields, let items):
      var table = Binding.Table(kind: .constant, name: name)
      table.fields = fields.mapValues { binding($0, name: name) }
      table.items = items.map { binding($0, name: name) }
      return .table(table)
    }
  }

  private mutating func binding(_ shape: MergedTree, index: Value, name: String) -> Binding {
    switch shape {
    case .opaque: return .opaque
    case .values(let scalars): return .value(fromTable(scalars, index: index))
    case .table(let fields, let items):
      var table = Binding.Table(kind: .constant, name: name)
      table.fields = fields.mapValues { binding($0, index: index, name: name) }
      table.items = items.map { binding($0, index: index, name: name) }
      return .table(table)
    }
  }

  /// Constants of one kind, chosen by an index where they differ. Numbers count as numerals: they take the unit of what they meet.
  private mutating func fromTable(_ scalars: [Scalar], index: Value?) -> Value {
    var value: Value
    let first = scalars.first ?? .missing
    if first == .missing { return Value(node: graph.constant(.missing, .bool), type: nil, range: 0..<0) }
    guard let index, Set(scalars).count > 1 else {
      value = constant(first, ValueType(Self.type(of: scalars)), 0..<0, floatAsWritten: true)
      value.isLiteral = value.type?.data.isNumeric ?? false
      return value
    }
    let type = Self.type(of: scalars)
    if type.isDecimal {
      let decimals = scalars.compactMap { if case .decimal(let value) = $0 { value } else { nil } }
      value = self.value(chosen(decimals, index, type), ValueType(type), 0..<0)
      value.isLiteral = true
      return value
    }
    let kept = type == .float ? scalars.map { if case .int(let n) = $0 { .float(Double(n)) } else { $0 } } : scalars
    value = make(.library(.chosenConstant(kept)), [index.node], ValueType(type), 0..<0)
    value.isLiteral = type.isNumeric
    let ints = scalars.filter { !LuaNumber.isFloat($0) }
    if isScript, type == .float, !ints.isEmpty { value.numbersAmong = NumbersAmong(constants: ints) }
    if type == .float || type == .int { value.asWritten = written(scalars, index) }
    return value
  }

  private mutating func written(_ scalars: [Scalar], _ index: Value) -> Value.AsWritten? {
    let decimals = scalars.compactMap { scalar -> ExactDecimal? in
      switch scalar {
      case .int(let number): ExactDecimal(number)
      case .float(let number): Self.decimal(FloatText.string(number)).flatMap { $0.precision <= 15 ? $0 : nil }
      default: nil
      }
    }
    guard decimals.count == scalars.count else { return nil }
    let type = DataType(holding: decimals)
    return Value.AsWritten(node: chosen(decimals, index, type), type: type, scalars: scalars)
  }

  private mutating func chosen(_ decimals: [ExactDecimal], _ index: Value, _ type: DataType) -> Int {
    let node = graph.add(.library(.chosenConstant(decimals.map { .decimal($0) })), [index.node], type)
    let coefficients = decimals.compactMap { $0.rescaledExactly(to: type.decimalScale ?? 0)?.coefficient.magnitude }
    graph.limit(node, to: coefficients.max() ?? .max)
    return node
  }

  private static func type(of scalars: [Scalar]) -> DataType {
    if scalars.contains(where: { if case .float = $0 { true } else { false } }) { return .float }
    let decimals = scalars.compactMap { if case .decimal(let value) = $0 { value } else { nil } }
    if !decimals.isEmpty { return DataType(holding: decimals) }
    switch scalars.first ?? .missing {
    case .bool, .missing, .decimal: return .bool
    case .int: return .int
    case .float: return .float
    case .string: return .string
    case .date: return .date
    case .timestamp: return .timestamp
    case .list: return .list(.string)
    }
  }

  private indirect enum MergedTree {
    case opaque
    case values([Scalar])
    case table([String: MergedTree], items: [MergedTree])
  }

  /// Trees of one shape and one kind of value at each place; nil where they differ.
  private static func merged(_ trees: [ConstantTree]) -> MergedTree? {
    guard let first = trees.first else { return nil }
    switch first {
    case .opaque: return trees.allSatisfy { $0 == .opaque } ? .opaque : nil
    case .value(let sample):
      let scalars = trees.compactMap { if case .value(let scalar) = $0 { scalar } else { nil } }
      guard scalars.count == trees.count else { return nil }
      let isSame = scalars.allSatisfy { scalar in
        switch (sample, scalar) {
        case (.bool, .bool), (.string, .string), (.date, .date), (.int, .int), (.int, .float), (.float, .int),
          (.float, .float), (.decimal, .decimal), (.missing, .missing):
          true
        default: scalar == sample
        }
      }
      return isSame ? .values(scalars) : nil
    case .table(let fields, let items):
      var mergedFields: [String: MergedTree] = [:]
      for key in fields.keys {
        guard let merged = merged(trees.compactMap { $0.field(key) }, count: trees.count) else { return nil }
        mergedFields[key] = merged
      }
      var mergedItems: [MergedTree] = []
      for index in items.indices {
        guard let merged = merged(trees.compactMap { $0.item(index) }, count: trees.count) else { return nil }
        mergedItems.append(merged)
      }
      let isSame = trees.allSatisfy {
        if case .table(let own, let ownItems) = $0 {
          own.count == fields.count && ownItems.count == items.count
        } else {
          false
        }
      }
      return isSame ? .table(mergedFields, items: mergedItems) : nil
    }
  }

  private static func merged(_ trees: [ConstantTree], count: Int) -> MergedTree? {
    trees.count == count ? merged(trees) : nil
  }
}

extension DataType {
  /// The narrowest decimal that holds all of some constants.
  init(holding decimals: [ExactDecimal]) {
    let scale = decimals.map(\.scale).max() ?? 0
    let digits = decimals.map { max($0.precision - $0.scale, 0) }.max() ?? 0
    self = .decimal(precision: min(Self.maximumPrecision, max(digits + scale, 1)), scale: scale)
  }
}

extension ConstantTree {
  func field(_ name: String) -> ConstantTree? { if case .table(let fields, _) = self { fields[name] } else { nil } }

  func item(_ index: Int) -> ConstantTree? {
    if case .table(_, let items) = self, index < items.count { items[index] } else { nil }
  }
}
