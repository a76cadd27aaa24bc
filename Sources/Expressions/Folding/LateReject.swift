/// Looks for a `reject` behind a change of the state: such a row would be set aside, and count all the same.
public struct LateReject {
  /// Names of the state and of what was taken out of it.
  private var aliases: Set<String>
  private var hasChanged = false
  private var found: Range<Int>?

  /// The first such call in a fold's `step(state, row, emit)`; nil where none is seen. What functions do that it calls is not looked at.
  public static func find(in step: LuaFunction) -> Range<Int>? {
    guard let state = step.parameters.first else { return nil }
    var finder = LateReject(aliases: [state])
    _ = finder.walk(step.body)
    return finder.found
  }

  private init(aliases: Set<String>) { self.aliases = aliases }

  /// - Returns: Whether what stands behind can be reached.
  private mutating func walk(_ body: [LuaStatement]) -> Bool {
    for statement in body where !walk(statement) { return false }
    return true
  }

  private mutating func walk(_ statement: LuaStatement) -> Bool {
    switch statement.kind {
    case .local(let names, let values):
      look(values)
      for (name, value) in zip(names, values) { note(name.name, value) }
    case .assign(let targets, let values):
      look(values)
      for (place, target) in targets.enumerated() {
        if case .name(let name) = target.kind {
          if place < values.count { note(name, values[place]) }
        } else if isOfState(target) {
          hasChanged = true
        }
      }
    case .call(let call): return look(call)
    case .block(let body): return walk(body)
    case .whileLoop(let condition, let body):
      look(condition)
      repeated(body)
    case .repeatLoop(let body, let condition):
      repeated(body)
      look(condition)
    case .numericFor(_, let from, let to, let step, let body):
      look([from, to, step].compactMap { $0 })
      repeated(body)
    case .genericFor(let names, let values, let body):
      look(values)
      // What an iterator over the state gives is part of it.
      if values.contains(where: mentionsState) { aliases.formUnion(names) }
      repeated(body)
    case .branch(let branches, let otherwise): return branch(branches, otherwise)
    case .returning(let values):
      look(values)
      return false
    case .breaking, .goto: return false
    case .function, .localFunction, .label: break
    }
    return true
  }

  /// A loop's body twice: what a round changes stands before the next one.
  private mutating func repeated(_ body: [LuaStatement]) {
    let before = hasChanged
    for _ in 0..<2 { _ = walk(body) }
    hasChanged = hasChanged || before
  }

  private mutating func branch(_ branches: [LuaBranch], _ otherwise: [LuaStatement]?) -> Bool {
    var (changes, goesOn) = (false, false)
    var before = hasChanged
    let last: (condition: LuaExpression?, body: [LuaStatement]) = (nil, otherwise ?? [])
    for way in branches.map({ (condition: $0.condition as LuaExpression?, body: $0.body) }) + [last] {
      hasChanged = before
      if let condition = way.condition {
        look(condition)
        before = hasChanged
      }
      guard walk(way.body) else { continue }
      goesOn = true
      changes = changes || hasChanged
    }
    hasChanged = changes
    return goesOn
  }

  private mutating func look(_ expressions: [LuaExpression]) {
    for expression in expressions { look(expression) }
  }

  /// - Returns: Whether what stands behind can be reached.
  @discardableResult
  private mutating func look(_ expression: LuaExpression) -> Bool {
    switch expression.kind {
    case .call(let callee, let arguments):
      look(arguments)
      if case .name("reject") = callee.kind {
        if hasChanged, found == nil { found = expression.range }
        return false
      }
      if case .index(let library, let key) = callee.kind, case .name("table") = library.kind,
        case .string(let name) = key.kind, ["insert", "remove", "sort", "move"].contains(name),
        arguments.contains(where: isOfState)
      {
        hasChanged = true
      }
    case .methodCall(let object, _, let arguments): look([object] + arguments)
    case .binary(_, let left, let right): look([left, right])
    case .unary(_, let operand), .parenthesized(let operand): look(operand)
    case .index(let table, let key): look([table, key])
    case .table(let fields): look(fields.map(\.value))
    case .none, .bool, .integer, .float, .string, .varargs, .name, .function: break
    }
    return true
  }

  private mutating func note(_ name: String, _ value: LuaExpression) {
    if isOfState(value) { aliases.insert(name) } else { aliases.remove(name) }
  }

  private func isOfState(_ expression: LuaExpression) -> Bool {
    switch expression.kind {
    case .name(let name): aliases.contains(name)
    case .index(let table, _): isOfState(table)
    case .parenthesized(let inner): isOfState(inner)
    default: false
    }
  }

  private func mentionsState(_ expression: LuaExpression) -> Bool {
    if case .call(_, let arguments) = expression.kind { return arguments.contains(where: isOfState) }
    return isOfState(expression)
  }
}
