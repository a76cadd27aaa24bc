import Aggregation
import Columns
import Diagnostics
import LuaHost
import Planning

/// The groups of a scripted metric: rows that wait, and the states of splits that are complete.
///
/// A worker steps the rows of a split once it begins another. Rows of which it cannot know whether more of their split
/// will come (those that were laid by partition, those of tables) wait until the groups are finished.
final class ScriptedPartial: StatefulPartial {
  private let reduction: ScriptedReduction
  /// Rows of the split that is being read.
  private var open = WaitingRows()
  private var openSplit: Int128?
  private var waiting = WaitingRows()
  private var states = LuaStates()
  /// Of each state.
  private var stateGroups: [UInt32] = []
  private var stateSplits: [Int32] = []

  /// Groups that are finished in one go: the interpreter holds the states of so many.
  private static let groupsAtOnce = 4096

  init(_ reduction: ScriptedReduction) { self.reduction = reduction }

  func grow(to groupCount: Int) {}

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    let keys = positions.keys(groups.count)
    guard case .consecutive(let base) = positions, base >> 64 < Batch.Position.firstTable else {
      waiting.append(groups, keys, arguments)
      return
    }
    if let openSplit, openSplit != base >> 64 { stepOpenRows() }
    openSplit = base >> 64
    open.append(groups, keys, arguments)
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? ScriptedPartial else { preconditionFailure("partials of two reductions") }
    waiting.append(other.open, mapping)
    waiting.append(other.waiting, mapping)
    for (state, group) in other.stateGroups.enumerated() where mapping[Int(group)] != skippedGroup {
      states.append(other.states[state])
      stateGroups.append(mapping[Int(group)])
      stateSplits.append(other.stateSplits[state])
    }
  }

  /// Turns the rows of the open split into states. Where a row fails they wait: the end will tell which row is to
  /// blame.
  private func stepOpenRows() {
    let rows = open.joined()
    open = WaitingRows()
    guard let openSplit, !rows.groups.isEmpty else { return }
    let order = rows.order()
    var groups: [UInt32] = []
    var unitOfRow: [UInt32] = []
    unitOfRow.reserveCapacity(order.count)
    for row in order {
      if groups.last != rows.groups[Int(row)] { groups.append(rows.groups[Int(row)]) }
      unitOfRow.append(UInt32(groups.count - 1))
    }
    do {
      let made = try reduction.metric.step.scripts.withState { state in
        let table = try state.makeGroups()
        try reduction.step(
          rows.columns.map { $0.gathered(order) }, order.map { rows.keys[Int($0)] }, unitOfRow: unitOfRow,
          unitCount: groups.count, into: table, state)
        return try state.export(table, count: groups.count)
      }
      for state in 0..<made.count { states.append(made[state]) }
      stateGroups += groups
      stateSplits += repeatElement(Int32(truncatingIfNeeded: openSplit), count: groups.count)
    } catch {
      waiting.append(rows)
    }
  }

  var valueByteCount: Int { open.byteCount + waiting.byteCount + states.bytes.count + stateGroups.count * 16 }

  // MARK: The end

  func finish(groupCount: Int) throws -> Column {
    waiting.append(open.joined())
    open = WaitingRows()
    let rows = waiting.joined()
    waiting = rows
    let order = rows.order()
    let stateOrder = stateGroups.indices.sorted {
      (stateGroups[$0], stateSplits[$0]) < (stateGroups[$1], stateSplits[$1])
    }
    var parts: [Column] = []
    var (row, state) = (0, 0)
    var failed: GroupFailure?
    for first in stride(from: 0, to: groupCount, by: Self.groupsAtOnce) {
      let end = min(first + Self.groupsAtOnce, groupCount)
      let units = units(of: first..<end, rows, order, stateOrder, &row, &state)
      do {
        parts.append(
          try reduction.finish(
            units, rows.columns.map { $0.gathered(units.rows) }, units.rows.map { rows.keys[Int($0)] }, states,
            first: first))
      } catch let failure as GroupFailure {
        // Of several rows that fail the first in the order of the stage is told.
        guard let position = failure.position else { throw failure }
        if failed == nil || position < failed!.position! { failed = failure }
      }
    }
    if let failed { throw failed }
    return parts.isEmpty ? Column([], of: reduction.resultType.data) : Column.concatenated(parts)
  }

  /// The units of some groups, in the order of their splits. `row` and `state` stand at the first of the groups and are
  /// moved past the last.
  private func units(
    of groups: Range<Int>, _ rows: WaitingRows, _ order: [Int32], _ stateOrder: [Int], _ row: inout Int,
    _ state: inout Int
  ) -> ScriptedUnits {
    var units = ScriptedUnits()
    for group in groups {
      while true {
        let hasState = state < stateOrder.count && Int(stateGroups[stateOrder[state]]) == group
        let hasRow = row < order.count && Int(rows.groups[Int(order[row])]) == group
        guard hasState || hasRow else { break }
        let rowSplit = hasRow ? rows.keys[Int(order[row])] >> 64 : .max
        if hasState, Int128(stateSplits[stateOrder[state]]) <= rowSplit {
          units.stepped.append((units.count, stateOrder[state]))
          state += 1
        } else {
          while row < order.count, Int(rows.groups[Int(order[row])]) == group,
            rows.keys[Int(order[row])] >> 64 == rowSplit
          {
            units.rows.append(order[row])
            units.unitOfRow.append(UInt32(units.count))
            row += 1
          }
        }
        units.count += 1
      }
      units.ends.append(units.count)
    }
    return units
  }

  // MARK: As bytes

  static let stateName = "scripted metric"

  func write(to writer: inout StateWriter) {
    waiting.append(open.joined())
    open = WaitingRows()
    let rows = waiting.joined()
    waiting = rows
    writer.put(rows.groups)
    writer.put(rows.keys)
    if !rows.groups.isEmpty { for column in rows.columns { writer.put(column) } }
    writer.put(stateGroups)
    writer.put(stateSplits)
    writer.put(states.ends.map { Int64($0) })
    writer.put(states.bytes)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    let groups = try reader.groups(below: groupCount)
    let keys = try reader.array(Int128.self, count: groups.count)
    if !groups.isEmpty {
      var columns: [Column] = []
      for type in reduction.inputs {
        let column = try reader.column(of: type)
        guard column.count == groups.count else { throw StateReader.damaged }
        columns.append(column)
      }
      waiting.append(groups, keys, columns)
    }
    stateGroups = try reader.groups(below: groupCount)
    stateSplits = try reader.array(count: stateGroups.count)
    let ends = try reader.array(Int64.self, count: stateGroups.count)
    let bytes = try reader.array(UInt8.self)
    var start = 0
    for end in ends {
      guard end >= start, end <= bytes.count else { throw StateReader.damaged }
      states.append(bytes[start..<Int(end)])
      start = Int(end)
    }
    guard start == bytes.count else { throw StateReader.damaged }
  }
}

/// Rows of groups with their values, in pieces as they came.
private struct WaitingRows {
  private(set) var groups: [UInt32] = []
  private(set) var keys: [Int128] = []
  private var pieces: [[Column]] = []

  mutating func append(_ groups: [UInt32], _ keys: [Int128], _ columns: [Column]) {
    if groups.isEmpty { return }
    self.groups += groups
    self.keys += keys
    pieces.append(columns)
  }

  mutating func append(_ other: WaitingRows) { append(other.groups, other.keys, other.columns) }

  /// The rows of another's groups that a mapping takes.
  mutating func append(_ other: WaitingRows, _ mapping: [UInt32]) {
    if other.groups.isEmpty { return }
    let columns = other.columns
    let numbers = other.groups.map { mapping[Int($0)] }
    guard numbers.contains(skippedGroup) else {
      append(numbers, other.keys, columns)
      return
    }
    let rows = numbers.indices.filter { numbers[$0] != skippedGroup }.map { Int32($0) }
    append(
      rows.map { numbers[Int($0)] }, rows.map { other.keys[Int($0)] }, columns.map { $0.gathered(rows) })
  }

  /// All rows in one piece.
  func joined() -> WaitingRows {
    guard pieces.count > 1 else { return self }
    var whole = WaitingRows()
    whole.append(groups, keys, columns)
    return whole
  }

  var columns: [Column] {
    guard pieces.count > 1 else { return pieces.first ?? [] }
    return pieces[0].indices.map { column in Column.concatenated(pieces.map { $0[column] }) }
  }

  var byteCount: Int { groups.count * (20 + 16 * (pieces.first?.count ?? 0)) }

  /// The rows by group, those of a group in the order of the stage.
  func order() -> [Int32] {
    let count = groups.reduce(0) { max($0, Int($1) + 1) }
    var places = [Int](repeating: 0, count: count + 1)
    for group in groups { places[Int(group) + 1] += 1 }
    for group in 0..<count { places[group + 1] += places[group] }
    let ends = places.dropFirst()
    var order = [Int32](repeating: 0, count: groups.count)
    for row in groups.indices {
      let group = Int(groups[row])
      order[places[group]] = Int32(row)
      places[group] += 1
    }
    var start = 0
    for end in ends {
      let isAscending = (start..<end).dropFirst().allSatisfy { keys[Int(order[$0 - 1])] < keys[Int(order[$0])] }
      if !isAscending { order[start..<end].sort { keys[Int($0)] < keys[Int($1)] } }
      start = end
    }
    return order
  }
}
