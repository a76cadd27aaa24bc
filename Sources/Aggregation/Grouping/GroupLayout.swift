import Columns
import Diagnostics

/// What a grouping is made of: the types of its keys, its reductions and which values each of them takes.
public struct GroupLayout: Sendable {
  public enum Argument: Sendable {
    /// Index of a value column.
    case value(Int)
    case constant(Scalar, DataType)
  }

  public let keyTypes: [DataType]
  /// Of the value columns.
  public let valueTypes: [DataType]
  public let reductions: [any Reduction]
  /// The arguments of each reduction.
  public let arguments: [[Argument]]

  public init(
    keyTypes: [DataType], valueTypes: [DataType], reductions: [any Reduction], arguments: [[Argument]]
  ) {
    precondition(reductions.count == arguments.count)
    self.keyTypes = keyTypes
    self.valueTypes = valueTypes
    self.reductions = reductions
    self.arguments = arguments
  }
}

/// Rows of a grouping: their keys, their values and where they stand.
struct GroupedRows {
  var keys: [Column]
  var values: [Column]
  var count: Int
  var positions: RowPositions
}

/// Groups with the state of every reduction.
final class GroupState {
  let layout: GroupLayout
  let table: GroupTable
  private let partials: [any ReductionPartial]

  convenience init(_ layout: GroupLayout) {
    self.init(layout, GroupTable(keyTypes: layout.keyTypes), layout.reductions.map { $0.makePartial() })
  }

  private init(_ layout: GroupLayout, _ table: GroupTable, _ partials: [any ReductionPartial]) {
    self.layout = layout
    self.table = table
    self.partials = partials
  }

  func add(_ rows: GroupedRows) {
    let groups = table.assign(rows.keys, count: rows.count, positions: rows.positions)
    for (partial, arguments) in zip(partials, layout.arguments) {
      partial.grow(to: table.groupCount)
      partial.add(
        arguments.map { argument in
          switch argument {
          case .value(let index): rows.values[index]
          case .constant(let scalar, let type): .constant(scalar, count: rows.count, of: type)
          }
        }, groups: groups, positions: rows.positions)
    }
  }

  func absorb(_ other: GroupState) {
    merge(other, mapping: table.absorb(other.table))
  }

  private func merge(_ other: GroupState, mapping: [UInt32]) {
    for (partial, more) in zip(partials, other.partials) {
      partial.grow(to: table.groupCount)
      more.grow(to: other.table.groupCount)
      partial.merge(more, mapping: mapping)
    }
  }

  /// The groups by partition; nil where a partition has none.
  func split(_ partitions: KeyPartitions) -> [GroupState?] {
    let keys = table.keyColumns()
    let order = partitions.order(keys, count: table.groupCount)
    let firstKeys = table.firstKeys
    return (0..<partitions.count).map { partition in
      let groups = Array(order.rows(of: partition))
      if groups.isEmpty { return nil }
      let part = GroupState(layout)
      let numbers = part.table.absorb(
        keys.map { $0.gathered(groups) }, firstKeys: groups.map { firstKeys[Int($0)] }, latest: table.latest)
      var mapping = [UInt32](repeating: skippedGroup, count: table.groupCount)
      for (group, number) in zip(groups, numbers) { mapping[Int(group)] = number }
      part.merge(self, mapping: mapping)
      return part
    }
  }

  /// Bytes held, roughly: what a group takes in the table and in each reduction, and values that are kept one by one.
  var byteCount: Int {
    table.groupCount * (48 + 24 * layout.keyTypes.count + 24 * partials.count)
      + partials.reduce(0) { $0 + $1.valueByteCount }
  }

  func encode() -> [UInt8] {
    var writer = StateWriter()
    writer.put(table.encode())
    for partial in partials { writer.put(PartialState.encode(partial, groupCount: table.groupCount)) }
    return writer.bytes
  }

  convenience init(decoding bytes: [UInt8], _ layout: GroupLayout) throws(RunFailure) {
    var reader = StateReader(bytes[...])
    let table = try GroupTable(decoding: try reader.array(), keyTypes: layout.keyTypes)
    var partials: [any ReductionPartial] = []
    for reduction in layout.reductions {
      let (partial, groupCount) = try PartialState.decode(try reader.array(), for: reduction)
      guard groupCount == table.groupCount else { throw StateReader.damaged }
      partials.append(partial)
    }
    guard reader.isAtEnd else { throw StateReader.damaged }
    self.init(layout, table, partials)
  }

  func finish() -> FinishedGroups {
    let count = layout.keyTypes.isEmpty ? 1 : table.groupCount
    for partial in partials { partial.grow(to: count) }
    return FinishedGroups(table: table, partials: partials, count: count)
  }
}

/// Groups all of whose rows are in.
public struct FinishedGroups {
  let table: GroupTable
  let partials: [any ReductionPartial]
  /// Whether these are all groups.
  public var isWhole = true
  /// Threads that may take part in finishing them.
  var workers = 1
  /// Without keys there is one group, also of no rows.
  public let count: Int

  /// One row a group.
  public var keys: [Column] { table.keyColumns() }
  /// The position key of each group's first row.
  public var firstKeys: [Int128] { table.firstKeys }

  /// The results of a reduction. Throws `RunFailure` where one passes what its type holds.
  public func reduced(_ reduction: Int) throws -> Column {
    try partials[reduction].finish(groupCount: count, workers: workers)
  }

  /// The groups by the first appearance of their keys.
  public var outputOrder: [Int32] { table.keyTypes.isEmpty ? [0] : table.outputOrder() }
}
