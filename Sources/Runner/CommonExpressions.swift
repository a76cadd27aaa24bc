import Columns
import Expressions
import Planning

/// The expressions that several programs below a source or a finished table compute over the same columns. Each is
/// computed once, for the rows of all of them.
struct CommonExpressions: Sendable {
  private(set) var programs: [Program] = []
  /// How many operations each takes.
  private(set) var operations: [Int] = []
  private var expressions: [ColumnExpression] = []
  /// By node and number: how many programs take it at the node and below it.
  private var readers: [[Int]] = []
  /// Whether a node takes them itself, by node and number.
  private var own: [[Bool]] = []

  /// Finds them, and has the steps of the graph take them.
  init(below root: Int, width: Int, in graph: inout RunGraph) {
    let nodes = graph.nodesInLine(below: root)
    let sources = graph.sourceColumns(below: root, width: width)
    func rows(_ node: Int, among chosen: Set<ColumnExpression>?) -> CommonRows {
      CommonRows(columns: (sources[node] ?? [:]).compactMapValues(\.first), chosen: chosen)
    }
    func expressions(among chosen: Set<ColumnExpression>?) -> [(node: Int, expressions: Set<ColumnExpression>)] {
      nodes.flatMap { node in
        graph.expressions(of: node, rows(node, among: chosen)).map { (node, $0) }
      }
    }
    // Of those that occur in several programs the outermost, which may leave one within them to a single program.
    let repeated = Self.repeated(expressions(among: nil))
    if repeated.isEmpty { return }
    let common = Self.repeated(expressions(among: repeated)).sorted { $0.operationCount < $1.operationCount }
    let numbers = CommonExpressionNumbers(uniqueKeysWithValues: zip(common, 0...))
    programs = common.map { expression in
      expression.program.taking(numbers.filter { $0.key != expression }) { $0 }
    }
    self.expressions = common
    operations = common.map(\.operationCount)
    readers = [[Int]](repeating: [Int](repeating: 0, count: common.count), count: graph.nodes.count)
    own = readers.map { $0.map { _ in false } }
    for (node, taken) in expressions(among: Set(common)) {
      for number in taken.compactMap({ numbers[$0] }) {
        own[node][number] = true
        for above in graph.way(from: root, to: node) { readers[above][number] += 1 }
      }
    }
    for node in nodes where own[node].contains(true) { graph.take(numbers, rows(node, among: nil), at: node) }
  }

  private static func repeated(_ programs: [(node: Int, expressions: Set<ColumnExpression>)]) -> Set<ColumnExpression> {
    var counts: [ColumnExpression: Int] = [:]
    for program in programs { for expression in program.expressions { counts[expression, default: 0] += 1 } }
    return Set(counts.filter { $0.value > 1 }.keys)
  }

  var numbers: Range<Int> { programs.indices }

  /// One of them as a person would write it, over columns of these names.
  func text(_ number: Int, _ names: [String]) -> String { expressions[number].text(names) }

  /// By how many programs each is taken at a node and below it.
  func readers(below node: Int) -> [Int] { readers.isEmpty ? [] : readers[node] }

  func readers(of number: Int, below node: Int) -> Int { readers[node][number] }

  func isTaken(_ number: Int, by node: Int) -> Bool { own[node][number] }
}
