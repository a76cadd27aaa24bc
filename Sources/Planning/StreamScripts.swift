import Columns
import Diagnostics

/// Rows out of bytes that the host opens (`Plugins/NAME/sources`).
public struct SourceScriptDefinition: Sendable {
  public var name: String
  public var columns: [Field]
  public var script: any SourceScript

  public init(name: String, columns: [Field], script: any SourceScript) {
    self.name = name
    self.columns = columns
    self.script = script
  }
}

/// A source's function.
public protocol SourceScript: Sendable {
  /// - Parameters:
  ///   - name: of the input, as the script sees it.
  ///   - path: of the input, for messages.
  ///   - more: the next bytes of the input, none at its end.
  func open(name: String, path: String, _ more: @escaping () throws -> [UInt8]) throws -> any SourceScriptReader
}

/// A script at work on one input. Not for use by two threads at once.
public protocol SourceScriptReader: AnyObject {
  /// The next rows, nil after the last. Throws `RunFailure` on what must stop the run.
  func next() throws -> SourceScriptRows?
}

/// Some rows of a source.
public struct SourceScriptRows: Sendable {
  /// A row that cannot be used.
  public struct Refusal: Sendable {
    public var start: Int
    public var code: DiagnosticCode
    public var message: String

    public init(start: Int, code: DiagnosticCode, message: String) {
      self.start = start
      self.code = code
      self.message = message
    }
  }

  /// A column for each that is declared.
  public var columns: [Column]
  public var count: Int
  /// For each row where the line, or what was read for it, begins in the input.
  public var starts: [Int]
  public var refused: [Refusal]

  public init(columns: [Column], count: Int, starts: [Int], refused: [Refusal]) {
    self.columns = columns
    self.count = count
    self.starts = starts
    self.refused = refused
  }
}

/// A table written as bytes (`Plugins/NAME/exports`).
public struct ExportScriptDefinition: Sendable {
  public var name: String
  public var inputs: [ScriptInput]
  public var script: any ExportScript

  public init(name: String, inputs: [ScriptInput], script: any ExportScript) {
    self.name = name
    self.inputs = inputs
    self.script = script
  }
}

/// An export's function.
public protocol ExportScript: Sendable {
  /// Throws `RunFailure` on everything that goes wrong, and what `write` throws.
  ///
  /// - Parameters:
  ///   - arguments: a column for each input.
  ///   - write: takes the next bytes of the file.
  func write(_ arguments: [Column], count: Int, to write: ([UInt8]) throws -> Void) throws
}
