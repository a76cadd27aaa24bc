import Columns

/// What is left to do after the statements at hand.
indirect enum Continuation {
  case end
  case statements(ArraySlice<LuaStatement>, names: [String: Int], then: Continuation)
  /// The next round of a loop, and what comes after it.
  case rounds(Loop, next: Int, then: Continuation)

  struct Loop {
    var variables: [String]
    /// What the variables are in each round.
    var values: [[Binding]]
    var body: [LuaStatement]
    var names: [String: Int]
    var range: Range<Int>
  }
}

extension Lowering {
  mutating func declare(_ name: String, _ binding: Binding) {
    cells.append(binding)
    names[name] = cells.count - 1
  }

  /// Runs the statements of a function symbolically: the values that it returns, as selects over the ways through it.
  mutating func run(_ statements: [LuaStatement]) -> [Value]? { run(statements[...], then: .end) }

  private mutating func run(_ statements: ArraySlice<LuaStatement>, then: Continuation) -> [Value]? {
    guard let statement = statements.first else { return resume(then) }
    steps += 1
    guard steps < 20_000 else {
      report(.unsupportedExpression, "there are too many ways through this function", statement.range)
      return nil
    }
    let rest = statements.dropFirst()
    switch statement.kind {
    case .returning(let expressions):
      guard let values = list(expressions) else { return nil }
      return returned(values, statement.range)
    case .local(let locals, let expressions):
      let isWhole = assignLocals(locals, expressions, statement.range)
      let result = run(rest, then: then)
      return isWhole ? result : nil
    case .localFunction(let name, let function):
      declare(name, .function(function, names: names))
      if let cell = names[name] { cells[cell] = .function(function, names: names) }
      return run(rest, then: then)
    case .assign(let targets, let expressions):
      guard assign(targets, expressions, statement.range) else { return nil }
      return run(rest, then: then)
    case .block(let body): return run(body[...], then: .statements(rest, names: names, then: then))
    case .branch(let branches, let otherwise):
      return branch(branches[...], otherwise ?? [], .statements(rest, names: names, then: then), statement.range)
    case .numericFor(let name, let from, let to, let step, let body):
      let known = rounds(from, to, step)
      // What is wrong in a loop that only the interpreter can run is looked for in one round of it.
      let numbers = known ?? [1]
      let values = numbers.map { [whole($0, statement.range)] }
      let loop = Continuation.Loop(variables: [name], values: values, body: body, names: names, range: statement.range)
      return resume(.rounds(loop, next: 0, then: .statements(rest, names: names, then: then)))
    case .genericFor(let variables, let sources, let body):
      guard let values = items(sources, statement.range) else { return nil }
      let loop = Continuation.Loop(
        variables: variables, values: values, body: body, names: names, range: statement.range)
      return resume(.rounds(loop, next: 0, then: .statements(rest, names: names, then: then)))
    case .breaking: return leaveLoop(then)
    default:
      report(.unsupportedExpression, "this statement is not columnar", statement.range)
      return lookOn(behind: statement, rest, then)
    }
  }

  /// Goes on for the mistakes that may stand in or behind a statement that only the interpreter can run.
  private mutating func lookOn(
    behind statement: LuaStatement, _ rest: ArraySlice<LuaStatement>, _ then: Continuation
  ) -> [Value]? {
    switch statement.kind {
    case .whileLoop(_, let body), .repeatLoop(let body, _):
      _ = run(body[...], then: .statements(rest, names: names, then: then))
    default: _ = run(rest, then: then)
    }
    return nil
  }

  private mutating func resume(_ continuation: Continuation) -> [Value]? {
    switch continuation {
    case .end: return returned([], 0..<0)
    case .statements(let statements, let names, let then):
      self.names = names
      return run(statements, then: then)
    case .rounds(let loop, let next, let then):
      guard next < loop.values.count else { return resume(then) }
      names = loop.names
      for (variable, value) in Swift.zip(loop.variables, loop.values[next]) { declare(variable, value) }
      return run(loop.body[...], then: .rounds(loop, next: next + 1, then: then))
    }
  }

  /// The values of expressions in a list: a call that ends it gives all its values.
  mutating func list(_ expressions: [LuaExpression]) -> [Value]? {
    var values: [Value?] = []
    for (index, expression) in expressions.enumerated() {
      if index == expressions.count - 1, case .call(let callee, let arguments) = expression.kind,
        let name = Self.dottedName(callee), let cell = names[name],
        case .function(let function, let outer) = cells[cell]
      {
        guard let all = inlined(function, names: outer, arguments, expression.range) else { return nil }
        values += all
      } else {
        values.append(lower(expression))
      }
    }
    return values.contains { $0 == nil } ? nil : values.compactMap { $0 }
  }

  func callsLocalFunction(_ expression: LuaExpression) -> Bool {
    guard case .call(let callee, _) = expression.kind, let name = Self.dottedName(callee), let cell = names[name],
      case .function = cells[cell]
    else { return false }
    return true
  }

  /// What a function gives, which it does not where something failed that was computed on the way.
  private mutating func returned(_ values: [Value], _ range: Range<Int>) -> [Value]? {
    let missing = Value(node: graph.constant(.missing, .bool), type: nil, range: range)
    guard let first = values.first else {
      guard guarded(missing, by: effects).node == missing.node else {
        report(.unsupportedExpression, "a function that gives nothing and can fail is not columnar", range)
        return nil
      }
      return [missing]
    }
    // What is computed for the other values, or nil, counts as well.
    var results = values
    results[0] = guarded(first, by: effects + values.dropFirst().map(\.node))
    if first.type == nil, results[0].node != first.node {
      report(.unsupportedExpression, "a function that gives nil and can fail is not columnar", range)
      return nil
    }
    return results
  }

  private mutating func leaveLoop(_ continuation: Continuation) -> [Value]? {
    switch continuation {
    case .end: return nil
    case .statements(_, _, let then): return leaveLoop(then)
    case .rounds(_, _, let then): return resume(then)
    }
  }

  private mutating func whole(_ number: Int64, _ range: Range<Int>) -> Binding {
    var value = constant(.int(number), ValueType(.int), range)
    value.literal = ExactDecimal(number)
    value.isLiteral = true
    return .value(value)
  }

  /// The rounds of a loop over `ipairs` of a table that is known before the run.
  private mutating func items(_ sources: [LuaExpression], _ range: Range<Int>) -> [[Binding]]? {
    if sources.count == 1, case .call(let callee, let arguments) = sources[0].kind, arguments.count == 1,
      Self.dottedName(callee) == "ipairs"
    {
      guard let binding = resolve(arguments[0]) else { return nil }
      if case .table(let table) = binding {
        return table.items.enumerated().map { [whole(Int64($0 + 1), range), $1] }
      }
    }
    report(.unsupportedExpression, "a loop runs over ipairs of a table known before the run", range)
    return nil
  }

  private mutating func rounds(_ from: LuaExpression, _ to: LuaExpression, _ step: LuaExpression?) -> [Int64]? {
    func whole(_ lowering: inout Lowering, _ expression: LuaExpression) -> Int64? {
      guard let value = lowering.lower(expression) else { return nil }
      guard case .int(let number) = lowering.graph.constantValue(value.node) else {
        lowering.report(
          .unsupportedExpression, "the bounds of a loop must be whole numbers known before the run", expression.range)
        return nil
      }
      return number
    }
    guard let first = whole(&self, from), let last = whole(&self, to) else { return nil }
    var stride: Int64 = 1
    if let step {
      guard let number = whole(&self, step) else { return nil }
      stride = number
    }
    guard stride != 0, last.magnitude < 1 << 40 && first.magnitude < 1 << 40,
      (last - first) / stride < 1_000
    else {
      report(.unsupportedExpression, "a loop has at most 1000 rounds here", from.range)
      return nil
    }
    return Array(Swift.stride(from: first, through: last, by: Int(stride)))
  }

  // MARK: Assignment

  private mutating func assignLocals(_ locals: [LuaLocal], _ expressions: [LuaExpression], _ range: Range<Int>) -> Bool
  {
    var bindings: [Binding?] = []
    for (index, expression) in expressions.enumerated() {
      if index == expressions.count - 1, index < locals.count - 1, case .call = expression.kind {
        guard let values = list([expression]) else { return declareMissing(locals, range) }
        bindings += values.map { .value($0) }
      } else if case .function(let function) = expression.kind {
        bindings.append(.function(function, names: names))
      } else if case .name = expression.kind, let binding = resolve(expression) {
        bindings.append(binding)
      } else if case .index = expression.kind, let binding = resolve(expression) {
        bindings.append(binding)
      } else {
        bindings.append(lower(expression).map { .value($0) })
      }
    }
    for case .value(let value)? in bindings { effects.append(value.node) }
    for (index, local) in locals.enumerated() {
      let missing = Value(node: graph.constant(.missing, .bool), type: nil, range: range)
      declare(local.name, (index < bindings.count ? bindings[index] : nil) ?? .value(missing))
    }
    return !bindings.contains { $0 == nil }
  }

  /// Names whose values are wrong, so that what follows is looked at all the same.
  private mutating func declareMissing(_ locals: [LuaLocal], _ range: Range<Int>) -> Bool {
    for local in locals {
      declare(local.name, .value(Value(node: graph.constant(.missing, .bool), type: nil, range: range)))
    }
    return false
  }

  private mutating func assign(_ targets: [LuaExpression], _ expressions: [LuaExpression], _ range: Range<Int>) -> Bool
  {
    guard let values = list(expressions) else { return false }
    effects += values.map(\.node)
    for (index, target) in targets.enumerated() {
      guard case .name(let name) = target.kind, let cell = names[name] else {
        report(.unsupportedExpression, "only locals can be assigned to", target.range)
        return false
      }
      let missing = Value(node: graph.constant(.missing, .bool), type: nil, range: range)
      cells[cell] = .value(index < values.count ? values[index] : missing)
    }
    return true
  }

  // MARK: Branches

  private mutating func branch(
    _ branches: ArraySlice<LuaBranch>, _ otherwise: [LuaStatement], _ then: Continuation, _ range: Range<Int>
  ) -> [Value]? {
    guard let first = branches.first else { return run(otherwise[...], then: then) }
    let before = (names: names, cells: cells, narrowed: narrowed, effects: effects)
    guard let tested = lowerCondition(first.condition) else {
      _ = run(first.body[...], then: .end)
      return nil
    }
    let condition = truth(tested)
    if case .bool = graph.constantValue(condition.node) { effects.append(tested.node) }
    if case .bool(let known) = graph.constantValue(condition.node) {
      return known
        ? run(first.body[...], then: then) : branch(branches.dropFirst(), otherwise, then, range)
    }
    narrowed.formUnion(condition.whenTrue)
    let taken = run(first.body[...], then: then)
    names = before.names
    cells = before.cells
    narrowed = before.narrowed.union(condition.whenFalse)
    effects = before.effects
    let skipped = branch(branches.dropFirst(), otherwise, then, range)
    narrowed = before.narrowed
    effects = before.effects
    guard let taken, let skipped else { return nil }
    return merged(condition, taken, skipped, range)
  }

  mutating func merged(_ condition: Value, _ taken: [Value], _ skipped: [Value], _ range: Range<Int>)
    -> [Value]?
  {
    var results: [Value] = []
    for index in 0..<max(taken.count, skipped.count) {
      let missing = Value(node: graph.constant(.missing, .bool), type: nil, range: range)
      let a = index < taken.count ? taken[index] : missing
      let b = index < skipped.count ? skipped[index] : missing
      guard var value = choose(condition, a, b, a.range.isEmpty ? range : a.range) else { return nil }
      value.range = a.range.isEmpty ? b.range : a.range
      results.append(value)
    }
    return results
  }
}
