import Columns
import Diagnostics
import Memory

/// What a node gave for a batch.
///
/// A row that failed carries a mark instead of stopping the batch: the mark travels with the value and is dropped where the value is not used, so
/// an error in a side that is not taken does not count. Marked and missing rows hold any value of the type; kernels never trap on them.
struct Evaluated: Sendable {
  /// One value where `isConstant`, else one a row.
  var values: Column.Values
  var present: [Bool]?
  /// Per row 0, or 1 + the number of a failure of the evaluation.
  var marks: [Int32]?
  var isConstant = false

  static func constant(_ value: Scalar, _ type: DataType) -> Evaluated {
    let column = Column([value], of: type)
    return Evaluated(values: column.values, present: column.present, isConstant: true)
  }

  func mark(_ row: Int) -> Int32 { marks.map { $0[isConstant ? 0 : row] } ?? 0 }

  func isPresent(_ row: Int) -> Bool { present.map { $0[isConstant ? 0 : row] } ?? true }

  /// One value a row.
  func broadcast(_ count: Int) -> Evaluated {
    guard isConstant, count != 1 else {
      var same = self
      same.isConstant = false
      return same
    }
    let rows = [Int32](repeating: 0, count: count)
    let column = Column(values, present: present).gathered(rows)
    return Evaluated(
      values: column.values, present: column.present, marks: marks.map { [Int32](repeating: $0[0], count: count) })
  }
}

/// A row for which an expression has no value: quarantined with the reason.
public struct RowFailure: Error, Sendable, Hashable {
  public var row: Int32
  public var code: DiagnosticCode
  public var message: String
  /// The output that the row failed in.
  public var output: Int
  /// What more a script has to say.
  public var full: FullMessage?

  public init(row: Int32, code: DiagnosticCode, message: String, output: Int = 0, full: FullMessage? = nil) {
    self.full = full
    self.row = row
    self.code = code
    self.message = message
    self.output = output
  }
}

/// Values of one kind over the rows, or one for all rows.
struct Lane<Element: BitwiseCopyable> {
  let values: [Element]
  let isConstant: Bool

  init(_ values: [Element], isConstant: Bool = false) {
    self.values = values
    self.isConstant = isConstant
  }

  @inline(__always)
  subscript(row: Int) -> Element { values[isConstant ? 0 : row] }

  /// Applies `body` to each row.
  @inline(__always)
  func map<Result: BitwiseCopyable>(_ body: (Element) -> Result) -> [Result] { elementwise(values, body) }
}

/// Applies `body` to each row of two lanes; one value where both are constant.
@inline(__always)
func zip<Left, Right, Result: BitwiseCopyable>(
  _ left: Lane<Left>, _ right: Lane<Right>, _ body: (Left, Right) -> Result
) -> [Result] {
  switch (left.isConstant, right.isConstant) {
  case (true, _):
    let first = left.values[0]
    return elementwise(right.values) { body(first, $0) }
  case (_, true):
    let second = right.values[0]
    return elementwise(left.values) { body($0, second) }
  default: return elementwise(left.values, right.values, body)
  }
}

extension Evaluated {
  var bools: Lane<Bool> {
    guard case .bools(let values) = values else { preconditionFailure("not a bool") }
    return Lane(values, isConstant: isConstant)
  }
  var ints: Lane<Int64> {
    switch values {
    case .ints(let values), .timestamps(let values): return Lane(values, isConstant: isConstant)
    default: preconditionFailure("not an int")
    }
  }
  var floats: Lane<Double> {
    guard case .floats(let values) = values else { preconditionFailure("not a float") }
    return Lane(values, isConstant: isConstant)
  }
  var dates: Lane<Int32> {
    guard case .dates(let values) = values else { preconditionFailure("not a date") }
    return Lane(values, isConstant: isConstant)
  }
  var texts: TextValues {
    guard case .texts(let values) = values else { preconditionFailure("not a string") }
    return values
  }
  var lists: ListValues {
    guard case .lists(let values) = values else { preconditionFailure("not a list") }
    return values
  }
  /// Coefficients of a narrow decimal; nil for a wide one.
  var narrow: Lane<Int64>? {
    guard case .decimals64(let values, _) = values else { return nil }
    return Lane(values, isConstant: isConstant)
  }
  /// Coefficients in 128 bits, of decimals and ints.
  var wide: Lane<Int128> {
    switch values {
    case .decimals128(let values, _): return Lane(values, isConstant: isConstant)
    case .decimals64(let values, _), .ints(let values):
      return Lane(Lane(values).map { Int128($0) }, isConstant: isConstant)
    default: preconditionFailure("not a decimal")
    }
  }
}
