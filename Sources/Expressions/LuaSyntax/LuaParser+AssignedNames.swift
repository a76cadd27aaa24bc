import Diagnostics

extension LuaParser {
  /// Every name that a file gives a value to: its locals and globals, whichever block they stand in.
  public static func assignedNames(in text: LocatedText) throws(Diagnostic) -> Set<String> {
    var names = AssignedNames()
    names.visit(try chunk(text))
    return names.found
  }
}

private struct AssignedNames {
  var found: Set<String> = []

  mutating func visit(_ statements: [LuaStatement]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ statement: LuaStatement) {
    switch statement.kind {
    case .local(let locals, let values):
      found.formUnion(locals.map(\.name))
      visit(values)
    case .assign(let targets, let values):
      for target in targets { if case .name(let name) = target.kind { found.insert(name) } }
      visit(targets + values)
    case .returning(let values): visit(values)
    case .call(let call): visit([call])
    case .block(let body): visit(body)
    case .whileLoop(let condition, let body), .repeatLoop(let body, let condition):
      visit([condition])
      visit(body)
    case .numericFor(let name, let from, let to, let step, let body):
      found.insert(name)
      visit([from, to] + (step.map { [$0] } ?? []))
      visit(body)
    case .genericFor(let names, let sources, let body):
      found.formUnion(names)
      visit(sources)
      visit(body)
    case .branch(let branches, let otherwise):
      for branch in branches {
        visit([branch.condition])
        visit(branch.body)
      }
      visit(otherwise ?? [])
    case .function(let target, let function):
      if case .name(let name) = target.kind { found.insert(name) }
      visit(function.body)
    case .localFunction(let name, let function):
      found.insert(name)
      visit(function.body)
    case .breaking, .goto, .label: break
    }
  }

  private mutating func visit(_ expressions: [LuaExpression]) {
    for expression in expressions {
      switch expression.kind {
      case .function(let function): visit(function.body)
      case .table(let fields): visit(fields.map(\.value))
      case .call(let callee, let arguments): visit([callee] + arguments)
      case .methodCall(let object, _, let arguments): visit([object] + arguments)
      case .binary(_, let left, let right): visit([left, right])
      case .unary(_, let inner), .parenthesized(let inner), .index(let inner, _): visit([inner])
      default: break
      }
    }
  }
}
