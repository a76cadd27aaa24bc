import Columns
import Diagnostics
import Planning

/// What a plan comes to once stages are taken apart: nodes that batches flow through, from sources to where they are
/// kept.
struct RunGraph {
  struct Node {
    enum Kind {
      /// An ingest; number of the plan's source.
      case source(Int)
      /// The input of a stage: columns picked from one of the inputs it unites, as wide as the stage has them; which of
      /// how many it is.
      case pick([Int], as: Schema, way: Int = 0, of: Int = 1)
      case rows(PlannedStep, any RowOperation)
      case aggregate(PlannedStep?, any AggregateOperation, reads: Set<Int>)
      case table(PlannedStep, any TableOperation)
      /// Keeps a stage's rows whole: for exports, sides of joins and commands that show them.
      case keep(String)
      /// Keeps rows until a side of the next step is complete.
      case hold
    }

    var kind: Kind
    var parents: [Int] = []
    var children: [Int] = []
    /// Columns of the node's output that its children look at.
    var neededOutput: Set<Int> = []
    var label: String
    /// Which report of the run the node's counts go to; nil for nodes that count nothing.
    var step: PlannedStep?
    /// Columns of the node's input.
    var inputCount: Int
    /// Whether cells that could not be read and that the node itself does not look at are judged by the steps behind it.
    var defersCells = false
  }

  var nodes: [Node] = []
  /// Nodes that keep the whole of a stage or source, by its name.
  private(set) var keeps: [String: Int] = [:]
  /// Check inputs in the order of the plan's checks.
  private(set) var checkNodes: [[Int]] = []
  private var outputs: [String: Int] = [:]

  init(_ plan: Plan, keeping names: Set<String>, checking: Bool) {
    for (index, source) in plan.sources.enumerated() {
      outputs[source.name] = add(
        Node(kind: .source(index), label: "ingest '\(source.name)'", inputCount: source.schema.count), below: nil)
    }
    for stage in plan.stages { add(stage) }
    if checking {
      for check in plan.checks {
        checkNodes.append(
          check.inputs.map { input in
            add(
              Node(
                kind: .aggregate(nil, input.operation, reads: input.reads), label: check.label,
                inputCount: 0), below: outputs[input.stage]!)
          })
      }
    }
    let sides = plan.stages.flatMap { $0.steps.flatMap(\.sides) }
    for name in names.union(sides).sorted() where outputs[name] != nil {
      keeps[name] = add(Node(kind: .keep(name), label: "'\(name)'", inputCount: 0), below: outputs[name]!)
    }
    prune(plan)
    findNeeds(plan)
  }

  private mutating func add(_ node: Node, below parent: Int?) -> Int {
    nodes.append(node)
    let index = nodes.count - 1
    if let parent { connect(parent, to: index) }
    return index
  }

  private mutating func connect(_ parent: Int, to child: Int) {
    nodes[parent].children.append(child)
    nodes[child].parents.append(parent)
  }

  private mutating func add(_ stage: PlannedStage) {
    var tails: [Int] = []
    for (way, input) in stage.inputs.enumerated() {
      let parent = outputs[input.name]!
      let isWhole = input.columns == Array(0..<width(of: parent)) && stage.inputs.count == 1
      tails.append(
        isWhole
          ? parent
          : add(
            Node(
              kind: .pick(input.columns, as: stage.inputSchema, way: way, of: stage.inputs.count),
              label: "'\(stage.name)'", inputCount: width(of: parent)),
            below: parent))
    }
    if stage.inputs.count > 1 && stage.steps.isEmpty || stage.steps.isEmpty && tails.count == 1 {
      // A stage without steps is its input; several inputs meet in one node so that the stage has one name.
      let columns = Array(0..<stage.inputSchema.count)
      let union = add(
        Node(kind: .pick(columns, as: stage.inputSchema), label: "'\(stage.name)'", inputCount: columns.count),
        below: nil)
      for tail in tails { connect(tail, to: union) }
      outputs[stage.name] = union
      return
    }
    for step in stage.steps {
      let kind: Node.Kind =
        switch step.operation {
        case .rows(let operation): .rows(step, operation)
        case .aggregate(let operation): .aggregate(step, operation, reads: step.reads)
        case .table(let operation): .table(step, operation)
        }
      let node = add(Node(kind: kind, label: step.label, step: step, inputCount: step.input.count), below: nil)
      for tail in tails { connect(tail, to: node) }
      tails = [node]
    }
    outputs[stage.name] = tails[0]
  }

  /// Columns of a node's output.
  func width(of node: Int) -> Int {
    switch nodes[node].kind {
    case .pick(let columns, _, _, _): columns.count
    case .source: nodes[node].inputCount
    default: nodes[node].step?.output.count ?? nodes[node].inputCount
    }
  }

  /// Cuts off what nothing keeps or checks: a stage that nobody reads is planned and validated but not computed.
  private mutating func prune(_ plan: Plan) {
    var isLive = [Bool](repeating: false, count: nodes.count)
    var open = Array(keeps.values) + checkNodes.flatMap { $0 }
    let sideNodes = keeps
    while let node = open.popLast() {
      if isLive[node] { continue }
      isLive[node] = true
      open += nodes[node].parents
      for side in nodes[node].step?.sides ?? [] { open.append(sideNodes[side]!) }
    }
    for index in nodes.indices {
      nodes[index].children = isLive[index] ? nodes[index].children.filter { isLive[$0] } : []
      nodes[index].parents = isLive[index] ? nodes[index].parents.filter { isLive[$0] } : []
    }
  }

  private mutating func findNeeds(_ plan: Plan) {
    for index in nodes.indices.reversed() { spreadNeeds(from: index) }
    // Check and keep nodes stand behind all stages, so one pass over descending numbers suffices; parents always have
    // lower numbers.
  }

  private mutating func spreadNeeds(from index: Int) {
    let need: Set<Int>
    switch nodes[index].kind {
    case .source: return
    case .pick(let columns, _, _, _): need = Set(nodes[index].neededOutput.map { columns[$0] })
    case .rows(let step, let operation):
      need = step.inputs(for: nodes[index].neededOutput)
      nodes[index].kind = .rows(step, operation.narrowed(to: nodes[index].neededOutput))
    case .aggregate(_, _, let reads): need = reads
    case .table(let step, _): need = Set(0..<step.input.count)
    case .keep, .hold: need = nodes[index].parents.first.map { Set(0..<width(of: $0)) } ?? []
    }
    for parent in nodes[index].parents { nodes[parent].neededOutput.formUnion(need) }
  }

  /// Columns of a node's input that it looks at itself.
  func reads(of index: Int) -> Set<Int> {
    switch nodes[index].kind {
    case .source, .pick: []
    case .rows(let step, _): step.reads
    case .aggregate(_, _, let reads): reads
    case .table(let step, _): nodes[index].defersCells ? step.reads : Set(0..<step.input.count)
    case .keep, .hold: nodes[index].parents.first.map { Set(0..<width(of: $0)) } ?? []
    }
  }

  /// Columns of a node's input that must be there when it gets them: those that it reads, and of a breaker those that it passes on.
  func needs(of index: Int) -> Set<Int> {
    guard case .table(let step, _) = nodes[index].kind, nodes[index].defersCells else { return reads(of: index) }
    return step.inputs(for: nodes[index].neededOutput)
  }

  /// Makes a step from row to row one over the whole table. What is told of its rows stays the same.
  mutating func makeWhole(_ index: Int, _ operation: any TableOperation) {
    guard let step = nodes[index].step else { return }
    nodes[index].kind = .table(step, operation)
    nodes[index].defersCells = true
  }

  /// Puts a `hold` before a node.
  mutating func insertHold(before node: Int) -> Int {
    let parents = nodes[node].parents
    nodes.append(Node(kind: .hold, label: nodes[node].label, inputCount: nodes[node].inputCount))
    let hold = nodes.count - 1
    for parent in parents {
      nodes[parent].children = nodes[parent].children.map { $0 == node ? hold : $0 }
    }
    nodes[hold].parents = parents
    nodes[hold].children = [node]
    nodes[hold].neededOutput = parents.reduce(into: []) { $0.formUnion(nodes[$1].neededOutput) }
    nodes[node].parents = [hold]
    return hold
  }

  /// Whether batches stop at the node until all its input is there.
  func isBreaker(_ index: Int) -> Bool {
    switch nodes[index].kind {
    case .aggregate, .table, .hold: true
    case .source, .pick, .rows, .keep: false
    }
  }

  /// The nodes that batches of a source pass, it left out, breakers and keeps included.
  func tree(below root: Int) -> [Int] {
    var found: [Int] = []
    var open = nodes[root].children
    var seen: Set<Int> = []
    while let node = open.popLast() {
      if !seen.insert(node).inserted { continue }
      found.append(node)
      if !isBreaker(node) { open += nodes[node].children }
    }
    return found.sorted()
  }

  /// The sources whose rows reach a node, through breakers too.
  ///
  /// - Parameter throughSides: also as the sides of joins on the way.
  func sources(above index: Int, throughSides: Bool) -> Set<Int> {
    var found: Set<Int> = []
    var open = [index]
    var seen: Set<Int> = []
    while let node = open.popLast() {
      if !seen.insert(node).inserted { continue }
      if case .source = nodes[node].kind { found.insert(node) }
      open += nodes[node].parents
      if throughSides { open += (nodes[node].step?.sides ?? []).map { keeps[$0]! } }
    }
    return found
  }

  /// For each node of a tree, the columns of the source that the columns of its input are, unchanged, on any path.
  func sourceColumns(below root: Int, width rootWidth: Int) -> [Int: [Int: Set<Int>]] {
    var outputs: [Int: [Int: Set<Int>]] = [root: Dictionary(uniqueKeysWithValues: (0..<rootWidth).map { ($0, [$0]) })]
    var inputs: [Int: [Int: Set<Int>]] = [:]
    for index in [root] + tree(below: root) {
      if index != root {
        var merged: [Int: Set<Int>] = [:]
        for parent in nodes[index].parents {
          for (column, sources) in outputs[parent] ?? [:] { merged[column, default: []].formUnion(sources) }
        }
        inputs[index] = merged
        outputs[index] = carried(merged, through: index)
      }
    }
    return inputs
  }

  private func carried(_ input: [Int: Set<Int>], through index: Int) -> [Int: Set<Int>] {
    switch nodes[index].kind {
    case .pick(let columns, _, _, _):
      return Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($0, input[$1] ?? []) })
    case .rows(let step, _):
      return Dictionary(
        uniqueKeysWithValues: step.carried.enumerated().map { ($0, $1.flatMap { input[$0] } ?? []) })
    default: return [:]
    }
  }
}
