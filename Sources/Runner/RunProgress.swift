import Memory
import Synchronization

/// How far a run is: counted by its workers block by block, looked at by whoever shows it.
public final class RunProgress: Sendable {
  /// What is known at one moment.
  public struct Moment: Sendable, Equatable {
    /// What is being done: `reading 'invoices'`, `monthly, step 2 (sort)`.
    public var activity = ""
    /// Which of the run's ingests is being read, from 1; nil where none is.
    public var ingest: Int?
    /// Ingests that the run reads.
    public var ingestCount = 0
    /// Rows of the ingest that were read, and how many are wanted where that is known.
    public var rows = 0
    public var rowLimit: Int?
    /// Bytes of the ingest, as they are stored.
    public var bytes = 0
    public var byteCount = 0
    /// Bytes of the ingests read before, and of all that the run reads.
    public var bytesBefore = 0
    public var bytesOfAll = 0

    public init() {}
  }

  private struct State {
    var moment = Moment()
    var ingestsBegun = 0
  }

  private let state = Guarded(State())
  private let rows = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  public init() {}

  public var now: Moment {
    var now = state.withLock { $0.moment }
    if now.ingest != nil {
      now.rows = rows.load(ordering: .relaxed)
      now.bytes = min(bytes.load(ordering: .relaxed), now.byteCount)
    }
    return now
  }

  func expect(ingests: Int, bytes: Int) {
    state.withLock {
      $0.moment.ingestCount = ingests
      $0.moment.bytesOfAll = bytes
    }
  }

  func beginReading(_ name: String, byteCount: Int, rowLimit: Int?) {
    rows.store(0, ordering: .relaxed)
    bytes.store(0, ordering: .relaxed)
    state.withLock {
      $0.ingestsBegun += 1
      $0.moment.bytesBefore += $0.moment.byteCount
      $0.moment.activity = "reading '\(name)'"
      $0.moment.ingest = $0.ingestsBegun
      $0.moment.byteCount = byteCount
      $0.moment.rowLimit = rowLimit
    }
  }

  /// Something that reads no file, such as a sort of a whole stage.
  func begin(_ activity: String) {
    state.withLock {
      $0.moment.activity = activity
      $0.moment.ingest = nil
    }
  }

  /// Called by a worker after a block.
  func add(rows count: Int, bytes more: Int) {
    rows.wrappingAdd(count, ordering: .relaxed)
    bytes.wrappingAdd(more, ordering: .relaxed)
  }
}
