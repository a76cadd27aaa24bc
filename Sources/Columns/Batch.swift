import Memory

/// Some consecutive rows of a stage, as columns of equal length in the order of the stage's schema; columns that
/// nobody reads are `Column.unread`.
public struct Batch: Sendable {
  public var columns: [Column]
  public let count: Int
  /// Where the batch stands among those of its stage: batches in ascending position are the stage's rows in order.
  public var position: Position
  /// Where each row came from, for quarantine and messages; nil once rows are no longer rows of an input.
  public var origins: RowOrigins?

  /// Results that several of the steps that follow take, by number; nil where one was not computed.
  public var common: [Column?] = []

  /// The share of the input and the batch within it. Does not depend on the number of workers.
  public struct Position: Hashable, Comparable, Sendable {
    public var split: Int32
    public var batch: Int32

    public init(split: Int, batch: Int) {
      self.split = Int32(split)
      self.batch = Int32(batch)
    }

    /// Splits from here on are tables: workers share the batches of one, where one worker reads all of a source's split.
    public static let firstTable = 1 << 30
    /// Bits of a split that number the parts of one finished table.
    public static let tableBits = 19

    /// The place of the same rows on one of several ways that meet again: the ways of a batch stand one after the other.
    public func onWay(_ number: Int, of count: Int) -> Position {
      var result = self
      result.batch = Int32(clamping: Int(batch) * count + number)
      return result
    }

    public static func < (left: Position, right: Position) -> Bool {
      left.split != right.split ? left.split < right.split : left.batch < right.batch
    }

    /// An integer that orders rows of a stage: position, then row.
    public func key(ofRow row: Int) -> Int128 { Int128(split) << 64 | Int128(batch) << 32 | Int128(row) }
  }

  public init(
    columns: [Column], count: Int, position: Position = Position(split: 0, batch: 0), origins: RowOrigins? = nil
  ) {
    precondition(columns.allSatisfy { $0.count == count || $0.isUnread } && (origins == nil || origins!.count == count))
    self.columns = columns
    self.count = count
    self.position = position
    self.origins = origins
  }

  /// Bytes held, for the memory budget; dictionaries of texts, which many batches share, left out.
  public var byteCount: Int { columns.reduce((origins?.count ?? 0) * 8) { $0 + $1.byteCount } }

  /// The rows of `indices`, in that order.
  public func gathered(_ indices: [Int32]) -> Batch {
    var result = Batch(
      columns: columns.map { $0.gathered(indices) }, count: indices.count, position: position,
      origins: origins?.gathered(indices))
    result.common = common.map { $0?.gathered(indices) }
    return result
  }

  /// The batch as it can be kept: without results that steps have in common, and with nothing to ask of a block.
  public var alone: Batch {
    var result = self
    result.common = []
    result.origins = origins.map { RowOrigins($0.known) }
    return result
  }
}
