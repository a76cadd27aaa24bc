import Diagnostics
import Expressions
import LuaHost

/// The names that a function of a file can use in the interpreter, and that columnar programs have no meaning for: the
/// interpreter's own library, and what the file itself assigns.
struct InterpretedNames {
  private let parameters: Set<String>
  private let assigned: Set<String>

  init(of text: LocatedText, calledFrom function: Expressions.LuaFunction) {
    parameters = Set(function.parameters)
    assigned = (try? LuaParser.assignedNames(in: text)) ?? []
  }

  /// What kept the function from its columns, where that is all that is wrong; nil for a name that nobody knows.
  func reason(for mistake: Diagnostic) -> Diagnostic? {
    guard mistake.code == .unknownFunction || mistake.code == .unknownColumn, let text = mistake.span?.text else {
      return nil
    }
    if Self.isOfLibrary(text) {
      return Diagnostic(.unsupportedExpression, "'\(text)' is a function of the interpreter", at: mistake.span)
    }
    let root = String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    guard assigned.contains(root), !parameters.contains(root) else { return nil }
    return Diagnostic(
      .unsupportedExpression, "what '\(text)' is, only the interpreter can say", at: mistake.span)
  }

  private static let base: Set<String> = [
    "type", "tostring", "tonumber", "pcall", "xpcall", "error", "assert", "select", "pairs", "ipairs", "setmetatable",
    "require", "log", "reject",
  ]

  /// Whether a name that expressions lack is one that the interpreter has.
  private static func isOfLibrary(_ name: String) -> Bool {
    base.contains(name) || ["string", "table", "utf8", "math"].contains { name == $0 || name.hasPrefix($0 + ".") }
      || HostFunction.all.contains { $0.name == name }
  }
}
