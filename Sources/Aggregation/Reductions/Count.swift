import Columns
import Diagnostics

/// `count()`: rows; `count(x)`: rows in which x has a value.
public struct Count: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "count", "count() or count(x)", "How many rows there are, or in how many of them x has a value.", 0...1)

  public let resultType = ValueType(.int)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func makePartial() -> any ReductionPartial { CountPartial() }
}

final class CountPartial: StatefulPartial {
  private var counts: [Int64] = []

  func grow(to groupCount: Int) { counts.grow(to: groupCount, with: 0) }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    Self.count(groups, arguments.first?.present, into: &counts)
  }

  /// Adds one to the count of every present row's group.
  static func count(_ groups: [UInt32], _ present: [Bool]?, into counts: inout [Int64]) {
    var slots = counts.mutableSpan
    if let present {
      precondition(present.count == groups.count)
      for row in groups.indices { slots[Int(groups[row])] &+= present[row] ? 1 : 0 }
    } else {
      for row in groups.indices { slots[Int(groups[row])] &+= 1 }
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? CountPartial else { preconditionFailure("partials of two reductions") }
    Self.merge(other.counts, mapping: mapping, into: &counts)
  }

  static func merge(_ others: [Int64], mapping: [UInt32], into counts: inout [Int64]) {
    for group in mapping.indices where mapping[group] != skippedGroup {
      counts[Int(mapping[group])] += others[group]
    }
  }

  func finish(groupCount: Int) -> Column { Column(.ints(Array(counts.prefix(groupCount)))) }

  static let stateName = "count"

  func write(to writer: inout StateWriter) {
    writer.put(counts)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    counts = try reader.array(count: groupCount)
  }
}
