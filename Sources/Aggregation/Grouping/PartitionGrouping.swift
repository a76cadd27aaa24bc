import Columns
import Diagnostics
import Memory

/// Groups what all workers have of one partition; in several passes, each over a share of the keys, where its groups would not fit the memory.
struct PartitionGrouping {
  private let parts: [RowScatter.Part]
  private let layout: GroupLayout
  private let budget: MemoryBudget?
  private let passBits: Int

  private static let mostPassBits = 6

  /// - Parameter room: bytes that the table may take; nil for any number.
  init(_ parts: [RowScatter.Part], _ layout: GroupLayout, _ budget: MemoryBudget?, room: Int?) {
    self.parts = parts
    self.layout = layout
    self.budget = budget
    var bits = 0
    if let room {
      let groupBytes = 48 + 24 * layout.keyTypes.count + 24 * layout.reductions.count
      var bytes = parts.reduce(0) { $0 + $1.count } * groupBytes
      while bytes > room, bits < Self.mostPassBits {
        bytes /= 2
        bits += 1
      }
    }
    passBits = bits
  }

  /// Gives the groups of each pass that has any.
  func run(_ body: (_ pass: Int, GroupState) -> Void) throws {
    let passes = 1 << passBits
    for pass in 0..<passes {
      if let state = try groups(pass, isLast: pass == passes - 1) { body(pass, state) }
    }
  }

  private func groups(_ pass: Int, isLast: Bool) throws -> GroupState? {
    var whole: GroupState?
    func absorb(_ state: GroupState) {
      guard let state = share(of: state, pass) else { return }
      if let whole { whole.absorb(state) } else { whole = state }
    }
    func add(_ rows: GroupedRows) {
      let rows = share(of: rows, pass)
      if rows.count == 0 { return }
      if whole == nil { whole = GroupState(layout) }
      whole!.add(rows)
    }
    for part in parts {
      if let state = part.state { absorb(state) }
      if isLast { part.state = nil }
    }
    for part in parts {
      let chunks = part.chunks
      if isLast { part.chunks = [] }
      for chunk in chunks { add(chunk.unpacked) }
      for spilled in part.spilled {
        let bytes = try budget!.spillFile().read(spilled.segment)
        if spilled.isState {
          absorb(try GroupState(decoding: bytes, layout))
        } else {
          var reader = StateReader(bytes[...])
          let count: UInt64 = try reader.integer()
          for _ in 0..<count { add(try GroupedRows(from: &reader, layout)) }
        }
      }
    }
    return whole
  }

  private var passPartitions: KeyPartitions {
    KeyPartitions(bits: passBits, skipping: GroupStore.partitionBits)
  }

  private func share(of state: GroupState, _ pass: Int) -> GroupState? {
    passBits == 0 ? state : state.split(passPartitions)[pass]
  }

  private func share(of rows: GroupedRows, _ pass: Int) -> GroupedRows {
    if passBits == 0 { return rows }
    return rows.gathered(Array(passPartitions.order(rows.keys, count: rows.count).rows(of: pass)))
  }
}

/// What failed of numbered pieces of work.
final class Failures: Sendable {
  private let first = Guarded<(number: Int, error: any Error)?>(nil)

  var isSet: Bool { first.withLock { $0 != nil } }

  func note(_ error: any Error, _ number: Int) {
    first.withLock { if $0 == nil || number < $0!.number { $0 = (number, error) } }
  }

  func throwFirst() throws {
    if let failure = first.withLock({ $0 }) { throw failure.error }
  }
}
