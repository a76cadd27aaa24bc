/// One column that rows are ordered by. Missing values stand last in both directions; equal rows keep their order.
public struct SortKey: Hashable, Sendable {
  /// Its place in the schema.
  public var column: Int
  public var descending: Bool

  public init(column: Int, descending: Bool = false) {
    self.column = column
    self.descending = descending
  }
}
