import Columns
import Diagnostics
import LuaHost
import Memory

/// Compiles the functions of a fold into the code of `FoldMachine`.
///
/// Values carry their kind while the code runs, so nothing is inferred: what is left to the interpreter as a whole is
/// what the code has no words for, and a key whose rows come to something else goes back alone.
public struct FoldCompiler {
  /// A function of the fold and what it reads of its file.
  public struct Function {
    public var node: LuaFunction
    public var upvalues: [String: Upvalue]

    public init(_ node: LuaFunction, upvalues: [String: Upvalue]) {
      self.node = node
      self.upvalues = upvalues
    }
  }

  /// A local of the file, as it is once the file is loaded.
  public indirect enum Upvalue: Sendable {
    case constant(LuaValue)
    /// Inlined where it is called.
    case function(LuaFunction, upvalues: [String: Upvalue])
    /// What uses it is left to the interpreter.
    case interpreted
  }

  public enum Outcome {
    case compiled(FoldProgram)
    /// What kept it from the machine, and where.
    case interpreted(Diagnostic)
    /// The fold is wrong whichever way it runs.
    case invalid([Diagnostic])
  }

  /// The file that the functions stand in.
  public let text: LocatedText
  public let inputs: [String]
  /// Their types; none where they are not known.
  public let inputTypes: [ValueType]
  public let outputs: [Field]
  public let settings: LuaValue
  /// Names that the file gives a meaning of its own to.
  public let ownGlobals: Set<String>

  public init(
    text: LocatedText, inputs: [String], inputTypes: [ValueType] = [], outputs: [Field], settings: LuaValue
  ) {
    self.text = text
    self.inputs = inputs
    self.inputTypes = inputTypes
    self.outputs = outputs
    self.settings = settings
    var finder = GlobalFinder()
    if let chunk = try? LuaParser.chunk(text) { finder.visit(chunk) }
    ownGlobals = finder.found
  }

  private static let mostPasses = 12

  public func compile(initial: Function, step: Function, finish: Function?) -> Outcome {
    guard let outputs = machineOutputs() else {
      return .interpreted(
        Diagnostic(.unsupportedExpression, "a list is emitted", at: text.span(step.node.range)))
    }
    var lowering = FoldLowering(self, outputs: outputs)
    do throws(FoldRefusal) {
      // What is known grows until nothing is added; then it says what is wrong.
      for _ in 0..<Self.mostPasses {
        let before = lowering.facts
        lowering = FoldLowering(self, outputs: outputs, facts: before)
        try lowering.lower(initial: initial, step: step, finish: finish)
        if lowering.facts == before {
          lowering = FoldLowering(self, outputs: outputs, facts: before, reportsMistakes: true)
          try lowering.lower(initial: initial, step: step, finish: finish)
          break
        }
      }
    } catch {
      switch error {
      case .interpreted(let reason): return .interpreted(reason)
      case .invalid(let diagnostic): return .invalid([diagnostic])
      }
    }
    guard lowering.code.fits else {
      return .interpreted(
        Diagnostic(.unsupportedExpression, "the fold is too long to be compiled", at: text.span(step.node.range)))
    }
    return .compiled(FoldProgram(code: lowering.code, inputs: lowering.usedInputs))
  }

  private func machineOutputs() -> [FoldCode.Output]? {
    var made: [FoldCode.Output] = []
    for field in outputs {
      let kind: FoldCode.Output.Kind
      switch field.type.data {
      case .bool: kind = .bool
      case .int: kind = .int
      case .float: kind = .float
      case .decimal(let precision, let scale): kind = .decimal(precision: precision, scale: scale)
      case .string: kind = .text
      case .date: kind = .date
      case .timestamp: kind = .timestamp
      case .list: return nil
      }
      made.append(FoldCode.Output(name: field.name, kind: kind, isNullable: field.type.isNullable))
    }
    return made
  }
}

/// A compiled fold.
public struct FoldProgram: Sendable {
  public let code: FoldCode
  /// The inputs that the code reads, by number: its columns in order.
  public let inputs: [Int]
}

/// Why a fold is not compiled.
enum FoldRefusal: Error {
  case interpreted(Diagnostic)
  case invalid(Diagnostic)
}

/// Finds the globals that a file sets, which may hide functions of the library.
private struct GlobalFinder {
  var found: Set<String> = []

  mutating func visit(_ statements: [LuaStatement]) {
    for statement in statements {
      switch statement.kind {
      case .assign(let targets, _): for target in targets { note(target) }
      case .function(let target, let function):
        note(target)
        visit(function.body)
      case .localFunction(_, let function): visit(function.body)
      case .block(let body), .whileLoop(_, let body), .repeatLoop(let body, _), .numericFor(_, _, _, _, let body),
        .genericFor(_, _, let body):
        visit(body)
      case .branch(let branches, let otherwise):
        for branch in branches { visit(branch.body) }
        visit(otherwise ?? [])
      case .local, .call, .returning, .breaking, .goto, .label: break
      }
    }
  }

  private mutating func note(_ target: LuaExpression) {
    switch target.kind {
    case .name(let name): found.insert(name)
    case .index(let base, _): note(base)
    default: break
    }
  }
}
