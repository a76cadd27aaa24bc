import Memory

extension FoldLowering {
  mutating func run(_ statements: [LuaStatement]) throws(FoldRefusal) {
    for statement in statements { try run(statement) }
  }

  private mutating func run(_ statement: LuaStatement) throws(FoldRefusal) {
    let range = statement.range
    switch statement.kind {
    case .local(let locals, let expressions): try declare(locals, expressions, range)
    case .assign(let targets, let expressions): try assign(targets, expressions)
    case .call(let expression):
      let free = next
      try callStatement(expression)
      next = free
    case .block(let body): try block(body)
    case .branch(let branches, let otherwise): try branch(branches, otherwise)
    case .whileLoop(let condition, let body): try whileLoop(condition, body)
    case .repeatLoop(let body, let condition): try repeatLoop(body, condition)
    case .numericFor(let name, let from, let to, let step, let body):
      try numericFor(name, from, to, step, body)
    case .genericFor(let names, let sources, let body): try itemsFor(names, sources, body, range)
    case .localFunction(let name, let function):
      // It may call itself, which inlining has no end of.
      var inner = names
      inner[name] = .interpreted
      names[name] = .function(function, names: inner)
    case .returning(let values): try returning(values)
    case .breaking:
      guard !breaks.isEmpty else { throw refusal("'break' stands outside a loop", range) }
      breaks[breaks.count - 1].append(code.add(.jump))
    case .function: throw refusal("a function is assigned to a global or a field", range)
    case .goto, .label: throw refusal("'goto' is left to the interpreter", range)
    }
  }

  private mutating func declare(
    _ locals: [LuaLocal], _ expressions: [LuaExpression], _ range: Range<Int>
  ) throws(FoldRefusal) {
    if locals.contains(where: { $0.attribute == "close" }) {
      throw refusal("to-be-closed variables are left to the interpreter", range)
    }
    // A local that only gives a constant, a function or a parameter of the fold another name.
    if locals.count == 1, expressions.count == 1 {
      if case .function(let function) = expressions[0].kind {
        names[locals[0].name] = .function(function, names: names)
        return
      }
      if let alias = alias(expressions[0]) {
        names[locals[0].name] = alias
        return
      }
    }
    let base = allocate(locals.count)
    try values(expressions, base, locals.count, range)
    next = base + locals.count
    let known = knownFacts(expressions, count: locals.count)
    for (index, local) in locals.enumerated() {
      let place = FoldFacts.Place(kind: .local, offset: range.lowerBound, index: index)
      facts.note(known[index], at: place)
      declare(local.name, base + index, place)
    }
  }

  /// What is known of the values that some expressions give.
  private func knownFacts(_ expressions: [LuaExpression], count: Int) -> [FoldFact] {
    var known = expressions.prefix(count).map { fact(of: $0) }
    guard known.count < count else { return known }
    if let last = expressions.last, case .call(let callee, _) = last.kind, case .name(let name) = callee.kind,
      case .function(let function, _) = names[name]
    {
      for index in 1...(count - known.count) {
        known.append(facts[FoldFacts.Place(kind: .result, offset: function.range.lowerBound, index: index)])
      }
      return known
    }
    let rest: FoldFact = expressions.last.map { isCall($0) } == true ? .unknown : .nothing
    return known + Array(repeating: rest, count: count - known.count)
  }

  /// What stands for something that no register holds, and that nobody may assign to.
  private func alias(_ expression: LuaExpression) -> Binding? {
    guard case .name(let name) = expression.kind else { return nil }
    switch names[name] {
    case .row, .emit, .function, .interpreted: return names[name]
    default: return nil
    }
  }

  /// The values of some expressions in so many registers, nil in those that have none.
  mutating func values(
    _ expressions: [LuaExpression], _ base: Int, _ count: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    for (index, expression) in expressions.enumerated() {
      let free = next
      if index == expressions.count - 1, count > expressions.count,
        case .call(let callee, let arguments) = expression.kind
      {
        try call(callee, arguments, base + index, count - index, expression.range)
        next = free
        return
      }
      if index < count {
        try evaluate(expression, into: base + index)
      } else {
        _ = try operand(expression)
      }
      next = free
    }
    for index in expressions.count..<max(count, expressions.count) {
      code.add(.move, base + index, code.constant(.nil))
    }
  }

  private mutating func assign(_ targets: [LuaExpression], _ expressions: [LuaExpression]) throws(FoldRefusal) {
    let free = next
    defer { next = free }
    if targets.count == 1, expressions.count == 1 {
      if case .name(let name) = targets[0].kind {
        let target = try local(name, targets[0].range)
        note(fact(of: expressions[0]), .local(target))
        return try evaluate(expressions[0], into: target, isRead: true)
      }
      let place = try place(targets[0])
      let value = try operand(expressions[0])
      note(fact(of: expressions[0]), place)
      store(value, place)
      return
    }
    var places: [Place] = []
    for target in targets { places.append(try place(target)) }
    let base = allocate(targets.count)
    try values(expressions, base, targets.count, targets[0].range)
    for (fact, place) in zip(knownFacts(expressions, count: targets.count), places) { note(fact, place) }
    for (index, place) in places.enumerated().reversed() { store(base + index, place) }
  }

  /// What can be assigned to.
  enum Place {
    case local(Int)
    case field(Int, name: Int, text: String)
    /// Whether the key may be a text is said.
    case item(Int, key: Int, isNumber: Bool)
  }

  private mutating func note(_ fact: FoldFact, _ place: Place) {
    switch place {
    case .local(let register): if let local = declared[register] { facts.note(fact, at: local) }
    case .field(_, _, let name): facts.note(fact, field: name)
    case .item(_, _, let isNumber): if !isNumber { facts.noteUnnamedField() }
    }
  }

  private func local(_ name: String, _ range: Range<Int>) throws(FoldRefusal) -> Int {
    guard case .register(let register) = names[name] else {
      throw refusal("'\(name)' is no local variable of the function", range)
    }
    return register
  }

  private mutating func place(_ target: LuaExpression) throws(FoldRefusal) -> Place {
    switch target.kind {
    case .name(let name): return .local(try local(name, target.range))
    case .index(let base, let key):
      let table = try operand(base)
      if case .string(let name) = key.kind { return .field(table, name: code.name(name), text: name) }
      let kinds = fact(of: key).kinds
      return .item(table, key: try operand(key), isNumber: kinds.isEmpty || kinds.isSubset(of: .numbers))
    default: throw refusal("this cannot be assigned to", target.range)
    }
  }

  private mutating func store(_ value: Int, _ place: Place) {
    switch place {
    case .local(let register): code.add(.move, register, value)
    case .field(let table, let name, _): code.add(.setField, table, name, value)
    case .item(let table, let key, _): code.add(.setItem, table, key, value)
    }
  }

  private mutating func branch(_ branches: [LuaBranch], _ otherwise: [LuaStatement]?) throws(FoldRefusal) {
    var ends: [Int] = []
    for (index, branch) in branches.enumerated() {
      let misses = try jumps(branch.condition, when: false)
      try block(branch.body)
      if index < branches.count - 1 || otherwise != nil { ends.append(code.add(.jump)) }
      code.land(misses)
    }
    if let otherwise { try block(otherwise) }
    code.land(ends)
  }

  private mutating func whileLoop(_ condition: LuaExpression, _ body: [LuaStatement]) throws(FoldRefusal) {
    let start = code.place
    let exits = try jumps(condition, when: false)
    breaks.append([])
    try block(body)
    code.add(.repeat, d: start)
    code.land(exits + breaks.removeLast())
  }

  private mutating func repeatLoop(_ body: [LuaStatement], _ condition: LuaExpression) throws(FoldRefusal) {
    let start = code.place
    let (outer, free) = (names, next)
    breaks.append([])
    try run(body)
    let exits = try jumps(condition, when: true)
    (names, next) = (outer, free)
    code.add(.repeat, d: start)
    code.land(exits + breaks.removeLast())
  }

  private mutating func numericFor(
    _ name: String, _ from: LuaExpression, _ to: LuaExpression, _ step: LuaExpression?, _ body: [LuaStatement]
  ) throws(FoldRefusal) {
    let (outer, free) = (names, next)
    let base = allocate(4)
    try evaluate(from, into: base)
    try evaluate(to, into: base + 1)
    if let step {
      try evaluate(step, into: base + 2)
    } else {
      code.add(.move, base + 2, code.constant(.int(1)))
    }
    let exit = code.add(.forPrepare, base)
    let start = code.place
    let place = FoldFacts.Place(kind: .loop, offset: from.range.lowerBound)
    let bounds = fact(of: from).joined(step.map { fact(of: $0) } ?? FoldFact(kinds: .int))
    facts.note(FoldFact(kinds: bounds.kinds, unit: .unknown), at: place)
    declare(name, base + 3, place)
    breaks.append([])
    try block(body)
    code.add(.forRepeat, base, d: start)
    code.land([exit] + breaks.removeLast())
    (names, next) = (outer, free)
  }

  /// `for i, x in ipairs(t)`.
  private mutating func itemsFor(
    _ loopNames: [String], _ sources: [LuaExpression], _ body: [LuaStatement], _ range: Range<Int>
  ) throws(FoldRefusal) {
    guard sources.count == 1, case .call(let callee, let arguments) = sources[0].kind, isLibrary(callee, "ipairs"),
      arguments.count == 1, loopNames.count <= 2
    else { throw refusal("loops over anything but ipairs(t) are left to the interpreter", range) }
    let (outer, free) = (names, next)
    let base = allocate(4)
    let (table, count, index, item) = (base, base + 1, base + 2, base + 3)
    try evaluate(arguments[0], into: table)
    code.add(.move, count, code.constant(.int(0)))
    let start = code.place
    code.add(.add, count, count, code.constant(.int(1)))
    code.add(.getItem, item, table, count)
    let exit = code.add(.jumpEqual, 1, item, code.constant(.nil))
    code.add(.move, index, count)
    declare(loopNames[0], index)
    if loopNames.count > 1 { declare(loopNames[1], item) }
    breaks.append([])
    try block(body)
    code.add(.repeat, d: start)
    code.land([exit] + breaks.removeLast())
    (names, next) = (outer, free)
  }

  private mutating func returning(_ expressions: [LuaExpression]) throws(FoldRefusal) {
    let free = next
    defer { next = free }
    guard let frame = frames.last else {
      // What a step returns is nobody's, but it is computed.
      for expression in expressions {
        if isCall(expression) { try callStatement(expression) } else { _ = try operand(expression) }
      }
      code.add(.return)
      return
    }
    for (index, known) in knownFacts(expressions, count: max(expressions.count, frame.count)).enumerated() {
      facts.note(known, at: FoldFacts.Place(kind: .result, offset: frame.offset, index: index))
    }
    if expressions.count <= 1, frame.count == 1 {
      if let expression = expressions.first {
        try evaluate(expression, into: frame.base)
      } else {
        code.add(.move, frame.base, code.constant(.nil))
      }
    } else {
      let base = allocate(max(frame.count, 1))
      try values(expressions, base, frame.count, expressions.first?.range ?? 0..<0)
      for index in 0..<frame.count { code.add(.move, frame.base + index, base + index) }
    }
    frames[frames.count - 1].exits.append(code.add(.jump))
  }
}
