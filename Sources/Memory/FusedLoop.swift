import CFused
import CScan

/// Several operations over the rows of some columns as one loop: a few hundred rows go through all of them before the next ones do, so that what
/// lies between never leaves the nearest cache.
///
/// Registers hold 64 bits a row: ints, coefficients, days, codes, bools as 0 and 1, floats by their bits.
public struct FusedLoop: Sendable {
  public typealias Register = Int

  public enum Operation: Sendable {
    case add, subtract, multiply, negate
    /// Past 64 bits they fail.
    case addChecked, subtractChecked, multiplyChecked
    case floorDivide, modulo
    case floatAdd, floatSubtract, floatMultiply, floatDivide, floatNegate, floatOfInt
    case less, lessOrEqual, equal
    case floatLess, floatLessOrEqual, floatEqual
    case not, and, or
    /// The second operand where the first is 1, the third where it is 0.
    case select
    /// Divided by a positive number and rounded.
    case round(by: Int64, Rounding)
    /// The entry of a table, of which the first stands for `from`; outside it fails.
    case lookUp(table: Int, from: Int64)
    /// The entry of a table; places outside are moved to its ends.
    case lookUpClamped(table: Int)
    case checkRange(ClosedRange<Int64>)
  }

  public enum Rounding: Sendable { case halfEven, halfUp, halfDown, up, down, ceiling, floor }

  /// How a column is stored.
  public enum Kind: Sendable { case int64, int32, uint32, bool, double }

  /// A column as it is stored.
  public enum Lane: Sendable {
    case int64([Int64])
    case int32([Int32])
    case uint32([UInt32])
    case bool([Bool])
    case double([Double])
    /// One value for all rows.
    case constant(Int64)
  }

  private(set) var instructions: [weir_fused_instruction] = []
  private(set) var registerCount = 0
  private var inputs: [Register] = []
  private var outputs: [(register: Register, kind: Kind)] = []

  public init() {}

  /// A register that holds an input; inputs are given to `run` in the order in which they were added.
  public mutating func addInput() -> Register {
    inputs.append(registerCount)
    registerCount += 1
    return registerCount - 1
  }

  public mutating func add(_ operation: Operation, _ operands: Register...) -> Register {
    precondition(operands.allSatisfy { $0 >= 0 && $0 < registerCount } && !operands.isEmpty && registerCount < 65_535)
    var instruction = weir_fused_instruction()
    instruction.first = UInt16(operands[0])
    instruction.second = UInt16(operands.count > 1 ? operands[1] : operands[0])
    instruction.third = UInt16(operands.count > 2 ? operands[2] : operands[0])
    instruction.target = UInt16(registerCount)
    let code = operation.code
    instruction.operation = UInt16(code.rawValue)
    switch operation {
    case .round(let divisor, let mode):
      precondition(divisor > 0)
      instruction.immediate = divisor
      instruction.mode = UInt16(mode.code.rawValue)
    case .lookUp(let table, let first):
      instruction.table = UInt32(table)
      instruction.immediate = first
    case .lookUpClamped(let table): instruction.table = UInt32(table)
    case .checkRange(let range):
      instruction.immediate = range.lowerBound
      instruction.second_immediate = range.upperBound
    default: break
    }
    instructions.append(instruction)
    registerCount += 1
    return registerCount - 1
  }

  /// Makes a register a result; results come in the order in which they were added.
  public mutating func addOutput(_ register: Register, as kind: Kind) {
    precondition(register >= 0 && register < registerCount)
    outputs.append((register, kind))
  }

  /// Lets results share registers where one is not needed any more, so that fewer bytes stay in the cache. Ends building.
  public mutating func compact() {
    var lastUses = [Int](repeating: -1, count: registerCount)
    for (number, instruction) in instructions.enumerated() {
      for operand in [instruction.first, instruction.second, instruction.third] { lastUses[Int(operand)] = number }
    }
    for output in outputs { lastUses[output.register] = instructions.count }
    for input in inputs { lastUses[input] = instructions.count }
    var places = [Int](repeating: -1, count: registerCount)
    for (place, input) in inputs.enumerated() { places[input] = place }
    var free: [Int] = []
    var used = inputs.count
    for (number, var instruction) in instructions.enumerated() {
      let operands = [instruction.first, instruction.second, instruction.third].map(Int.init)
      let target = Int(instruction.target)
      if let place = free.popLast() {
        places[target] = place
      } else {
        places[target] = used
        used += 1
      }
      (instruction.first, instruction.second, instruction.third) = (
        UInt16(places[operands[0]]), UInt16(places[operands[1]]), UInt16(places[operands[2]])
      )
      instruction.target = UInt16(places[target])
      instructions[number] = instruction
      for operand in Set(operands) where lastUses[operand] == number { free.append(places[operand]) }
      if lastUses[target] < 0 { free.append(places[target]) }
    }
    inputs = inputs.map { places[$0] }
    outputs = outputs.map { (places[$0.register], $0.kind) }
    registerCount = used
  }

  /// The results for the rows of some columns; nil where an operation failed in some row.
  ///
  /// - Parameters:
  ///   - tables: what look-ups look into, none of them empty.
  ///   - implementation: which instruction set is used at most; all give the same.
  public func run(
    _ columns: [Lane], tables: [[Int64]], count: Int, implementation: SeparatorScan.Implementation = .best
  ) -> [Lane]? {
    precondition(columns.count == inputs.count && columns.allSatisfy { ($0.count ?? count) == count })
    var binding = unsafe FusedBinding(columns.count)
    let isWhole = unsafe bind(columns[...], tables[...], &binding, count, implementation)
    return unsafe isWhole ? binding.results.reversed() : nil
  }

  /// Takes the address of one column, table or result after the other, then runs.
  private func bind(
    _ columns: ArraySlice<Lane>, _ tables: ArraySlice<[Int64]>, _ binding: inout FusedBinding, _ count: Int,
    _ implementation: SeparatorScan.Implementation
  ) -> Bool {
    if let lane = columns.first {
      return unsafe lane.withAddress { kind, address, fill in
        let register = unsafe UInt32(inputs[binding.inputs.count])
        unsafe binding.inputs.append(
          weir_fused_lane(values: UnsafeMutableRawPointer(mutating: address), kind: kind, reg: register, fill: fill))
        return unsafe bind(columns.dropFirst(), tables, &binding, count, implementation)
      }
    }
    if let table = tables.first {
      precondition(!table.isEmpty)
      return unsafe table.withUnsafeBufferPointer { values in
        unsafe binding.tables.append(weir_fused_table(values: values.baseAddress, count: Int64(values.count)))
        return unsafe bind(columns, tables.dropFirst(), &binding, count, implementation)
      }
    }
    guard unsafe binding.outputs.count < outputs.count else { return unsafe run(&binding, count, implementation) }
    let (register, kind) = unsafe outputs[binding.outputs.count]
    var isWhole = false
    let result = unsafe Lane(kind, count: count) { code, address in
      unsafe binding.outputs.append(
        weir_fused_lane(values: address, kind: code, reg: UInt32(register), fill: 0))
      isWhole = unsafe bind(columns, tables, &binding, count, implementation)
    }
    unsafe binding.results.append(result)
    return isWhole
  }

  private func run(
    _ binding: inout FusedBinding, _ count: Int, _ implementation: SeparatorScan.Implementation
  ) -> Bool {
    let words = registerCount * Int(WEIR_FUSED_ROWS)
    return unsafe withUnsafeTemporaryAllocation(byteCount: words * 8, alignment: 64) { storage in
      unsafe withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Int64>?.self, capacity: registerCount) {
        registers in
        unsafe instructions.withUnsafeBufferPointer { instructions in
          unsafe binding.inputs.withUnsafeBufferPointer { inputs in
            unsafe binding.outputs.withUnsafeBufferPointer { outputs in
              unsafe binding.tables.withUnsafeBufferPointer { tables in
                var loop = unsafe weir_fused_loop(
                  instructions: instructions.baseAddress, instruction_count: instructions.count,
                  inputs: inputs.baseAddress, input_count: inputs.count, outputs: outputs.baseAddress,
                  output_count: outputs.count, tables: tables.baseAddress,
                  storage: storage.baseAddress!.assumingMemoryBound(to: Int64.self),
                  registers: registers.baseAddress, register_count: registerCount)
                return unsafe weir_fused_run(&loop, count, implementation.rawValue) == 1
              }
            }
          }
        }
      }
    }
  }
}

/// What one run of a loop works on.
@unsafe private struct FusedBinding {
  var inputs: [weir_fused_lane] = unsafe []
  var tables: [weir_fused_table] = unsafe []
  var outputs: [weir_fused_lane] = unsafe []
  /// The last one first.
  var results: [FusedLoop.Lane] = []

  init(_ inputCount: Int) { unsafe inputs.reserveCapacity(inputCount) }
}

extension FusedLoop.Lane {
  var count: Int? {
    switch self {
    case .int64(let values): values.count
    case .int32(let values): values.count
    case .uint32(let values): values.count
    case .bool(let values): values.count
    case .double(let values): values.count
    case .constant: nil
    }
  }

  fileprivate func withAddress<Result>(
    _ body: (_ kind: UInt32, UnsafeRawPointer?, _ fill: Int64) -> Result
  ) -> Result {
    switch self {
    case .int64(let values): unsafe values.withUnsafeBytes { unsafe body(WEIR_LANE_64.rawValue, $0.baseAddress, 0) }
    case .double(let values): unsafe values.withUnsafeBytes { unsafe body(WEIR_LANE_64.rawValue, $0.baseAddress, 0) }
    case .int32(let values): unsafe values.withUnsafeBytes { unsafe body(WEIR_LANE_I32.rawValue, $0.baseAddress, 0) }
    case .uint32(let values): unsafe values.withUnsafeBytes { unsafe body(WEIR_LANE_U32.rawValue, $0.baseAddress, 0) }
    case .bool(let values): unsafe values.withUnsafeBytes { unsafe body(WEIR_LANE_U8.rawValue, $0.baseAddress, 0) }
    case .constant(let value): body(WEIR_LANE_FILL.rawValue, nil, value)
    }
  }

  /// A result of `count` rows that `body` writes.
  fileprivate init(_ kind: FusedLoop.Kind, count: Int, _ body: (UInt32, UnsafeMutableRawPointer?) -> Void) {
    func filled<Element>(_ code: weir_fused_kind, _: Element.Type) -> [Element] {
      unsafe [Element](unsafeUninitializedCapacity: count) { buffer, written in
        unsafe body(code.rawValue, UnsafeMutableRawPointer(buffer.baseAddress))
        written = count
      }
    }
    switch kind {
    case .int64: self = .int64(filled(WEIR_LANE_64, Int64.self))
    case .double: self = .double(filled(WEIR_LANE_64, Double.self))
    case .int32: self = .int32(filled(WEIR_LANE_I32, Int32.self))
    case .uint32: self = .uint32(filled(WEIR_LANE_U32, UInt32.self))
    case .bool: self = .bool(filled(WEIR_LANE_U8, Bool.self))
    }
  }
}

extension FusedLoop.Operation {
  fileprivate var code: weir_fused_operation {
    switch self {
    case .add: WEIR_ADD
    case .subtract: WEIR_SUBTRACT
    case .multiply: WEIR_MULTIPLY
    case .negate: WEIR_NEGATE
    case .addChecked: WEIR_ADD_CHECKED
    case .subtractChecked: WEIR_SUBTRACT_CHECKED
    case .multiplyChecked: WEIR_MULTIPLY_CHECKED
    case .floorDivide: WEIR_FLOOR_DIVIDE
    case .modulo: WEIR_MODULO
    case .floatAdd: WEIR_FLOAT_ADD
    case .floatSubtract: WEIR_FLOAT_SUBTRACT
    case .floatMultiply: WEIR_FLOAT_MULTIPLY
    case .floatDivide: WEIR_FLOAT_DIVIDE
    case .floatNegate: WEIR_FLOAT_NEGATE
    case .floatOfInt: WEIR_FLOAT_OF_INT
    case .less: WEIR_LESS
    case .lessOrEqual: WEIR_LESS_OR_EQUAL
    case .equal: WEIR_EQUAL
    case .floatLess: WEIR_FLOAT_LESS
    case .floatLessOrEqual: WEIR_FLOAT_LESS_OR_EQUAL
    case .floatEqual: WEIR_FLOAT_EQUAL
    case .not: WEIR_NOT
    case .and: WEIR_AND
    case .or: WEIR_OR
    case .select: WEIR_SELECT
    case .round: WEIR_ROUND
    case .lookUp: WEIR_LOOK_UP
    case .lookUpClamped: WEIR_LOOK_UP_CLAMPED
    case .checkRange: WEIR_CHECK_RANGE
    }
  }
}

extension FusedLoop.Rounding {
  fileprivate var code: weir_fused_rounding {
    switch self {
    case .halfEven: WEIR_HALF_EVEN
    case .halfUp: WEIR_HALF_UP
    case .halfDown: WEIR_HALF_DOWN
    case .up: WEIR_UP
    case .down: WEIR_DOWN
    case .ceiling: WEIR_CEILING
    case .floor: WEIR_FLOOR
    }
  }
}
