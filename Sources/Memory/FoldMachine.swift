import CFold

/// A column as `FoldMachine` takes it and gives it.
public struct FoldLane: Sendable {
  public enum Values: Sendable {
    case bools([Bool])
    case ints([Int64])
    case floats([Double])
    case decimals64([Int64], scale: Int)
    case decimals128([Int128], scale: Int)
    case dates([Int32])
    case timestamps([Int64])
    /// Row `n` is `bytes[ends[n - 1]..<ends[n]]`.
    case texts(ends: [Int], bytes: [UInt8])
    /// The same of a dictionary, by code.
    case coded([UInt32], ends: [Int], bytes: [UInt8])
  }

  public var values: Values
  public var present: [Bool]?

  public init(_ values: Values, present: [Bool]? = nil) {
    self.values = values
    self.present = present
  }

  var count: Int {
    switch values {
    case .bools(let values): values.count
    case .ints(let values), .timestamps(let values), .decimals64(let values, _): values.count
    case .floats(let values): values.count
    case .decimals128(let values, _): values.count
    case .dates(let values): values.count
    case .texts(let ends, _): ends.count
    case .coded(let codes, _, _): codes.count
    }
  }
}

/// Near what the machine leaves the decision to the interpreter, which has the same limits.
public struct FoldLimits: Sendable {
  public var steps: Int
  public var batchSteps: Int
  public var memoryBytes: Int
  public var blockBytes: Int
  public var outputBytes: Int

  public init(steps: Int, batchSteps: Int, memoryBytes: Int, blockBytes: Int, outputBytes: Int) {
    self.steps = steps
    self.batchSteps = batchSteps
    self.memoryBytes = memoryBytes
    self.blockBytes = blockBytes
    self.outputBytes = outputBytes
  }
}

/// What a fold made of some keys.
public struct FoldRun: Sendable {
  /// A column for each output.
  public var columns: [FoldLane]
  /// For each emitted row the row that it came of.
  public var sourceRows: [Int32]
  /// Rows of the keys that were given up, ascending; nothing of them is in `columns`.
  public var givenUp: [Range<Int>]
}

/// Runs the code of a fold. For one worker alone.
@safe public final class FoldMachine {
  /// What the code calls of the host; nil gives the key up.
  public typealias Call = (_ function: Int, _ arguments: [FoldValue]) -> FoldValue?

  /// Functions that the machine calls on its own.
  public static let writtenFloat = Int(-1)
  public static let quotient = Int(-2)

  private let machine: OpaquePointer
  private let texts: UnsafeMutablePointer<CChar>
  private let names: UnsafeMutablePointer<CChar>
  private let nameEnds: UnsafeMutablePointer<Int64>
  private let outputs: [FoldCode.Output]

  /// nil where there is no memory for it.
  public init?(_ code: FoldCode, limits: FoldLimits) {
    outputs = code.outputs
    var bytes: [UInt8] = []
    let constants = code.constants.map { weir_fold_value($0, texts: &bytes) }
    unsafe texts = Self.copy(bytes.map { CChar(bitPattern: $0) })
    unsafe names = Self.copy(code.names.flatMap { $0.utf8.map { CChar(bitPattern: $0) } })
    var total = 0
    unsafe nameEnds = Self.copy(
      code.names.map {
        total += $0.utf8.count
        return Int64(total)
      })
    guard let made = unsafe Self.make(code, constants, limits, texts, names, nameEnds) else {
      unsafe texts.deallocate()
      unsafe names.deallocate()
      unsafe nameEnds.deallocate()
      return nil
    }
    unsafe machine = made
  }

  deinit {
    unsafe weir_fold_free(machine)
    unsafe texts.deallocate()
    unsafe names.deallocate()
    unsafe nameEnds.deallocate()
  }

  private static func copy<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: values.count + 1)
    for (index, value) in values.enumerated() { unsafe (pointer + index).initialize(to: value) }
    return unsafe pointer
  }

  private static func make(
    _ code: FoldCode, _ constants: [weir_fold_value], _ limits: FoldLimits, _ texts: UnsafeMutablePointer<CChar>,
    _ names: UnsafeMutablePointer<CChar>, _ nameEnds: UnsafeMutablePointer<Int64>
  ) -> OpaquePointer? {
    var program = unsafe weir_fold_program()
    func entry(_ entry: FoldCode.Entry) -> Int32 { Int32(code.entries[entry] ?? Int(WEIR_FOLD_NO_CODE)) }
    unsafe (program.prepare, program.initial) = (entry(.prepare), entry(.initial))
    unsafe (program.step, program.finish) = (entry(.step), entry(.finish))
    unsafe program.register_count = UInt32(code.registerCount + constants.count)
    unsafe (program.first_constant, program.constant_count) = (UInt32(code.registerCount), UInt32(constants.count))
    unsafe program.texts = UnsafePointer(texts)
    unsafe program.names = UnsafePointer(names)
    unsafe (program.name_ends, program.name_count) = (UnsafePointer(nameEnds), UInt32(code.names.count))
    unsafe program.date_parts = (0, 1, 2, 3)
    unsafe program.limits = weir_fold_limits(
      steps: Int64(limits.steps), batch_steps: Int64(limits.batchSteps), memory: Int64(limits.memoryBytes),
      block: Int64(limits.blockBytes), output: Int64(limits.outputBytes))
    var ends: [UInt32] = []
    for shape in code.shapes { ends.append((ends.last ?? 0) + UInt32(shape.count)) }
    let shapeNames = code.shapes.flatMap { $0.map { UInt16($0) } }
    let outputs = unsafe code.outputs.map { unsafe weir_fold_output($0, name: UInt16(code.number(of: $0.name))) }
    let instructions = code.placed
    return unsafe instructions.withUnsafeBufferPointer { instructions in
      unsafe constants.withUnsafeBufferPointer { constants in
        unsafe shapeNames.withUnsafeBufferPointer { shapeNames in
          unsafe ends.withUnsafeBufferPointer { ends in
            unsafe outputs.withUnsafeBufferPointer { outputs in
              unsafe (program.instructions, program.instruction_count) = (instructions.baseAddress, instructions.count)
              unsafe program.constants = constants.baseAddress
              unsafe program.shape_names = shapeNames.baseAddress
              unsafe (program.shape_ends, program.shape_count) = (ends.baseAddress, UInt32(ends.count))
              unsafe (program.outputs, program.output_count) = (outputs.baseAddress, UInt32(outputs.count))
              return unsafe weir_fold_create(&program)
            }
          }
        }
      }
    }
  }

  /// Folds the rows of whole keys; nil where all of them are given up.
  ///
  /// - Parameters:
  ///   - lanes: a column for each input of the code.
  ///   - keyOfRow: equal numbers one after the other are one key.
  public func run(_ lanes: [FoldLane], keyOfRow: [UInt32], call: @escaping Call) -> FoldRun? {
    precondition(lanes.allSatisfy { $0.count == keyOfRow.count && ($0.present?.count ?? $0.count) == $0.count })
    let caller = unsafe Caller(machine: machine, call: call)
    var columns: [weir_fold_column] = unsafe []
    guard unsafe bind(lanes[...], &columns, keyOfRow, caller) else { return nil }
    let count = unsafe weir_fold_emitted_count(machine)
    let sources = unsafe [Int32](UnsafeBufferPointer(start: weir_fold_emitted_rows(machine), count: count))
    let made = unsafe weir_fold_outputs(machine)
    let columnsMade = outputs.indices.map { unsafe FoldLane(made![$0], count: count) }
    var ranges = 0
    let first = unsafe weir_fold_given_up(machine, &ranges)
    let givenUp = unsafe UnsafeBufferPointer(start: first, count: ranges).map { Int($0.from)..<Int($0.to) }
    return FoldRun(columns: columnsMade, sourceRows: sources, givenUp: givenUp)
  }

  /// Takes the addresses of one column after the other, then runs.
  private func bind(
    _ lanes: ArraySlice<FoldLane>, _ columns: inout [weir_fold_column], _ keys: [UInt32], _ caller: Caller
  ) -> Bool {
    guard let lane = lanes.first else { return unsafe run(columns, keys, caller) }
    return unsafe lane.withColumn { column in
      unsafe columns.append(column)
      return unsafe bind(lanes.dropFirst(), &columns, keys, caller)
    }
  }

  private func run(_ columns: [weir_fold_column], _ keys: [UInt32], _ caller: Caller) -> Bool {
    unsafe columns.withUnsafeBufferPointer { columns in
      unsafe keys.withUnsafeBufferPointer { keys in
        var batch = unsafe weir_fold_batch()
        unsafe (batch.columns, batch.key_of_row) = (columns.baseAddress, keys.baseAddress)
        unsafe batch.row_count = Int64(keys.count)
        unsafe batch.context = Unmanaged.passUnretained(caller).toOpaque()
        unsafe batch.call = { context, function, arguments, count, result in
          guard let context = unsafe context, let result = unsafe result else { return false }
          let caller = unsafe Unmanaged<Caller>.fromOpaque(context).takeUnretainedValue()
          return unsafe caller.run(Int(function), UnsafeBufferPointer(start: arguments, count: Int(count)), result)
        }
        return withExtendedLifetime(caller) { unsafe weir_fold_run(machine, &batch) }
      }
    }
  }

  /// What C calls back.
  @safe private final class Caller {
    private let machine: OpaquePointer
    private let call: Call

    init(machine: OpaquePointer, call: @escaping Call) {
      unsafe self.machine = unsafe machine
      self.call = call
    }

    func run(
      _ function: Int, _ arguments: UnsafeBufferPointer<weir_fold_value>,
      _ result: UnsafeMutablePointer<weir_fold_value>
    ) -> Bool {
      var values: [FoldValue] = []
      for index in arguments.indices {
        guard let value = unsafe FoldValue(arguments[index]) else { return false }
        values.append(value)
      }
      guard let made = call(function, values) else { return false }
      guard case .text(let bytes) = made else {
        var none: [UInt8] = []
        unsafe result.pointee = weir_fold_value(made, texts: &none)
        return true
      }
      let kept = unsafe bytes.withUnsafeBytes {
        unsafe weir_fold_keep_text(machine, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard let kept = unsafe kept else { return false }
      unsafe result.pointee = weir_fold_value(
        kind: Int32(WEIR_FOLD_TEXT.rawValue), scale: 1, low: UInt64(UInt(bitPattern: kept)), high: Int64(bytes.count))
      return true
    }
  }
}
