import Expressions
import Planning

extension RunGraph {
  /// The nodes below a root that get its rows on one way only, and none of them as other columns.
  func nodesInLine(below root: Int) -> [Int] {
    var inLine: Set<Int> = []
    return tree(below: root).filter { node in
      guard nodes[node].parents.count == 1, let parent = nodes[node].parents.first else { return false }
      if case .pick = nodes[node].kind { return false }
      guard parent == root || inLine.contains(parent) else { return false }
      inLine.insert(node)
      return true
    }
  }

  /// A node in line and those above it, the root left out.
  func way(from root: Int, to node: Int) -> [Int] {
    var way: [Int] = []
    var next: Int? = node
    while let node = next, node != root {
      way.append(node)
      next = nodes[node].parents.first
    }
    return way
  }

  /// What each program of a node computes from columns alone.
  func expressions(of node: Int, _ rows: CommonRows) -> [Set<ColumnExpression>] {
    switch nodes[node].kind {
    case .rows(_, let operation): operation.expressions(rows)
    case .aggregate(_, let operation, _): operation.expressions(rows)
    default: []
    }
  }

  /// Has a step take results that its rows have in common with others.
  mutating func take(_ numbers: CommonExpressionNumbers, _ rows: CommonRows, at node: Int) {
    switch nodes[node].kind {
    case .rows(let step, let operation): nodes[node].kind = .rows(step, operation.taking(numbers, rows))
    case .aggregate(let step, let operation, let reads):
      nodes[node].kind = .aggregate(step, operation.taking(numbers, rows), reads: reads)
    default: break
    }
  }
}
