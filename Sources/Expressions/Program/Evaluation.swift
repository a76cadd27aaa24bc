import Columns
import Diagnostics
import Memory

/// The evaluation of one batch: applies nodes to results and keeps the failures that were met.
final class Evaluation {
  let count: Int
  let worker: ProgramWorker
  /// The program that is evaluated; nil while constants are folded.
  var program: ObjectIdentifier?
  /// What marks refer to: mark `n + 1` is failure `n`.
  private(set) var failures: [(code: DiagnosticCode, message: String, full: FullMessage?)] = []

  init(count: Int, worker: ProgramWorker) {
    self.count = count
    self.worker = worker
  }

  func mark(_ code: DiagnosticCode, _ message: String) -> Int32 {
    if let known = failures.firstIndex(where: { $0.code == code && $0.message == message }) { return Int32(known + 1) }
    failures.append((code, message, nil))
    return Int32(failures.count)
  }

  /// Of a script's row: its message names its values, so no two rows share one.
  func mark(_ failure: RowFailure) -> Int32 {
    failures.append((failure.code, failure.message, failure.full))
    return Int32(failures.count)
  }

  /// The result of an operation that does not look into batches: all but inputs and interpreted functions.
  ///
  /// - Parameter key: tells nodes of one program apart, for what a worker remembers.
  func apply(_ node: Node, _ inputs: [Evaluated], types: [DataType], key: Int) -> Evaluated {
    switch node.operation {
    case .input, .common, .row: preconditionFailure("needs a batch")
    case .constant(let value) where node.type == .string:
      let code = worker.literals.code(for: value == .missing ? "" : value.text)
      let present = value == .missing ? [false] : nil
      return Evaluated(values: .texts(.coded([code], worker.literals)), present: present, isConstant: true)
    case .constant(let value): return .constant(value, node.type)
    case .select: return select(inputs[0], inputs[1], inputs[2])
    case .guarded: return guarded(inputs[0], by: inputs.dropFirst())
    case .and: return logical(inputs[0], inputs[1], deciding: false)
    case .or: return logical(inputs[0], inputs[1], deciding: true)
    case .isPresent: return presence(inputs[0])
    case .isTrue: return truth(inputs[0])
    case .not: return result(.bools(inputs[0].bools.map { !$0 }), from: inputs)
    case .isEqual: return equality(inputs[0], inputs[1], types)
    case .isLess: return comparison(inputs[0], inputs[1], types, orEqual: false)
    case .isLessOrEqual: return comparison(inputs[0], inputs[1], types, orEqual: true)
    case .negate: return negation(inputs[0], type: node.type)
    case .wrapping(let operation): return wrapping(operation, inputs[0], inputs[1])
    case .wrappingNegate: return result(.ints(inputs[0].ints.map { 0 &- $0 }), from: inputs)
    case .arithmetic(let operation): return arithmetic(operation, inputs[0], inputs[1], types, to: node.type)
    case .convert: return conversion(inputs[0], from: types[0], to: node.type, mode: nil)
    case .round(let mode): return conversion(inputs[0], from: types[0], to: node.type, mode: mode)
    case .library(let operation): return library(operation, inputs, types, node, key: key)
    }
  }

  /// A result of a strict operation: it fails where an input failed.
  func result(_ values: Column.Values, present: [Bool]? = nil, from inputs: [Evaluated], failing: [Int32]? = nil)
    -> Evaluated
  {
    let isConstant = inputs.allSatisfy(\.isConstant)
    let marks = inputs.allSatisfy { $0.marks == nil } ? failing : merged(inputs, failing, isConstant: isConstant)
    return Evaluated(values: values, present: present, marks: marks, isConstant: isConstant)
  }

  /// The first mark of each row: an operand's before the operation's own.
  private func merged(_ inputs: [Evaluated], _ own: [Int32]?, isConstant: Bool) -> [Int32] {
    var marks = own ?? [Int32](repeating: 0, count: isConstant ? 1 : count)
    for input in inputs.reversed() where input.marks != nil {
      for row in marks.indices {
        let mark = input.mark(row)
        if mark != 0 { marks[row] = mark }
      }
    }
    return marks
  }

  /// Marks for the rows at which `failed` is true; nil where none is.
  func marks(_ failed: [Bool], _ code: DiagnosticCode, _ message: @autoclosure () -> String) -> [Int32]? {
    guard failed.contains(true) else { return nil }
    let mark = mark(code, message())
    return failed.map { $0 ? mark : 0 }
  }

  // MARK: Logic

  private func presence(_ input: Evaluated) -> Evaluated {
    let size = input.isConstant ? 1 : count
    return Evaluated(
      values: .bools(input.present ?? [Bool](repeating: true, count: size)), marks: input.marks,
      isConstant: input.isConstant)
  }

  private func truth(_ input: Evaluated) -> Evaluated {
    guard let present = input.present else {
      return Evaluated(values: input.values, marks: input.marks, isConstant: input.isConstant)
    }
    let values = zip(Lane(present, isConstant: input.isConstant), input.bools) { $0 && $1 }
    return Evaluated(values: .bools(values), marks: input.marks, isConstant: input.isConstant)
  }

  /// `and` (deciding: false) or `or` (deciding: true) of bools that are always there.
  private func logical(_ left: Evaluated, _ right: Evaluated, deciding: Bool) -> Evaluated {
    let values =
      deciding ? zip(left.bools, right.bools) { $0 || $1 } : zip(left.bools, right.bools) { $0 && $1 }
    let isConstant = left.isConstant && right.isConstant
    var marks: [Int32]?
    if left.marks != nil || right.marks != nil {
      let lefts = left.bools
      marks = (0..<(isConstant ? 1 : count)).map { row in
        let mark = left.mark(row)
        return mark != 0 || lefts[row] == deciding ? mark : right.mark(row)
      }
    }
    return Evaluated(values: .bools(values), marks: marks, isConstant: isConstant)
  }

  private func select(_ condition: Evaluated, _ then: Evaluated, _ otherwise: Evaluated) -> Evaluated {
    let chosen = condition.bools
    if condition.isConstant, condition.marks == nil { return chosen[0] ? then : otherwise }
    if condition.marks == nil {
      if !chosen.values.contains(false) { return then }
      if !chosen.values.contains(true) { return otherwise }
    }
    let left = then
    let right = otherwise
    let picks = condition.isConstant ? [Bool](repeating: chosen[0], count: count) : chosen.values
    var present: [Bool]?
    if left.present != nil || right.present != nil {
      present = picks.indices.map { picks[$0] ? left.isPresent($0) : right.isPresent($0) }
    }
    var marks: [Int32]?
    if condition.marks != nil || left.marks != nil || right.marks != nil {
      marks = picks.indices.map { row in
        let mark = condition.mark(row)
        return mark != 0 ? mark : picks[row] ? left.mark(row) : right.mark(row)
      }
    }
    return Evaluated(values: choose(picks, left, right), present: present, marks: marks)
  }

  private func guarded(_ value: Evaluated, by others: ArraySlice<Evaluated>) -> Evaluated {
    guard others.contains(where: { $0.marks != nil }) else { return value }
    let isConstant = value.isConstant && others.allSatisfy(\.isConstant)
    var result = isConstant ? value : value.broadcast(count)
    result.marks = (0..<(isConstant ? 1 : count)).map { row in
      for other in others where other.mark(row) != 0 { return other.mark(row) }
      return value.mark(row)
    }
    return result
  }

  private func choose(_ picks: [Bool], _ left: Evaluated, _ right: Evaluated) -> Column.Values {
    switch (left.values, right.values) {
    case (.bools, .bools): return .bools(pick(picks, left.bools, right.bools))
    case (.ints, .ints): return .ints(pick(picks, left.ints, right.ints))
    case (.timestamps, .timestamps): return .timestamps(pick(picks, left.ints, right.ints))
    case (.floats, .floats): return .floats(pick(picks, left.floats, right.floats))
    case (.dates, .dates): return .dates(pick(picks, left.dates, right.dates))
    case (.decimals64(let a, let scale), .decimals64(let b, _)):
      return .decimals64(
        pick(picks, Lane(a, isConstant: left.isConstant), Lane(b, isConstant: right.isConstant)), scale: scale)
    case (.decimals128(_, let scale), _): return .decimals128(pick(picks, left.wide, right.wide), scale: scale)
    case (.texts(.coded(let a, let dictionary)), .texts(.coded(let b, let other))) where dictionary === other:
      return .texts(
        .coded(pick(picks, Lane(a, isConstant: left.isConstant), Lane(b, isConstant: right.isConstant)), dictionary))
    case (.texts(let a), .texts(let b)):
      return .texts(chooseTexts(picks, a, left.isConstant, b, right.isConstant))
    case (.lists(let a), .lists(let b)):
      return .lists(chooseLists(picks, a, left.isConstant, b, right.isConstant))
    default: preconditionFailure("select of two types")
    }
  }

  @inline(__always)
  private func pick<Element>(_ picks: [Bool], _ left: Lane<Element>, _ right: Lane<Element>) -> [Element] {
    switch (left.isConstant, right.isConstant) {
    case (false, false): return chosen(picks, left.values, right.values)
    case (true, true):
      let (a, b) = (left.values[0], right.values[0])
      return elementwise(picks) { $0 ? a : b }
    case (true, false):
      let a = left.values[0]
      return elementwise(picks, right.values) { $0 ? a : $1 }
    case (false, true):
      let b = right.values[0]
      return elementwise(picks, left.values) { $0 ? $1 : b }
    }
  }

  private func chooseTexts(
    _ picks: [Bool], _ left: TextValues, _ leftConstant: Bool, _ right: TextValues, _ rightConstant: Bool
  ) -> TextValues {
    var ends: [Int] = []
    ends.reserveCapacity(picks.count)
    var bytes: [UInt8] = []
    for row in picks.indices {
      if picks[row] {
        left.append(leftConstant ? 0 : row, to: &bytes)
      } else {
        right.append(rightConstant ? 0 : row, to: &bytes)
      }
      ends.append(bytes.count)
    }
    return .plain(ends: ends, bytes: bytes)
  }

  private func chooseLists(
    _ picks: [Bool], _ left: ListValues, _ leftConstant: Bool, _ right: ListValues, _ rightConstant: Bool
  ) -> ListValues {
    var scalars: [Scalar] = []
    var ends: [Int] = []
    var type: DataType = .string
    for row in picks.indices {
      let (list, at) = picks[row] ? (left, leftConstant ? 0 : row) : (right, rightConstant ? 0 : row)
      type = list.element.dataType
      for index in list.range(of: at) { scalars.append(list.element.scalar(index)) }
      ends.append(scalars.count)
    }
    return ListValues(ends: ends, elements: Column(scalars, of: type))
  }
}

extension TextValues {
  /// Appends the bytes of a row.
  func append(_ row: Int, to bytes: inout [UInt8]) {
    withBytes(of: row) { text in
      for index in text.indices { bytes.append(text[index]) }
    }
  }
}

extension Column {
  /// The type that the values are stored as; decimals as wide as their storage.
  var dataType: DataType {
    switch values {
    case .bools: .bool
    case .ints: .int
    case .floats: .float
    case .decimals64(_, let scale): .decimal(precision: max(DataType.narrowPrecision, scale), scale: scale)
    case .decimals128(_, let scale): .decimal(scale: scale)
    case .texts: .string
    case .dates: .date
    case .timestamps: .timestamp
    case .lists(let lists): .list(lists.element.dataType)
    }
  }
}
