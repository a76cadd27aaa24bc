import Columns
import Memory

extension FoldLane {
  /// nil for a column of lists.
  init?(_ column: Column) {
    let values: Values
    switch column.values {
    case .bools(let given): values = .bools(given)
    case .ints(let given): values = .ints(given)
    case .floats(let given): values = .floats(given)
    case .decimals64(let given, let scale): values = .decimals64(given, scale: scale)
    case .decimals128(let given, let scale): values = .decimals128(given, scale: scale)
    case .dates(let given): values = .dates(given)
    case .timestamps(let given): values = .timestamps(given)
    case .texts(.plain(let ends, let bytes)): values = .texts(ends: ends, bytes: bytes)
    case .texts(.coded(let codes, let dictionary)):
      values = .coded(codes, ends: dictionary.interner.textEnds, bytes: dictionary.interner.bytes)
    case .lists: return nil
    }
    self.init(values, present: column.present)
  }
}

extension Column {
  init(_ lane: FoldLane) {
    let values: Values
    switch lane.values {
    case .bools(let given): values = .bools(given)
    case .ints(let given): values = .ints(given)
    case .floats(let given): values = .floats(given)
    case .decimals64(let given, let scale): values = .decimals64(given, scale: scale)
    case .decimals128(let given, let scale): values = .decimals128(given, scale: scale)
    case .dates(let given): values = .dates(given)
    case .timestamps(let given): values = .timestamps(given)
    case .texts(let ends, let bytes): values = .texts(.plain(ends: ends, bytes: bytes))
    case .coded: preconditionFailure("the machine writes texts out")
    }
    self.init(values, present: lane.present)
  }
}
