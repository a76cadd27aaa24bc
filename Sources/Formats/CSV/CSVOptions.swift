/// How the text of a CSV file is cut into cells.
public struct CSVOptions: Hashable, Sendable {
  public enum Header: Hashable, Sendable {
    /// The first row names the columns.
    case present
    /// There is none; columns are matched by their place among these names.
    case none([String])
  }

  public var delimiter: UInt8
  /// nil where no character is a quote.
  public var quote: UInt8?
  public var header: Header
  /// Whether columns of the file that nobody declared are an error.
  public var failsOnUndeclared: Bool

  public init(
    delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), header: Header = .present,
    failsOnUndeclared: Bool = false
  ) {
    self.delimiter = delimiter
    self.quote = quote
    self.header = header
    self.failsOnUndeclared = failsOnUndeclared
  }
}
