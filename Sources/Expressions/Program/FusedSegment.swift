import Columns
import Memory

/// Nodes of a program that run as one loop.
///
/// What the loop works on must be there in 64 bits, and no row may fail: a batch of which that is not so is evaluated node by node, which says what
/// went wrong where.
struct FusedSegment: Sendable {
  /// In the order of the program.
  let nodes: [Int]
  let loop: FusedLoop
  let sources: [Source]
  let results: [Result]
  let tables: [[Int64]]
  /// Nodes outside that the loop does not look at, but that fail the rows in which they fail.
  let guards: [Int]

  /// What goes into an input of the loop.
  enum Source: Sendable {
    case values(node: Int)
    case presence(node: Int)
    case constant(Int64)
    /// The code of a text among the program's own texts.
    case ownText(String)
    /// The code of a text in the dictionary of a node's column.
    case text(String, inColumn: Int)
  }

  /// A node whose values somebody else needs.
  struct Result: Sendable {
    let node: Int
    let type: DataType
    let isNullable: Bool
  }

  /// Results by node; nil where the batch is not for the loop.
  func run(_ evaluated: [Evaluated?], count: Int, worker: ProgramWorker) -> [(node: Int, Evaluated)]? {
    for guardian in guards where evaluated[guardian]?.marks != nil { return nil }
    var lanes: [FusedLoop.Lane] = []
    lanes.reserveCapacity(sources.count)
    for source in sources {
      guard let lane = lane(of: source, evaluated, worker) else { return nil }
      lanes.append(lane)
    }
    guard var outputs = loop.run(lanes, tables: tables, count: count)?[...] else { return nil }
    var found: [(node: Int, Evaluated)] = []
    for result in results {
      guard let lane = outputs.popFirst(), let values = values(lane, result.type, worker) else { return nil }
      var present: [Bool]?
      if result.isNullable, case .bool(let mask)? = outputs.popFirst(), mask.contains(false) { present = mask }
      found.append((result.node, Evaluated(values: values, present: present)))
    }
    return found
  }

  private func lane(of source: Source, _ evaluated: [Evaluated?], _ worker: ProgramWorker) -> FusedLoop.Lane? {
    switch source {
    case .constant(let value): return .constant(value)
    case .ownText(let text): return .constant(Int64(worker.literals.code(for: text)))
    case .text(let text, let column):
      guard let value = evaluated[column], case .texts(.coded(_, let dictionary)) = value.values else { return nil }
      // No code is negative.
      return .constant(dictionary.existingCode(for: text).map(Int64.init) ?? -1)
    case .presence(let node):
      guard let value = evaluated[node], value.marks == nil, !value.isConstant else { return nil }
      return value.present.map { .bool($0) } ?? .constant(1)
    case .values(let node):
      guard let value = evaluated[node], value.marks == nil, !value.isConstant else { return nil }
      return lane(of: value.values)
    }
  }

  private func lane(of values: Column.Values) -> FusedLoop.Lane? {
    switch values {
    case .ints(let values), .timestamps(let values), .decimals64(let values, _): .int64(values)
    case .floats(let values): .double(values)
    case .dates(let values): .int32(values)
    case .bools(let values): .bool(values)
    case .texts(.coded(let codes, _)): .uint32(codes)
    case .texts(.plain), .decimals128, .lists: nil
    }
  }

  private func values(_ lane: FusedLoop.Lane, _ type: DataType, _ worker: ProgramWorker) -> Column.Values? {
    switch (lane, type) {
    case (.int64(let values), .int): .ints(values)
    case (.int64(let values), .timestamp): .timestamps(values)
    case (.int64(let values), .decimal(_, let scale)): .decimals64(values, scale: scale)
    case (.double(let values), .float): .floats(values)
    case (.int32(let values), .date): .dates(values)
    case (.bool(let values), .bool): .bools(values)
    case (.uint32(let codes), .string): .texts(.coded(codes, worker.literals))
    default: nil
    }
  }
}

extension FusedSegment {
  /// How a type's values are stored outside the loop; nil for those that it does not take.
  static func kind(of type: DataType) -> FusedLoop.Kind? {
    switch type {
    case .int, .timestamp: .int64
    case .decimal(let precision, _): precision <= DataType.narrowPrecision ? .int64 : nil
    case .float: .double
    case .date: .int32
    case .bool: .bool
    case .string: .uint32
    case .list: nil
    }
  }
}
