import Columns
import Diagnostics

/// What the names in an expression can mean.
public struct ExpressionScope: Sendable {
  public struct Constant: Sendable, Hashable {
    public var type: ValueType
    public var value: Scalar

    public init(_ type: ValueType, _ value: Scalar) {
      self.type = type
      self.value = value
    }
  }

  public struct Calendar: Sendable, Hashable {
    /// Monday 1 to Sunday 7.
    public var weekStart: Int
    /// The month (1 to 12) that years and quarters begin with.
    public var fiscalYearStart: Int

    public init(weekStart: Int = 1, fiscalYearStart: Int = 1) {
      self.weekStart = weekStart
      self.fiscalYearStart = fiscalYearStart
    }
  }

  public var columns: Schema
  /// What the columns belong to, for messages: `'invoices'`.
  public var place: String?
  /// Written `params.name`.
  public var parameters: [String: Constant]
  /// Written `settings.name`.
  public var settings: [String: Constant]
  /// By dotted name: `network.half_months`.
  public var functions: [String: any RowFunction]
  /// Functions and plugins that could not be read, which has been reported.
  public var unreadable: Set<String> = []
  public var calendar: Calendar
  public var extractable: (any ExtractableCalls)?

  public init(
    columns: Schema, place: String? = nil, parameters: [String: Constant] = [:], settings: [String: Constant] = [:],
    functions: [String: any RowFunction] = [:], calendar: Calendar = Calendar(),
    extractable: (any ExtractableCalls)? = nil
  ) {
    self.columns = columns
    self.place = place
    self.parameters = parameters
    self.settings = settings
    self.functions = functions
    self.calendar = calendar
    self.extractable = extractable
  }
}

/// Functions that are not computed from a row alone: aggregates, or window functions.
///
/// Their arguments are compiled as expressions over rows, and the call becomes a column that somebody else fills.
public protocol ExtractableCalls: Sendable {
  /// How the function is written, `sum(x)`; nil where it is none of these.
  func signature(_ name: String) -> String?
  /// All names, for suggestions.
  var names: [String] { get }
  /// The type of a call's result.
  func resultType(_ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan) throws(Diagnostic) -> ValueType
  /// Whether a column may stand beside such calls, as group keys may beside aggregates.
  func mayRead(column: String) -> Bool
}

extension ExtractableCalls {
  public func mayRead(column: String) -> Bool { true }
}

/// An argument of an extracted call.
public struct ExtractedArgument: Sendable, Hashable {
  public var type: ValueType
  /// The value, where it is the same for all rows.
  public var constant: Scalar?
  /// The output of the row program that holds it; nil for a constant.
  public var output: Int?
  /// The column that the argument is, where it is just that.
  public var column: String?
}

/// A call that was taken out of an expression.
public struct ExtractedCall: Sendable {
  public var name: String
  public var arguments: [ExtractedArgument]
  public var span: SourceSpan
  public var type: ValueType
  /// The position of its results among the inputs of the finishing program.
  public var position: Int
}

/// Values known before the run, as a plugin file builds them.
public indirect enum ConstantTree: Sendable, Hashable {
  case value(Scalar)
  /// Fields by name, and items from 1.
  case table([String: ConstantTree], items: [ConstantTree])
  /// What only the interpreter knows: a function, or a table with keys that are neither names nor 1, 2 and so on.
  case opaque
}

extension Set<String> {
  /// Whether a definition `plugin.name` is in the set, or its whole plugin.
  public func containsDefinition(_ name: String) -> Bool {
    contains(name) || name.firstIndex(of: ".").map { contains(String(name[..<$0])) } ?? false
  }
}
