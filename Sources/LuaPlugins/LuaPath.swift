import Diagnostics

/// Which of the two paths the functions of Lua files take. Both give the same bytes: the choice is one of speed, and of
/// what is refused.
public enum LuaPath: String, Sendable, CaseIterable {
  /// Columnar where a function is of the pure subset, interpreted where it is not.
  case auto
  /// Columnar, and refused where a function is not of the pure subset.
  case columnar
  /// Interpreted, whatever could be compiled.
  case interpreter

  /// What `explain` says of a function that could be compiled and is not.
  static let asked = "interpreted: --lua interpreter"

  /// Why a function cannot run where only columnar ones may.
  static func refusal(_ reason: Diagnostic, of name: String) -> Diagnostic {
    Diagnostic(
      .columnarOnly, "\(name) is not columnar: \(reason.message)", at: reason.span,
      help: reason.help ?? "write it without this, or run it with --lua auto")
  }
}
