import Columns

/// The groups of a stage: rows with equal keys have one dense group number. A missing value is a value of its own here.
///
/// Numbers follow the order in which this table met the groups, which may differ from worker to worker; `firstKeys` and `outputOrder` do not.
public final class GroupTable {
  public let keyTypes: [DataType]
  public private(set) var groupCount = 0
  /// The position key of each group's first row in the order of the stage.
  public private(set) var firstKeys: [Int128] = []

  private var coders: [WordCoder]
  /// Per key, the word of each group and whether it has one.
  private var groupWords: [[Int64]]
  private var groupPresent: [[Bool]]
  /// While the keys' ranges are small.
  private var direct: DirectIndex?
  private var numbers: KeyNumbers?
  /// Whether groups are found by array slot: many of them cost no more than few.
  var isDirect: Bool { direct != nil }
  /// The latest rows so far: later ones are no group's first, unless the group is new.
  private(set) var latest = Int128.min

  public init(keyTypes: [DataType]) {
    self.keyTypes = keyTypes
    coders = keyTypes.map { WordCoder($0) }
    groupWords = keyTypes.map { _ in [] }
    groupPresent = keyTypes.map { _ in [] }
    direct = keyTypes.isEmpty ? nil : DirectIndex(keyCount: keyTypes.count)
  }

  /// Gives each row of a batch the number of its group.
  ///
  /// - Parameters:
  ///   - keys: one column a key, `count` rows each.
  ///   - position: of the batch in the stage; batches may come in any order.
  public func assign(_ keys: [Column], count: Int, position: Batch.Position) -> [UInt32] {
    assign(keys, count: count, positions: RowPositions(position))
  }

  func assign(_ keys: [Column], count: Int, positions: RowPositions) -> [UInt32] {
    guard count > 0 else { return [] }
    var newRows: [Int32] = []
    let groups = number(keys, count: count, newRows: &newRows)
    switch positions {
    case .consecutive(let base):
      firstKeys.append(contentsOf: newRows.lazy.map { base + Int128($0) })
      if base <= latest { Self.lower(&firstKeys, groups, to: positions.keys(count)) }
      latest = max(latest, base)
    case .listed(let keys):
      firstKeys.append(contentsOf: newRows.lazy.map { keys[Int($0)] })
      let (greatest, isAscending) = Self.order(keys)
      if keys[0] <= latest || !isAscending { Self.lower(&firstKeys, groups, to: keys) }
      latest = max(latest, greatest)
    }
    return groups
  }

  /// Takes in the groups of another table and returns, for each of its groups, the number here.
  public func absorb(_ other: GroupTable) -> [UInt32] {
    precondition(other.keyTypes == keyTypes)
    return absorb(other.keyColumns(), firstKeys: other.firstKeys, latest: other.latest)
  }

  /// Takes in distinct keys with the positions of their first rows.
  func absorb(_ keys: [Column], firstKeys theirs: [Int128], latest theirLatest: Int128) -> [UInt32] {
    var newRows: [Int32] = []
    let groups = number(keys, count: theirs.count, newRows: &newRows)
    firstKeys.append(contentsOf: newRows.lazy.map { theirs[Int($0)] })
    Self.lower(&firstKeys, groups, to: theirs)
    latest = max(latest, theirLatest)
    return groups
  }

  /// Takes over keys as groups of an empty table; false where two are equal.
  func restore(_ keys: [Column], firstKeys: [Int128]) -> Bool {
    precondition(groupCount == 0)
    var newRows: [Int32] = []
    _ = number(keys, count: firstKeys.count, newRows: &newRows)
    self.firstKeys = firstKeys
    latest = firstKeys.max() ?? latest
    return newRows.count == firstKeys.count
  }

  private static func order(_ keys: [Int128]) -> (greatest: Int128, isAscending: Bool) {
    var greatest = keys[0]
    var isAscending = true
    for key in keys {
      if key < greatest { isAscending = false } else { greatest = key }
    }
    return (greatest, isAscending)
  }

  private static func lower(_ firstKeys: inout [Int128], _ groups: [UInt32], to keys: [Int128]) {
    for row in groups.indices {
      let group = Int(groups[row])
      if keys[row] < firstKeys[group] { firstKeys[group] = keys[row] }
    }
  }

  /// The keys, one row a group, in the order of group numbers.
  public func keyColumns() -> [Column] {
    coders.indices.map { key in
      let mask = groupPresent[key].contains(false) ? groupPresent[key] : nil
      return coders[key].column(of: groupWords[key], present: mask)
    }
  }

  /// The group numbers by the first appearance of the groups in the stage.
  public func outputOrder() -> [Int32] {
    var order = (0..<Int32(groupCount)).map { $0 }
    let keys = firstKeys
    var isAscending = true
    for group in 1..<max(1, groupCount) where keys[group] < keys[group - 1] { isAscending = false }
    if !isAscending { order.sort { keys[Int($0)] < keys[Int($1)] } }
    return order
  }

  private func number(_ keys: [Column], count: Int, newRows: inout [Int32]) -> [UInt32] {
    precondition(keys.count == keyTypes.count && keys.allSatisfy { $0.count == count })
    var groups = [UInt32](repeating: 0, count: count)
    guard count > 0 else { return groups }
    guard !keys.isEmpty else {
      if groupCount == 0 { newRows.append(0) }
      groupCount = 1
      return groups
    }
    let words = keys.indices.map { coders[$0].words(of: keys[$0]) }
    let present = keys.map(\.present)
    if direct != nil, direct!.admit(words, present, groupWords: groupWords, groupPresent: groupPresent) {
      direct!.assign(words, present, groupCount: groupCount, into: &groups, newRows: &newRows)
    } else {
      if direct != nil { leaveDirectIndex() }
      numbers!.assign(words, present, into: &groups)
      var next = groupCount
      for row in groups.indices where Int(groups[row]) == next {
        newRows.append(Int32(row))
        next += 1
      }
    }
    for key in keys.indices {
      let column = words[key]
      groupWords[key].append(contentsOf: newRows.lazy.map { column[Int($0)] })
      if let mask = present[key] {
        groupPresent[key].append(contentsOf: newRows.lazy.map { mask[Int($0)] })
      } else {
        groupPresent[key].append(contentsOf: repeatElement(true, count: newRows.count))
      }
    }
    groupCount += newRows.count
    return groups
  }

  private func leaveDirectIndex() {
    direct = nil
    // Narrow words are codes from 0, or days: half of the 32 bits below zero. 0 is left for a missing value.
    var fresh = KeyNumbers(
      isNarrow: coders.map(\.isNarrow), bias: keyTypes.map { $0 == .date ? Int64(1) << 31 : 1 })
    var known = [UInt32](repeating: 0, count: groupCount)
    fresh.assign(groupWords, groupPresent.map { $0 }, into: &known)
    numbers = fresh
  }
}
