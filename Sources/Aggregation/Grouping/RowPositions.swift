import Columns

/// Where rows stand in their stage, as the position keys that order them.
public enum RowPositions: Sendable {
  /// Rows of one batch: the key of row 0, and the others after it.
  case consecutive(from: Int128)
  case listed([Int128])

  init(_ position: Batch.Position) { self = .consecutive(from: position.key(ofRow: 0)) }

  /// The keys of the first rows, one each.
  public func keys(_ count: Int) -> [Int128] {
    switch self {
    case .consecutive(let base): return (0..<count).map { base + Int128($0) }
    case .listed(let keys):
      precondition(keys.count == count)
      return keys
    }
  }
}

extension ReductionPartial {
  /// Takes in a batch whose rows stand one after the other.
  public func add(_ arguments: [Column], groups: [UInt32], position: Batch.Position) {
    add(arguments, groups: groups, positions: RowPositions(position))
  }
}

/// Of a mapping between the groups of two partials: the group is not taken.
public let skippedGroup = UInt32.max

extension Column {
  /// The column without the values of skipped groups.
  func taking(_ mapping: [UInt32]) -> Column {
    guard mapping.contains(skippedGroup) else { return self }
    var result = self
    result.present = mapping.indices.map { mapping[$0] != skippedGroup && isPresent($0) }
    return result
  }
}
