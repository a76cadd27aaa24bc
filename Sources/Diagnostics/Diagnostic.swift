/// One message for the person who has the file open: what, where, what was expected, what to do.
public struct Diagnostic: Error, Sendable, Equatable {
  public enum Severity: String, Sendable { case error, warning, note }

  public var severity: Severity
  public var code: DiagnosticCode
  /// One sentence without a full stop, in the user's words.
  public var message: String
  public var span: SourceSpan?
  /// What to do about it.
  public var help: String?

  public init(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan? = nil, help: String? = nil,
    severity: Severity = .error
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = span
    self.help = help
  }
}

/// Mistakes in what the user wrote (a pipeline, a plugin): all that were found, in the order of the text. Exit code 78.
public struct InvalidInput: Error, Sendable {
  public let diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// A run that could not be finished: a missing file, a full disk, a bad row that must stop it. Exit code 1.
public struct RunFailure: Error, Sendable {
  public let diagnostic: Diagnostic

  public init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

  public init(_ code: DiagnosticCode, _ message: String, at span: SourceSpan? = nil, help: String? = nil) {
    self.diagnostic = Diagnostic(code, message, at: span, help: help)
  }
}

/// Collects every mistake of one reading, so that all are reported at once and none twice.
public struct DiagnosticBag: Sendable {
  public private(set) var diagnostics: [Diagnostic] = []

  public init() {}

  public mutating func report(_ diagnostic: Diagnostic) {
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  public mutating func report(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan?, help: String? = nil
  ) {
    report(Diagnostic(code, message, at: span, help: help))
  }

  public mutating func report(contentsOf more: [Diagnostic]) {
    for diagnostic in more { report(diagnostic) }
  }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// Throws all of them where one is an error.
  public func throwIfErrors() throws(InvalidInput) {
    if hasErrors { throw InvalidInput(diagnostics) }
  }
}
