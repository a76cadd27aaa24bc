/// An expression of Lua 5.4, with the UTF-8 offsets that it spans in its text.
public struct LuaExpression: Sendable {
  public let kind: Kind
  public let range: Range<Int>

  public init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
  }

  public indirect enum Kind: Sendable {
    case none
    case bool(Bool)
    case integer(Int64)
    /// The value, and the numeral as it is written.
    case float(Double, written: String)
    case string(String)
    case varargs
    case name(String)
    case index(LuaExpression, key: LuaExpression)
    case call(LuaExpression, arguments: [LuaExpression])
    case methodCall(LuaExpression, method: String, arguments: [LuaExpression])
    case binary(LuaBinaryOperator, LuaExpression, LuaExpression)
    case unary(LuaUnaryOperator, LuaExpression)
    case parenthesized(LuaExpression)
    case table([LuaTableField])
    case function(LuaFunction)
  }
}

public struct LuaTableField: Sendable {
  public enum Key: Sendable {
    case next
    case name(String)
    case computed(LuaExpression)
  }
  public let key: Key
  public let value: LuaExpression
}

public struct LuaFunction: Sendable {
  public let parameters: [String]
  public let takesVarargs: Bool
  public let body: [LuaStatement]
  /// From `function` to `end`.
  public let range: Range<Int>

  /// The values of every `return` of its own, not those of functions within.
  public var returnedValues: [[LuaExpression]] { body.flatMap(\.returnedValues) }
}

public enum LuaBinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "^"
  case concatenate = ".."
  case equal = "=="
  case notEqual = "~="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and
  case or
  case bitAnd = "&"
  case bitOr = "|"
  case bitXor = "~"
  case shiftLeft = "<<"
  case shiftRight = ">>"

  var isArithmetic: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .power: true
    default: false
    }
  }

  /// How strongly it binds to its left and right (Lua 5.4 manual, 3.4.8).
  var priority: (left: Int, right: Int) {
    switch self {
    case .or: (1, 1)
    case .and: (2, 2)
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: (3, 3)
    case .bitOr: (4, 4)
    case .bitXor: (5, 5)
    case .bitAnd: (6, 6)
    case .shiftLeft, .shiftRight: (7, 7)
    case .concatenate: (9, 8)
    case .add, .subtract: (10, 10)
    case .multiply, .divide, .floorDivide, .modulo: (11, 11)
    case .power: (14, 13)
    }
  }
}

public enum LuaUnaryOperator: String, Sendable {
  case negate = "-"
  case not
  case length = "#"
  case bitNot = "~"

  static let priority = 12
}

public struct LuaStatement: Sendable {
  public let kind: Kind
  public let range: Range<Int>

  public indirect enum Kind: Sendable {
    case local([LuaLocal], [LuaExpression])
    case assign([LuaExpression], [LuaExpression])
    case call(LuaExpression)
    case block([LuaStatement])
    case whileLoop(LuaExpression, [LuaStatement])
    case repeatLoop([LuaStatement], until: LuaExpression)
    case branch([LuaBranch], otherwise: [LuaStatement]?)
    case numericFor(String, from: LuaExpression, to: LuaExpression, step: LuaExpression?, [LuaStatement])
    case genericFor([String], [LuaExpression], [LuaStatement])
    case function(LuaExpression, LuaFunction)
    case localFunction(String, LuaFunction)
    case returning([LuaExpression])
    case breaking
    case goto(String)
    case label(String)
  }
}

public struct LuaLocal: Sendable {
  public let name: String
  /// `const` or `close`.
  public let attribute: String?
}

public struct LuaBranch: Sendable {
  public let condition: LuaExpression
  public let body: [LuaStatement]
}

extension LuaStatement {
  /// The values of every `return` in it, not those of functions within.
  fileprivate var returnedValues: [[LuaExpression]] {
    switch kind {
    case .returning(let values): [values]
    case .block(let body), .whileLoop(_, let body), .repeatLoop(let body, until: _), .genericFor(_, _, let body):
      body.flatMap(\.returnedValues)
    case .numericFor(_, from: _, to: _, step: _, let body): body.flatMap(\.returnedValues)
    case .branch(let branches, let otherwise):
      (branches.map(\.body) + [otherwise ?? []]).flatMap { $0.flatMap(\.returnedValues) }
    case .local, .assign, .call, .function, .localFunction, .breaking, .goto, .label: []
    }
  }
}
