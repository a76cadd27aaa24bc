import Diagnostics

/// The rows of a stage, whole: parts in order, each in memory or somewhere where it waits.
public struct Table: Sendable {
  public enum Part: Sendable {
    case held(Batch)
    case waiting(any WaitingRows)

    /// The rows, in memory. Throws `.unreadableFile` where what waited in a file is damaged.
    public var batch: Batch {
      get throws(RunFailure) {
        switch self {
        case .held(let batch): batch
        case .waiting(let rows): try rows.load()
        }
      }
    }
  }

  public var schema: Schema
  public let parts: [Part]
  public let rowCount: Int
  /// What is given back when the last copy of the table goes.
  private let leases: [any Sendable]

  /// A table in memory.
  public init(schema: Schema, batches: [Batch]) {
    self.init(
      schema: schema, parts: batches.map { .held($0) }, rowCount: batches.reduce(0) { $0 + $1.count })
  }

  /// - Parameters:
  ///   - rowCount: of all parts.
  ///   - leases: held as long as the table is.
  public init(schema: Schema, parts: [Part], rowCount: Int, leases: [any Sendable] = []) {
    self.schema = schema
    self.parts = parts
    self.rowCount = rowCount
    self.leases = leases
  }

  /// Bytes of the parts that are in memory.
  public var byteCount: Int {
    parts.reduce(0) { if case .held(let batch) = $1 { $0 + batch.byteCount } else { $0 } }
  }

  /// Bytes that all parts take in memory together, about.
  public var loadedByteCount: Int {
    parts.reduce(0) { sum, part in
      switch part {
      case .held(let batch): sum + batch.byteCount
      case .waiting(let rows): sum + rows.byteCount
      }
    }
  }

  /// The table, which holds something more.
  public func holding(_ lease: any Sendable) -> Table {
    Table(schema: schema, parts: parts, rowCount: rowCount, leases: leases + [lease])
  }

  /// All parts, in memory.
  public var batches: [Batch] {
    get throws(RunFailure) {
      var batches: [Batch] = []
      for part in parts { batches.append(try part.batch) }
      return batches
    }
  }
}

/// Rows that are not in memory, or not made yet. They can be asked for more than once and by several threads.
public protocol WaitingRows: Sendable {
  /// Bytes that the rows take in memory, about.
  var byteCount: Int { get }
  func load() throws(RunFailure) -> Batch
}
