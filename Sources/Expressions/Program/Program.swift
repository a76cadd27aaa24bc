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
  /// The node after which a result is not needed.
  private let lastUses: [Int]

  init(graph: Graph, outputNodes: [Int], outputs: [ValueType], functions: [any RowFunction]) {
    var isReached = [Bool](repeating: false, count: graph.nodes.count)
    for output in outputNodes { isReached[output] = true }
    for number in graph.nodes.indices.reversed() where isReached[number] {
      for input in graph[number].inputs { isReached[input] = true }
    }
    var numbers = [Int](repeating: -1, count: graph.nodes.count)
    var nodes: [Node] = []
    for number in graph.nodes.indices where isReached[number] {
      numbers[number] = nodes.count
      var node = graph[number]
      node.inputs = node.inputs.map { numbers[$0] }
      nodes.append(node)
    }
    var lastUses = Array(nodes.indices)
    for (number, node) in nodes.enumerated() { for input in node.inputs { lastUses[input] = number } }
    for output in outputNodes { lastUses[numbers[output]] = nodes.count }
    self.nodes = nodes
    self.lastUses = lastUses
    self.outputNodes = outputNodes.map { numbers[$0] }
    self.outputs = outputs
    self.functions = functions
    inputColumns = nodes.compactMap { if case .input(let position) = $0.operation { position } else { nil } }.sorted()
  }

  /// The outputs for the rows of a batch.
  ///
  /// - Parameter columns: by position in the schema; those that are not read may be empty.
  public func evaluate(_ columns: [Column], count: Int, worker: ProgramWorker) throws -> ProgramResult {
    let evaluation = Evaluation(count: count, worker: worker)
    let results = try results(columns, evaluation)
    var outcome = ProgramResult(columns: [], failures: [])
    for (output, node) in outputNodes.enumerated() {
      guard let result = results[node]?.broadcast(count) else { preconditionFailure("an output is kept") }
      let present = outputs[output].isNullable ? result.present : nil
      outcome.columns.append(Column(result.values, present: present))
      outcome.failures += evaluation.failures(of: result, output: output)
    }
    if outputs.count > 1 { outcome.failures.sort { ($0.row, $0.output) < ($1.row, $1.output) } }
    return outcome
  }

  /// The rows for which the output is true: false and nil drop.
  public func evaluateMask(_ columns: [Column], count: Int, worker: ProgramWorker, output: Int = 0) throws -> (
    mask: [Bool], failures: [RowFailure]
  ) {
    let result = try evaluate(columns, count: count, worker: worker)
    guard case .bools(var mask) = result.columns[output].values else { preconditionFailure("a mask is a bool") }
    if let present = result.columns[output].present {
      for row in mask.indices where !present[row] { mask[row] = false }
    }
    let failures = result.failures.filter { $0.output == output }
    for failure in failures { mask[Int(failure.row)] = false }
    return (mask, failures)
  }

  private func results(_ columns: [Column], _ evaluation: Evaluation) throws -> [Evaluated?] {
    evaluation.program = ObjectIdentifier(self)
    var results = [Evaluated?](repeating: nil, count: nodes.count)
    for (number, node) in nodes.enumerated() {
      switch node.operation {
      case .input(let position): results[number] = evaluation.input(columns[position], node)
      case .row(let function):
        results[number] = try evaluation.call(
          functions[function], function, node.inputs.map { results[$0] ?? .constant(.missing, .bool) })
      default:
        results[number] = evaluation.apply(
          node, node.inputs.compactMap { results[$0] }, types: node.inputs.map { nodes[$0].type }, key: number)
      }
      for input in node.inputs where lastUses[input] == number { results[input] = nil }
    }
    return results
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
