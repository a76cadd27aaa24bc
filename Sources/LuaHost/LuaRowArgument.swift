import Columns

/// What a function gets for each row of a batch.
public enum LuaRowArgument: Sendable {
  /// One reused read-only object whose fields are the columns' values.
  case row(names: [String], columns: [Column])
  /// The column's value.
  case column(Column)
  /// The same for every row.
  case constant(LuaValue)
  /// One of some values, by number from 0: a fee version's terms.
  case choice([LuaValue], [Int32])
}

/// A result of a function, checked by exact type.
public struct LuaResult: Sendable {
  public var name: String
  public var type: DataType
  public var isNullable: Bool
  /// Whether a decimal is rounded to at least two decimals fewer afterwards: more than the type has are cut so that this goes right.
  public var isRoundedLater: Bool

  public init(name: String, type: DataType, isNullable: Bool = false, isRoundedLater: Bool = false) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.isRoundedLater = isRoundedLater
  }
}

/// What a batch gave: a column a result, and the rows that raised, which have placeholders.
public struct LuaMappedRows: Sendable {
  public var columns: [Column]
  public var failures: [LuaFailure]
}

/// What a fold over a batch of keys gave.
public struct LuaFoldedRows: Sendable {
  /// The emitted rows, a column a result.
  public var columns: [Column]
  /// For each emitted row, an input row of its key.
  public var sourceRows: [Int32]
  /// Rows that were rejected, that raised, or that followed one that raised in their key.
  public var failures: [LuaFailure]
}
