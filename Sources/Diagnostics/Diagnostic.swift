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
  /// More that is known, each under a word of its own: `inputs: amount = 10.50`.
  public var notes: [Note] = []

  /// A further fact about a failure. A text of several lines stands below its label.
  public struct Note: Sendable, Equatable {
    public var label: String
    public var text: String

    public init(_ label: String, _ text: String) {
      self.label = label
      self.text = text
    }
  }

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
  public var diagnostic: Diagnostic
  /// The row of the batch at hand on which it happened, until it is known where that row stands.
  public var row: Int32?
  /// Where the row stands in its input: the number of the file and the byte.
  public var place: Place?

  public struct Place: Sendable {
    public var file: Int
    public var byte: Int

    public init(file: Int, byte: Int) {
      self.file = file
      self.byte = byte
    }
  }

  public init(_ diagnostic: Diagnostic, row: Int32? = nil) {
    self.diagnostic = diagnostic
    self.row = row
  }

  /// The failure seen from a batch that the rows were taken from: `rows` says where each was.
  public func moved(to rows: [Int32]) -> RunFailure {
    var moved = self
    moved.row = row.map { rows[Int($0)] }
    return moved
  }

  public init(_ code: DiagnosticCode, _ message: String, at span: SourceSpan? = nil, help: String? = nil) {
    self.diagnostic = Diagnostic(code, message, at: span, help: help)
  }
}

/// The whole of what there is to say about a row that failed, behind the one line that the quarantine has of it.
///
/// A reference, since a failing row passes through many hands and few of them look at it.
public final class FullMessage: Sendable, Hashable {
  public let diagnostic: Diagnostic

  public init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

  public static func == (left: FullMessage, right: FullMessage) -> Bool { left === right }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
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
