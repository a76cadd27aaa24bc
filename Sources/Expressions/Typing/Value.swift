import Columns

/// What an expression means while it is compiled.
struct Value {
  var node: Int
  /// nil for the literal `nil`.
  var type: ValueType?
  /// The number as it is written, for a numeral.
  var literal: ExactDecimal?
  /// The same numbers as decimals, where they are floats that were written in a table of constants.
  var asWritten: AsWritten?
  /// Built from numerals alone: it takes the unit of what it meets.
  var isLiteral = false
  /// A float here that Lua has as an int in some rows; nil for any other value.
  var intsAmong: IntsAmong?
  /// What is missing may be `false` rather than nil: `condition and x` before its `or`.
  var isFalseWhenMissing = false
  var range: Range<Int>
  /// Nodes that are known to be there where this value is truthy, and where it is not.
  var whenTrue: Set<Int> = []
  var whenFalse: Set<Int> = []

  /// Ints that were joined with floats in one column.
  struct IntsAmong {
    /// The greatest magnitude that they can have.
    var bound: Double
    /// Whether a float holds each of them exactly.
    var areExact: Bool { bound <= 0x1p53 }
  }

  struct AsWritten {
    var node: Int
    var type: DataType
  }

  var isNullable: Bool { type?.isNullable ?? true }
}

/// What a name or a path of names stands for.
enum Binding {
  case value(Value)
  case function(LuaFunction, names: [String: Int])
  case table(Table)

  struct Table {
    enum Kind { case parameters, settings, row, constant }
    var kind: Kind
    var name: String
    var fields: [String: Binding] = [:]
    var items: [Binding] = []
  }
}
