import LuaHost
import Memory

extension FoldLowering {
  /// The register that holds an expression's value: a local's own, a constant's, or one of its own.
  mutating func operand(_ expression: LuaExpression) throws(FoldRefusal) -> Int {
    switch expression.kind {
    case .parenthesized(let inner): return try operand(inner)
    case .name(let name):
      if case .register(let register) = names[name] { return register }
    default: break
    }
    if let constant = try constant(expression) { return try register(of: constant, expression.range) }
    let register = allocate()
    try evaluate(expression, into: register)
    return register
  }

  /// A literal, or what a path into a table of constants leads to.
  func constant(_ expression: LuaExpression) throws(FoldRefusal) -> FoldConstant? {
    switch expression.kind {
    case .none: return FoldConstant(.nil)
    case .bool(let value): return FoldConstant(.bool(value))
    case .integer(let value): return FoldConstant(.int(value))
    case .float(let value, written: _): return FoldConstant(.float(value))
    case .string(let text): return FoldConstant(.string(text))
    case .unary(.negate, let inner):
      switch inner.kind {
      case .integer(let value): return FoldConstant(.int(0 &- value))
      case .float(let value, written: _): return FoldConstant(.float(-value))
      default: return nil
      }
    case .name(let name):
      if case .constant(let constant) = names[name] { return constant }
      if names[name] == nil, name == "settings", !compiler.ownGlobals.contains(name) {
        return FoldConstant(compiler.settings, isSettings: true)
      }
      return nil
    case .index(let base, let key): return try constant(key, of: base)
    case .call(let callee, let arguments): return try constant(callee, arguments)
    case .parenthesized(let inner): return try constant(inner)
    default: return nil
    }
  }

  private func constant(_ key: LuaExpression, of base: LuaExpression) throws(FoldRefusal) -> FoldConstant? {
    if case .name("math") = base.kind, case .string(let name) = key.kind, isGlobal("math") {
      switch name {
      case "huge": return FoldConstant(.float(.infinity))
      case "pi": return FoldConstant(.float(3.141592653589793))
      case "maxinteger": return FoldConstant(.int(.max))
      case "mininteger": return FoldConstant(.int(.min))
      default: return nil
      }
    }
    guard let table = try constant(base), case .table = table.value else { return nil }
    switch key.kind {
    case .string(let name): return table.child(name)
    case .integer(let number): return table.item(number)
    default: return nil
    }
  }

  func isGlobal(_ name: String) -> Bool { names[name] == nil && !compiler.ownGlobals.contains(name) }

  /// Puts an expression's value into a register.
  ///
  /// - Parameter isRead: the register is a local's, which the expression may read after it was written.
  mutating func evaluate(_ expression: LuaExpression, into target: Int, isRead: Bool = false) throws(FoldRefusal) {
    let range = expression.range
    let free = next
    defer { next = free }
    if let constant = try constant(expression) {
      code.add(.move, target, try register(of: constant, range))
      return
    }
    switch expression.kind {
    case .none, .bool, .integer, .float, .string: break
    case .name(let name): code.add(.move, target, try read(name, range))
    case .parenthesized(let inner): try evaluate(inner, into: target, isRead: isRead)
    case .index(let base, let key): try index(base, key, into: target)
    case .unary(let operation, let inner): try unary(operation, inner, into: target, range)
    case .binary(let operation, let left, let right):
      let own = isRead && (operation == .and || operation == .or) ? allocate() : target
      try binary(operation, left, right, into: own, range)
      if own != target { code.add(.move, target, own) }
    case .call(let callee, let arguments):
      let own = isRead ? allocate() : target
      try call(callee, arguments, own, 1, range)
      if own != target { code.add(.move, target, own) }
    case .methodCall(let object, let method, let arguments):
      try self.method(method, of: object, arguments, into: target, range)
    case .table(let fields): try table(fields, into: target)
    case .function: throw refusal("a function is no value here", range)
    case .varargs: throw refusal("'...' is left to the interpreter", range)
    }
  }

  private mutating func read(_ name: String, _ range: Range<Int>) throws(FoldRefusal) -> Int {
    switch names[name] {
    case .register(let register): return register
    case .row: throw refusal("the row itself is kept or handed on: name its fields", range)
    case .emit, .function, .interpreted: throw refusal("the function '\(name)' is no value here", range)
    case .constant(let constant): return try register(of: constant, range)
    case nil: throw refusal("'\(name)' is left to the interpreter", range)
    }
  }

  private mutating func index(_ base: LuaExpression, _ key: LuaExpression, into target: Int) throws(FoldRefusal) {
    if case .name(let name) = base.kind, case .row = names[name] {
      guard case .string(let field) = key.kind else {
        throw refusal("a column of the row is named by a value", key.range)
      }
      code.add(.column, target, try column(field, key.range))
      return
    }
    if case .name(let name) = base.kind, names[name] == nil, !(name == "settings" && isGlobal(name)) {
      throw refusal("'\(name)' is left to the interpreter", base.range)
    }
    let table = try operand(base)
    if case .string(let field) = key.kind {
      code.add(.getField, target, table, code.name(field))
    } else {
      code.add(.getItem, target, table, try operand(key))
    }
  }

  private mutating func unary(
    _ operation: LuaUnaryOperator, _ inner: LuaExpression, into target: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    switch operation {
    case .negate: code.add(.negate, target, try operand(inner))
    case .not: code.add(.not, target, try operand(inner))
    case .length: code.add(.length, target, try operand(inner))
    case .bitNot: throw refusal("bitwise operators are left to the interpreter", range)
    }
  }

  private mutating func binary(
    _ operation: LuaBinaryOperator, _ left: LuaExpression, _ right: LuaExpression, into target: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    switch operation {
    case .and, .or:
      try evaluate(left, into: target)
      let end = code.add(operation == .and ? .jumpFalse : .jumpTrue, 0, target)
      try evaluate(right, into: target)
      code.land([end])
      return
    case .concatenate:
      var parts = [left]
      var rest = right
      while case .binary(.concatenate, let first, let behind) = rest.kind {
        parts.append(first)
        rest = behind
      }
      return try host(FoldFunctions.concatenate, parts + [rest], into: target)
    default: break
    }
    let a = try operand(left)
    let b = try operand(right)
    try check(operation, left, right, range)
    if operation == .notEqual {
      code.add(.equal, target, a, b)
      code.add(.not, target, target)
      return
    }
    if let swapped = Self.comparison(operation, a, b) {
      code.add(swapped.operation, target, swapped.left, swapped.right)
      return
    }
    guard let arithmetic = Self.arithmetic(operation) else {
      throw refusal("bitwise operators are left to the interpreter", range)
    }
    code.add(arithmetic, target, a, b)
  }

  private static func arithmetic(_ operation: LuaBinaryOperator) -> FoldCode.Operation? {
    switch operation {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .modulo: .modulo
    case .power: .power
    default: nil
    }
  }

  private static func comparison(
    _ operation: LuaBinaryOperator, _ a: Int, _ b: Int
  ) -> (operation: FoldCode.Operation, jump: FoldCode.Operation, left: Int, right: Int, holds: Bool)? {
    switch operation {
    case .equal: (.equal, .jumpEqual, a, b, true)
    case .notEqual: (.equal, .jumpEqual, a, b, false)
    case .less: (.less, .jumpLess, a, b, true)
    case .lessOrEqual: (.lessOrEqual, .jumpLessOrEqual, a, b, true)
    case .greater: (.less, .jumpLess, b, a, true)
    case .greaterOrEqual: (.lessOrEqual, .jumpLessOrEqual, b, a, true)
    default: nil
    }
  }

  /// Jumps that are taken where a condition holds, or where it does not.
  mutating func jumps(_ condition: LuaExpression, when wanted: Bool) throws(FoldRefusal) -> [Int] {
    let free = next
    defer { next = free }
    switch condition.kind {
    case .parenthesized(let inner): return try jumps(inner, when: wanted)
    case .unary(.not, let inner): return try jumps(inner, when: !wanted)
    case .binary(.and, let left, let right), .binary(.or, let left, let right):
      let isAnd = if case .binary(.and, _, _) = condition.kind { true } else { false }
      if isAnd != wanted { return try jumps(left, when: wanted) + jumps(right, when: wanted) }
      let decided = try jumps(left, when: !wanted)
      let taken = try jumps(right, when: wanted)
      code.land(decided)
      return taken
    case .binary(let operation, let left, let right):
      if [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual].contains(operation) {
        let a = try operand(left)
        let b = try operand(right)
        try check(operation, left, right, condition.range)
        guard let test = Self.comparison(operation, a, b) else { break }
        return [code.add(test.jump, test.holds == wanted ? 1 : 0, test.left, test.right)]
      }
    default: break
    }
    return [code.add(wanted ? .jumpTrue : .jumpFalse, 0, try operand(condition))]
  }

  /// `{ name = value, value, … }`
  private mutating func table(_ fields: [LuaTableField], into target: Int) throws(FoldRefusal) {
    var named: [(name: String, value: LuaExpression)] = []
    var items: [LuaExpression] = []
    for field in fields {
      switch field.key {
      case .next: items.append(field.value)
      case .name(let name): named.append((name, field.value))
      case .computed(let key):
        guard case .string(let name) = key.kind else {
          throw refusal("a table's key is computed where it is made", key.range)
        }
        named.append((name, field.value))
      }
    }
    if Set(named.map(\.name)).count < named.count { throw refusal("a table has a field twice", fields[0].value.range) }
    if let last = items.last, isCall(last) { throw refusal("a table's last item is a call", last.range) }
    for (name, value) in named { facts.note(fact(of: value), field: name) }
    let base = allocate(max(named.count + items.count, 1))
    for (index, value) in (named.map(\.value) + items).enumerated() { try evaluate(value, into: base + index) }
    if !items.isEmpty {
      // An item that is nil would leave a gap; only the run knows.
      for index in named.count..<named.count + items.count {
        let there = code.add(.jumpEqual, 0, base + index, code.constant(.nil))
        code.add(.giveUp)
        code.land([there])
      }
    }
    code.add(.tableOf, target, base, items.count, d: code.shape(named.map { code.name($0.name) }))
  }

  func isCall(_ expression: LuaExpression) -> Bool {
    switch expression.kind {
    case .call, .methodCall: true
    default: false
    }
  }
}
