import Columns
import LuaHost
import Memory

/// One worker's machine for a compiled fold.
public final class FoldRunner {
  private let machine: FoldMachine
  private let program: FoldProgram

  /// nil where there is no memory for it.
  public init?(_ program: FoldProgram, limits: LuaLimits) {
    self.program = program
    let limits = FoldLimits(
      steps: limits.steps, batchSteps: limits.batchSteps, memoryBytes: limits.memoryBytes,
      blockBytes: limits.blockBytes, outputBytes: limits.outputBytes)
    guard let machine = FoldMachine(program.code, limits: limits) else { return nil }
    self.machine = machine
  }

  public struct Result {
    /// A column for each output.
    public var columns: [Column]
    /// For each emitted row the row that it came of.
    public var sourceRows: [Int32]
    /// Rows of the keys that go to the interpreter, ascending.
    public var returned: [Range<Int>]
  }

  /// Folds the rows of whole keys; nil where all go to the interpreter.
  ///
  /// - Parameter arguments: a column for each input of the fold.
  public func run(_ arguments: [Column], keyOfRow: [UInt32]) -> Result? {
    var lanes: [FoldLane] = []
    for input in program.inputs {
      guard let lane = FoldLane(arguments[input]) else { return nil }
      lanes.append(lane)
    }
    guard let run = machine.run(lanes, keyOfRow: keyOfRow, call: FoldFunctions.call) else { return nil }
    return Result(columns: run.columns.map { Column($0) }, sourceRows: run.sourceRows, returned: run.givenUp)
  }
}

extension FoldFunctions {
  /// Texts that are longer are left to the interpreter, which counts them.
  private static let longestText = 4096

  /// What a function of the host gives; nil where the interpreter has to say.
  static func call(_ function: Int, _ arguments: [FoldValue]) -> FoldValue? {
    switch function {
    case FoldMachine.writtenFloat:
      guard case .float(let bits) = arguments[0], let decimal = ExactDecimal(written: Double(bitPattern: bits)) else {
        return nil
      }
      return .decimal(decimal.coefficient, scale: decimal.scale)
    case FoldMachine.quotient:
      guard case .decimal(let a, let aScale) = arguments[0], case .decimal(let b, let bScale) = arguments[1] else {
        return nil
      }
      return DecimalArithmetic.divide(a, scale: aScale, by: b, scale: bScale, to: 18).map { .decimal($0, scale: 18) }
    case concatenate: return joined(arguments)
    case text: return written(arguments[0]).map { .text(Array($0.utf8)) }
    default:
      guard let result = try? HostFunction.all[function].evaluate(arguments.map { LuaValue($0) }) else { return nil }
      return FoldValue(result)
    }
  }

  private static func joined(_ parts: [FoldValue]) -> FoldValue? {
    var bytes: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let text): bytes += text
      case .int(let number): bytes += Array(number.description.utf8)
      default: return nil
      }
    }
    return bytes.count <= longestText ? .text(bytes) : nil
  }

  /// What `tostring` gives.
  private static func written(_ value: FoldValue) -> String? {
    switch value {
    case .nil: "nil"
    case .bool(let holds): holds ? "true" : "false"
    case .int(let number): number.description
    case .decimal(let coefficient, let scale):
      ExactDecimal(coefficient: coefficient, scale: scale).normalized.description
    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .date(let days): CalendarDate(days: days).description
    case .float, .timestamp: nil
    }
  }
}

extension LuaValue {
  init(_ value: FoldValue) {
    switch value {
    case .nil: self = .nil
    case .bool(let holds): self = .bool(holds)
    case .int(let number): self = .int(number)
    case .float(let bits): self = .float(Double(bitPattern: bits))
    case .decimal(let coefficient, let scale): self = .decimal(ExactDecimal(coefficient: coefficient, scale: scale))
    case .text(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .date(let days): self = .date(CalendarDate(days: days))
    case .timestamp(let microseconds): self = .timestamp(Instant(microseconds: microseconds))
    }
  }
}
