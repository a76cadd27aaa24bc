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
  /// Plain numbers that Lua has here in some rows; nil where Lua has the column's type in all.
  var numbersAmong: NumbersAmong?
  /// What is missing may be `false` rather than nil: `condition and x` before its `or`.
  var isFalseWhenMissing = false
  var range: Range<Int>
  /// Nodes that are known to be there where this value is truthy, and where it is not.
  var whenTrue: Set<Int> = []
  var whenFalse: Set<Int> = []

  struct AsWritten {
    var node: Int
    var type: DataType
    /// The numbers that it is chosen from.
    var scalars: [Scalar]
  }

  var isNullable: Bool { type?.isNullable ?? true }
}

/// What a name or a path of names stands for.
enum Binding {
  case value(Value)
  case function(LuaFunction, names: [String: Int])
  case table(Table)
  /// What only the interpreter knows.
  case opaque

  struct Table {
    enum Kind { case parameters, settings, row, constant }
    var kind: Kind
    var name: String
    var fields: [String: Binding] = [:]
    var items: [Binding] = []
  }
}
