import Diagnostics

/// Reads Lua 5.4 into a tree that keeps positions.
///
/// Grammar: Lua 5.4 manual, section 9. The first error ends the reading, as what follows it would be guessed.
public struct LuaParser {
  private let tokens: [LuaToken]
  private var position = 0
  private var depth = 0
  /// Lua itself stops at 200 nested levels.
  private static let maximumDepth = 190

  /// One expression that takes up the whole text.
  public static func expression(_ text: LocatedText) throws(Diagnostic) -> LuaExpression {
    try parse(text) { parser throws(LuaSyntaxError) in
      let expression = try parser.expression()
      try parser.expectEnd()
      return expression
    }
  }

  /// The statements of a file or a function body.
  public static func chunk(_ text: LocatedText) throws(Diagnostic) -> [LuaStatement] {
    try parse(text) { parser throws(LuaSyntaxError) in
      let statements = try parser.block()
      try parser.expectEnd()
      return statements
    }
  }

  /// Whether a text is a function body: it holds the word `return` outside strings and comments.
  public static func isBody(_ text: LocatedText) -> Bool {
    var lexer = LuaLexer(Array(text.text.utf8))
    guard let tokens = try? lexer.tokens() else { return false }
    return tokens.contains { $0.kind == .symbol("return") }
  }

  private static func parse<Tree>(
    _ text: LocatedText, _ read: (inout LuaParser) throws(LuaSyntaxError) -> Tree
  ) throws(Diagnostic) -> Tree {
    do throws(LuaSyntaxError) {
      var lexer = LuaLexer(Array(text.text.utf8))
      var parser = LuaParser(tokens: try lexer.tokens())
      return try read(&parser)
    } catch {
      throw Diagnostic(.luaSyntax, error.message, at: text.span(error.range), help: error.help)
    }
  }

  private init(tokens: [LuaToken]) { self.tokens = tokens }

  // MARK: Tokens

  var token: LuaToken { tokens[position] }
  var following: LuaToken { tokens[min(position + 1, tokens.count - 1)] }
  var previousEnd: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }

  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  func at(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

  mutating func accept(_ symbol: String) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: String, closing opener: String? = nil) throws(LuaSyntaxError) {
    guard !accept(symbol) else { return }
    throw unexpected("expected '\(symbol)'" + (opener.map { " to close '\($0)'" } ?? ""))
  }

  mutating func name(_ what: String = "a name") throws(LuaSyntaxError) -> String {
    guard case .name(let name) = token.kind else { throw unexpected("expected \(what)") }
    advance()
    return name
  }

  func unexpected(_ message: String) -> LuaSyntaxError {
    var help: String?
    let found: String
    switch token.kind {
    case .end: found = "the end"
    case .name(let name): found = "'\(name)'"
    case .string: found = "a string"
    case .integer, .float: found = "a number"
    case .symbol(let symbol):
      found = "'\(symbol)'"
      help = symbol == "=" ? "write '==' to compare" : LuaLexer.counterpart(of: symbol)
    }
    return LuaSyntaxError(message: "\(message), found \(found)", range: token.range, help: help)
  }

  func expectEnd() throws(LuaSyntaxError) {
    if token.kind != .end { throw unexpected("expected an operator or the end") }
  }

  mutating func nested<Tree>(_ read: (inout LuaParser) throws(LuaSyntaxError) -> Tree) throws(LuaSyntaxError) -> Tree {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else {
      throw LuaSyntaxError(message: "this is nested too deeply", range: token.range)
    }
    return try read(&self)
  }

  // MARK: Expressions

  mutating func expression(above limit: Int = 0) throws(LuaSyntaxError) -> LuaExpression {
    try nested { parser throws(LuaSyntaxError) in try parser.operation(above: limit) }
  }

  private mutating func operation(above limit: Int) throws(LuaSyntaxError) -> LuaExpression {
    let start = token.range.lowerBound
    var left: LuaExpression
    if case .symbol(let symbol) = token.kind, let unary = LuaUnaryOperator(rawValue: symbol) {
      advance()
      let operand = try expression(above: LuaUnaryOperator.priority)
      left = LuaExpression(.unary(unary, operand), start..<operand.range.upperBound)
    } else {
      left = try simple()
    }
    while case .symbol(let symbol) = token.kind, let binary = LuaBinaryOperator(rawValue: symbol),
      binary.priority.left > limit
    {
      advance()
      let right = try expression(above: binary.priority.right)
      left = LuaExpression(.binary(binary, left, right), start..<right.range.upperBound)
    }
    return left
  }

  private mutating func simple() throws(LuaSyntaxError) -> LuaExpression {
    let here = token
    let kind: LuaExpression.Kind
    switch here.kind {
    case .integer(let value): kind = .integer(value)
    case .float(let value, let written): kind = .float(value, written: written)
    case .string(let text): kind = .string(text)
    case .symbol("nil"): kind = .none
    case .symbol("true"): kind = .bool(true)
    case .symbol("false"): kind = .bool(false)
    case .symbol("..."): kind = .varargs
    case .symbol("{"): return try table()
    case .symbol("function"):
      advance()
      let function = try functionBody(from: here.range.lowerBound)
      return LuaExpression(.function(function), function.range)
    default: return try suffixed()
    }
    advance()
    return LuaExpression(kind, here.range)
  }

  /// A name or a parenthesis with what follows it: fields, indices, calls.
  mutating func suffixed() throws(LuaSyntaxError) -> LuaExpression {
    let start = token.range.lowerBound
    var result: LuaExpression
    if accept("(") {
      let inner = try expression()
      try expect(")", closing: "(")
      result = LuaExpression(.parenthesized(inner), start..<previousEnd)
    } else if case .name(let name) = token.kind {
      result = LuaExpression(.name(name), token.range)
      advance()
    } else {
      throw unexpected("expected a value")
    }
    while true {
      switch token.kind {
      case .symbol("."):
        advance()
        let range = token.range
        let key = LuaExpression(.string(try name("a field")), range)
        result = LuaExpression(.index(result, key: key), start..<previousEnd)
      case .symbol("["):
        advance()
        let key = try expression()
        try expect("]", closing: "[")
        result = LuaExpression(.index(result, key: key), start..<previousEnd)
      case .symbol(":"):
        advance()
        let method = try name("a method")
        let arguments = try arguments()
        result = LuaExpression(.methodCall(result, method: method, arguments: arguments), start..<previousEnd)
      case .symbol("("), .symbol("{"), .string:
        let arguments = try arguments()
        result = LuaExpression(.call(result, arguments: arguments), start..<previousEnd)
      default: return result
      }
    }
  }

  private mutating func arguments() throws(LuaSyntaxError) -> [LuaExpression] {
    if case .string(let text) = token.kind {
      let argument = LuaExpression(.string(text), token.range)
      advance()
      return [argument]
    }
    if at("{") { return [try table()] }
    try expect("(")
    if accept(")") { return [] }
    let list = try expressions()
    try expect(")", closing: "(")
    return list
  }

  mutating func expressions() throws(LuaSyntaxError) -> [LuaExpression] {
    var list = [try expression()]
    while accept(",") { list.append(try expression()) }
    return list
  }

  private mutating func table() throws(LuaSyntaxError) -> LuaExpression {
    try nested { parser throws(LuaSyntaxError) in
      let start = parser.token.range.lowerBound
      try parser.expect("{")
      var fields: [LuaTableField] = []
      while !parser.at("}") {
        if case .name(let name) = parser.token.kind, parser.following.kind == .symbol("=") {
          parser.advance()
          parser.advance()
          fields.append(LuaTableField(key: .name(name), value: try parser.expression()))
        } else if parser.accept("[") {
          let key = try parser.expression()
          try parser.expect("]", closing: "[")
          try parser.expect("=")
          fields.append(LuaTableField(key: .computed(key), value: try parser.expression()))
        } else {
          fields.append(LuaTableField(key: .next, value: try parser.expression()))
        }
        if !parser.accept(","), !parser.accept(";") { break }
      }
      try parser.expect("}", closing: "{")
      return LuaExpression(.table(fields), start..<parser.previousEnd)
    }
  }

  mutating func functionBody(from start: Int, hasSelf: Bool = false) throws(LuaSyntaxError) -> LuaFunction {
    try expect("(")
    var parameters = hasSelf ? ["self"] : []
    var takesVarargs = false
    while !at(")") {
      if accept("...") {
        takesVarargs = true
        break
      }
      parameters.append(try name("a parameter"))
      if !accept(",") { break }
    }
    try expect(")", closing: "(")
    let body = try block()
    try expect("end", closing: "function")
    return LuaFunction(
      parameters: parameters, takesVarargs: takesVarargs, body: body, range: start..<previousEnd)
  }
}
