extension LuaParser {
  /// Statements up to `end`, `else`, `elseif`, `until` or the end of the text.
  mutating func block() throws(LuaSyntaxError) -> [LuaStatement] {
    try nested { parser throws(LuaSyntaxError) in
      var statements: [LuaStatement] = []
      while !parser.isAtBlockEnd {
        if parser.accept(";") { continue }
        let start = parser.token.range.lowerBound
        let isReturn = parser.at("return")
        let kind = try parser.statement()
        statements.append(LuaStatement(kind: kind, range: start..<parser.previousEnd))
        if isReturn {
          guard parser.isAtBlockEnd else { throw parser.unexpected("'return' ends its block: expected 'end'") }
          break
        }
      }
      return statements
    }
  }

  private var isAtBlockEnd: Bool {
    switch token.kind {
    case .end, .symbol("end"), .symbol("else"), .symbol("elseif"), .symbol("until"): true
    default: false
    }
  }

  private mutating func statement() throws(LuaSyntaxError) -> LuaStatement.Kind {
    guard case .symbol(let word) = token.kind else { return try callOrAssignment() }
    switch word {
    case "if": return try branch()
    case "while":
      advance()
      let condition = try expression()
      return .whileLoop(condition, try doBlock(of: "while"))
    case "do": return .block(try doBlock(of: "do"))
    case "for": return try forLoop()
    case "repeat":
      advance()
      let body = try block()
      try expect("until", closing: "repeat")
      return .repeatLoop(body, until: try expression())
    case "function": return try functionStatement()
    case "local": return try local()
    case "return":
      advance()
      var values: [LuaExpression] = []
      if !isAtBlockEnd, !at(";") { values = try expressions() }
      _ = accept(";")
      return .returning(values)
    case "break":
      advance()
      return .breaking
    case "goto":
      advance()
      return .goto(try name("a label"))
    case "::":
      advance()
      let label = try name("a label")
      try expect("::")
      return .label(label)
    default: return try callOrAssignment()
    }
  }

  private mutating func doBlock(of opener: String) throws(LuaSyntaxError) -> [LuaStatement] {
    try expect("do")
    let body = try block()
    try expect("end", closing: opener)
    return body
  }

  private mutating func branch() throws(LuaSyntaxError) -> LuaStatement.Kind {
    var branches: [LuaBranch] = []
    var otherwise: [LuaStatement]?
    repeat {
      advance()
      let condition = try expression()
      try expect("then")
      branches.append(LuaBranch(condition: condition, body: try block()))
    } while at("elseif")
    if accept("else") { otherwise = try block() }
    try expect("end", closing: "if")
    return .branch(branches, otherwise: otherwise)
  }

  private mutating func forLoop() throws(LuaSyntaxError) -> LuaStatement.Kind {
    advance()
    let first = try name()
    if accept("=") {
      let from = try expression()
      try expect(",")
      let to = try expression()
      let step = accept(",") ? try expression() : nil
      return .numericFor(first, from: from, to: to, step: step, try doBlock(of: "for"))
    }
    var names = [first]
    while accept(",") { names.append(try name()) }
    try expect("in")
    let sources = try expressions()
    return .genericFor(names, sources, try doBlock(of: "for"))
  }

  private mutating func functionStatement() throws(LuaSyntaxError) -> LuaStatement.Kind {
    let start = token.range.lowerBound
    advance()
    let nameStart = token.range.lowerBound
    var target = LuaExpression(.name(try name()), nameStart..<previousEnd)
    var hasSelf = false
    while at(".") || at(":") {
      hasSelf = at(":")
      advance()
      let range = token.range
      target = LuaExpression(
        .index(target, key: LuaExpression(.string(try name()), range)), nameStart..<range.upperBound)
      if hasSelf { break }
    }
    return .function(target, try functionBody(from: start, hasSelf: hasSelf))
  }

  private mutating func local() throws(LuaSyntaxError) -> LuaStatement.Kind {
    advance()
    let start = token.range.lowerBound
    if accept("function") {
      let name = try name()
      return .localFunction(name, try functionBody(from: start))
    }
    var locals: [LuaLocal] = []
    repeat {
      let name = try name()
      var attribute: String?
      if accept("<") {
        let range = token.range
        let word = try self.name("an attribute")
        guard word == "const" || word == "close" else {
          throw LuaSyntaxError(message: "no attribute '\(word)'", range: range, help: "write 'const'")
        }
        attribute = word
        try expect(">")
      }
      locals.append(LuaLocal(name: name, attribute: attribute))
    } while accept(",")
    return .local(locals, accept("=") ? try expressions() : [])
  }

  private mutating func callOrAssignment() throws(LuaSyntaxError) -> LuaStatement.Kind {
    let start = token
    let first = try suffixed()
    if at("=") || at(",") {
      var targets = [first]
      while accept(",") { targets.append(try suffixed()) }
      for target in targets {
        switch target.kind {
        case .name, .index: break
        default: throw LuaSyntaxError(message: "cannot assign to this", range: target.range)
        }
      }
      try expect("=")
      return .assign(targets, try expressions())
    }
    switch first.kind {
    case .call, .methodCall: return .call(first)
    default:
      throw LuaSyntaxError(
        message: "a value alone is no statement", range: start.range.lowerBound..<first.range.upperBound,
        help: "write 'return' before it, or assign it to a local")
    }
  }
}
