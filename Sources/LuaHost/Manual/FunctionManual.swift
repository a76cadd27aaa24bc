/// What a function of scripts or expressions is called with, what it gives and what it does: the one declaration that the
/// library, `weir list`, the reference, the stubs for editors and the tests of the examples are made of.
public struct FunctionManual: Sendable {
  public struct Parameter: Sendable, Equatable {
    public var name: String
    /// As LuaCATS has it.
    public var type: String
    public var isOptional: Bool
  }

  /// A call and the text of what it gives.
  public struct Example: Sendable, Equatable {
    public var call: String
    public var result: String
  }

  public let name: String
  public let parameters: [Parameter]
  /// Whether more arguments of the last parameter's type follow.
  public let takesMore: Bool
  /// As LuaCATS has it.
  public let result: String
  /// One sentence.
  public let summary: String
  public let example: Example

  /// - Parameter declaration: `round(x: number, scale?: integer): decimal`; `…` behind a parameter's type for any number.
  init(_ declaration: String, _ summary: String, _ call: String, is result: String) {
    let open = declaration.firstIndex(of: "(")!
    let close = declaration.lastIndex(of: ")")!
    name = String(declaration[..<open])
    let list = declaration[declaration.index(after: open)..<close]
    takesMore = list.hasSuffix("…")
    parameters = list.split(separator: ",").map { part in
      let halves = part.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
      let name = halves[0].hasSuffix("?") ? halves[0].dropLast() : halves[0]
      let type = halves[1].hasSuffix("…") ? halves[1].dropLast() : halves[1]
      return Parameter(name: String(name), type: String(type), isOptional: halves[0].hasSuffix("?"))
    }
    self.result = String(declaration[declaration.index(after: close)...].drop { $0 == ":" || $0 == " " })
    self.summary = summary
    example = Example(call: call, result: result)
  }

  /// `round(x, scale?, mode?)`
  public var signature: String {
    let names = parameters.map { $0.name + ($0.isOptional ? "?" : "") }
    return "\(name)(\((names + (takesMore ? ["…"] : [])).joined(separator: ", ")))"
  }

  /// A group of functions under one heading.
  public struct Topic: Sendable {
    public let title: String
    public let functions: [FunctionManual]
  }

  /// All functions by topic, in the order of the reference.
  public static let topics: [Topic] = [
    Topic(title: "Numbers and money", functions: numbers), Topic(title: "Conditions", functions: conditions),
    Topic(title: "Dates", functions: dates), Topic(title: "Texts and lists", functions: texts),
    Topic(title: "Lua's own", functions: language), Topic(title: "string", functions: strings),
    Topic(title: "table, math and utf8", functions: tables),
  ]

  public static let all: [FunctionManual] = topics.flatMap(\.functions)

  private static let byName: [String: FunctionManual] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  public static func named(_ name: String) -> FunctionManual? { byName[name] }

  /// Of a function that is there, and so must be declared.
  public static func declared(_ name: String) -> FunctionManual {
    guard let manual = byName[name] else { preconditionFailure("'\(name)' is declared in no topic of the manual") }
    return manual
  }
}
