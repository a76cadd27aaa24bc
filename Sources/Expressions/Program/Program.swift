import Columns
import Diagnostics

/// What one worker keeps between batches: results for the texts of dictionaries, and its own instances of plugins'
/// functions.
///
/// Used by one thread at a time.
public final class ProgramWorker {
  /// The texts that programs write, so that choosing between them is choosing between numbers.
  let literals = TextDictionary()
  var dictionaryResults: [DictionaryKey: DictionaryMemo] = [:]
  var instances: [InstanceKey: any RowFunctionInstance] = [:]

  public init() {}

  struct InstanceKey: Hashable {
    var program: ObjectIdentifier?
    var function: Int
  }

  struct DictionaryKey: Hashable {
    var program: ObjectIdentifier?
    var node: Int
    var dictionary: ObjectIdentifier
  }
}

/// The results of one operation for the texts of one dictionary, by code; grows as the dictionary does.
final class DictionaryMemo {
  /// Held so that its identity is not given to another.
  let source: TextDictionary
  /// Codes that have a result.
  var count = 0
  var bools: [Bool] = []
  var ints: [Int64] = []
  var codes: [UInt32] = []
  /// Of `sub`: whether the result is no text any more.
  var isCut: [Bool] = []
  let results = TextDictionary()

  init(_ source: TextDictionary) { self.source = source }
}

/// A function of a plugin: called with the columns of its arguments, a batch at a time.
public protocol RowFunction: Sendable {
  var name: String { get }
  /// The path it takes and what keeps it from the fast one, for `explain`.
  var explanation: String { get }
  var inputs: [ValueType] { get }
  var result: ValueType { get }
  /// What keeps it from being called at all.
  var refusal: Diagnostic? { get }
  func makeInstance() throws -> any RowFunctionInstance
}

extension RowFunction {
  public var refusal: Diagnostic? { nil }
}

/// One worker's instance of a function of a plugin.
public protocol RowFunctionInstance: AnyObject {
  /// The results for `count` rows, and the rows that failed.
  func map(_ arguments: [Column], count: Int) throws -> (Column, [RowFailure])
}

public struct ProgramResult: Sendable {
  /// One a output, of `count` rows.
  public var columns: [Column]
  /// By row, then output; one for each row and output that has no value.
  public var failures: [RowFailure]
}

/// Compiled expressions: evaluated a batch at a time, by any number of workers.
public final class Program: Sendable {
  /// The positions of the columns that are read, ascending. Columns of extracted calls follow those of the schema.
  public let inputColumns: [Int]
  public let outputs: [ValueType]
  let nodes: [Node]
  let outputNodes: [Int]
  let functions: [any RowFunction]
  private let steps: [FusionPlan.Step]
  /// By step: the nodes whose results are not needed after it.
  private let releases: [[Int]]

  /// What a coefficient's magnitude cannot pass, by node.
  let bounds: [UInt128]
  /// The same with results that were computed for several programs, and the numbers of those.
  private let whereAtHand: (program: Program, results: [Int])?

  convenience init(graph: Graph, outputNodes: [Int], outputs: [ValueType], functions: [any RowFunction]) {
    self.init(
      nodes: graph.nodes, bounds: graph.nodes.indices.map(graph.bound), outputNodes: outputNodes, outputs: outputs,
      functions: functions)
  }

  /// - Parameter nodes: each behind its inputs; those that no output needs are left out.
  init(
    nodes all: [Node], bounds allBounds: [UInt128], outputNodes: [Int], outputs: [ValueType],
    functions: [any RowFunction], whereAtHand: (program: Program, results: [Int])? = nil
  ) {
    var isReached = [Bool](repeating: false, count: all.count)
    for output in outputNodes { isReached[output] = true }
    for number in all.indices.reversed() where isReached[number] {
      for input in all[number].inputs { isReached[input] = true }
    }
    var numbers = [Int](repeating: -1, count: all.count)
    var nodes: [Node] = []
    for number in all.indices where isReached[number] {
      numbers[number] = nodes.count
      var node = all[number]
      node.inputs = node.inputs.map { numbers[$0] }
      nodes.append(node)
    }
    self.nodes = nodes
    self.whereAtHand = whereAtHand
    bounds = all.indices.filter { isReached[$0] }.map { allBounds[$0] }
    steps = FusionPlan(nodes, bounds: bounds, outputs: outputNodes.map { numbers[$0] }).steps
    releases = Self.releases(nodes, steps, outputs: outputNodes.map { numbers[$0] })
    self.outputNodes = outputNodes.map { numbers[$0] }
    self.outputs = outputs
    self.functions = functions
    inputColumns = nodes.compactMap { if case .input(let position) = $0.operation { position } else { nil } }.sorted()
  }

  private static func releases(_ nodes: [Node], _ steps: [FusionPlan.Step], outputs: [Int]) -> [[Int]] {
    var lastUses: [Int: Int] = [:]
    for (place, step) in steps.enumerated() {
      for number in step.nodes {
        lastUses[number] = place
        for input in nodes[number].inputs { lastUses[input] = place }
      }
    }
    for output in outputs { lastUses[output] = nil }
    var releases = [[Int]](repeating: [], count: steps.count)
    for (number, place) in lastUses { releases[place].append(number) }
    return releases
  }

  /// The outputs for the rows of a batch.
  ///
  /// - Parameters:
  ///   - columns: by position in the schema; those that are not read may be empty.
  ///   - common: results that were computed for several programs, by number; nil where one was not.
  public func evaluate(
    _ columns: [Column], common: [Column?] = [], count: Int, worker: ProgramWorker
  ) throws -> ProgramResult {
    if let whereAtHand, whereAtHand.results.allSatisfy({ $0 < common.count && common[$0] != nil }) {
      return try whereAtHand.program.evaluate(columns, common: common, count: count, worker: worker)
    }
    let evaluation = Evaluation(count: count, worker: worker)
    var results = try results(columns, common, evaluation)
    var outcome = ProgramResult(columns: [], failures: [])
    for (output, node) in outputNodes.enumerated() {
      let result = operand(node, &results, evaluation).broadcast(count)
      let present = outputs[output].isNullable ? result.present : nil
      outcome.columns.append(Column(result.values, present: present))
      outcome.failures += evaluation.failures(of: result, output: output)
    }
    if outputs.count > 1 { outcome.failures.sort { ($0.row, $0.output) < ($1.row, $1.output) } }
    return outcome
  }

  /// Whether a row can fail on account of an output.
  public func canFail(output: Int) -> Bool {
    var waiting = [outputNodes[output]]
    var seen: Set<Int> = []
    while let number = waiting.popLast() {
      if !seen.insert(number).inserted { continue }
      let node = nodes[number]
      if node.operation.canFail(node, node.inputs.map { nodes[$0].type }) { return true }
      waiting += node.inputs
    }
    return false
  }

  /// The same program with some of its outputs.
  public func keeping(_ kept: [Int]) -> Program {
    Program(
      nodes: nodes, bounds: bounds, outputNodes: kept.map { outputNodes[$0] }, outputs: kept.map { outputs[$0] },
      functions: functions)
  }

  /// The rows for which the output is true: false and nil drop.
  public func evaluateMask(
    _ columns: [Column], common: [Column?] = [], count: Int, worker: ProgramWorker, output: Int = 0
  ) throws -> (mask: [Bool], failures: [RowFailure]) {
    let result = try evaluate(columns, common: common, count: count, worker: worker)
    guard case .bools(var mask) = result.columns[output].values else { preconditionFailure("a mask is a bool") }
    if let present = result.columns[output].present {
      for row in mask.indices where !present[row] { mask[row] = false }
    }
    let failures = result.failures.filter { $0.output == output }
    for failure in failures { mask[Int(failure.row)] = false }
    return (mask, failures)
  }

  private func results(_ columns: [Column], _ common: [Column?], _ evaluation: Evaluation) throws -> [Evaluated?] {
    evaluation.program = ObjectIdentifier(self)
    var results = [Evaluated?](repeating: nil, count: nodes.count)
    for (place, step) in steps.enumerated() {
      switch step {
      case .node(let number): try evaluate(number, columns, common, &results, evaluation)
      case .fused(let segment):
        if let found = segment.run(results, count: evaluation.count, worker: evaluation.worker) {
          for (number, result) in found { results[number] = result }
        } else {
          for number in segment.nodes { try evaluate(number, columns, common, &results, evaluation) }
        }
      }
      for number in releases[place] { results[number] = nil }
    }
    return results
  }

  private func evaluate(
    _ number: Int, _ columns: [Column], _ common: [Column?], _ results: inout [Evaluated?], _ evaluation: Evaluation
  ) throws {
    let node = nodes[number]
    switch node.operation {
    case .input(let position):
      results[number] = evaluation.input(columns[position], node)
      return
    case .common(let place):
      results[number] = evaluation.input(common[place]!, node)
      return
    default: break
    }
    var operands: [Evaluated] = []
    for input in node.inputs { operands.append(operand(input, &results, evaluation)) }
    if case .row(let function) = node.operation {
      results[number] = try evaluation.call(functions[function], function, operands)
    } else {
      results[number] = evaluation.apply(node, operands, types: node.inputs.map { nodes[$0].type }, key: number)
    }
  }

  /// A result that an operation works on. Constants are made when somebody asks for them.
  private func operand(_ number: Int, _ results: inout [Evaluated?], _ evaluation: Evaluation) -> Evaluated {
    if let known = results[number] { return known }
    guard case .constant = nodes[number].operation else { preconditionFailure("an operand comes before its operation") }
    let made = evaluation.apply(nodes[number], [], types: [], key: number)
    results[number] = made
    return made
  }

  /// The functions of plugins that the program calls, and the path of each.
  public var functionPaths: [String] { functions.map { "\($0.name): \($0.explanation)" } }

  /// What `weir explain` shows: the steps in order, one a line.
  public var explanation: [String] {
    nodes.enumerated().map { number, node in
      let inputs = node.inputs.map { "%\($0)" }.joined(separator: ", ")
      return "%\(number) = \(node.operation)" + (inputs.isEmpty ? "" : " \(inputs)") + ": \(node.type)"
    }
  }
}
