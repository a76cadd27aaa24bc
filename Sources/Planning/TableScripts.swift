import Columns
import Diagnostics

/// A state machine over the rows of each key, in their order (`Plugins/NAME/folds`).
public struct FoldDefinition: Sendable {
  public var name: String
  public var inputs: [ScriptInput]
  /// What it emits; the step puts the key columns before.
  public var outputs: [Field]
  public var script: any FoldScript

  public init(name: String, inputs: [ScriptInput], outputs: [Field], script: any FoldScript) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.script = script
  }
}

/// A fold's functions, before it is known which path they take.
public protocol FoldScript: Sendable {
  /// Throws what is wrong with the functions for inputs of these types, or what keeps them from the path that is asked for.
  func bind(_ arguments: [ValueType]) throws(InvalidInput) -> any BoundFold
}

/// A fold on the path that it takes, which any worker can have an instance of.
public protocol BoundFold: Sendable {
  /// `columnar`, or `interpreted: ` and why.
  var explanation: String { get }

  func makeInstance(_ context: WorkerContext) throws -> any FoldInstance
}

/// One worker's instance of a fold.
public protocol FoldInstance: AnyObject {
  /// Throws `RunFailure` on what must stop the run.
  ///
  /// - Parameters:
  ///   - arguments: a column for each input.
  ///   - keyOfRow: equal numbers one after the other are one key; no key continues in another call.
  func fold(_ arguments: [Column], keyOfRow: [UInt32]) throws -> FoldedRows
}

/// What a fold made of some keys.
public struct FoldedRows: Sendable {
  /// The emitted rows, a column for each output.
  public var columns: [Column]
  /// For each emitted row, an input row of its key.
  public var sourceRows: [Int32]
  /// Rows that were rejected, that raised, or that followed one that raised in their key.
  public var problems: [RowProblem]

  public init(columns: [Column], sourceRows: [Int32], problems: [RowProblem]) {
    self.columns = columns
    self.sourceRows = sourceRows
    self.problems = problems
  }
}

/// A function from a whole table to another (`Plugins/NAME/transforms`).
public struct TransformDefinition: Sendable {
  public var name: String
  public var inputs: [ScriptInput]
  public var outputs: [Field]
  public var script: any TransformScript

  public init(name: String, inputs: [ScriptInput], outputs: [Field], script: any TransformScript) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.script = script
  }
}

/// A transform's function.
public protocol TransformScript: Sendable {
  /// Throws `RunFailure` on everything that goes wrong: there is no row that could be left out.
  ///
  /// - Parameter arguments: a column for each input.
  /// - Returns: a column for each output.
  func run(_ arguments: [Column], count: Int, _ context: WorkerContext) throws -> (columns: [Column], count: Int)
}
