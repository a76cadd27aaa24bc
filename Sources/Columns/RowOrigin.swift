import Memory

/// The place of a row in an input: which file (numbered by the run) and where the row begins in its decompressed bytes.
///
/// For rows that stand in the pipeline file, `byte` is the row's number from 0.
public struct RowOrigin: Hashable, Comparable, Sendable, BitwiseCopyable {
  private let packed: UInt64

  /// - Parameters:
  ///   - file: below 2^24.
  ///   - byte: below 2^40.
  public init(file: Int, byte: Int) { packed = UInt64(file) << 40 | UInt64(byte) }

  /// The place that a word says.
  public init(word: UInt64) { packed = word }

  /// File and byte in one.
  public var word: UInt64 { packed }

  /// The origins of rows that begin behind bounds: row `r` at `bounds[r * stride] + 1` of a window whose first byte stands
  /// at `shift` of the file's bytes.
  public static func rows(
    _ rows: [Int32], file: Int, behind bounds: [UInt32], stride: Int, shift: Int
  ) -> [RowOrigin] {
    let base = RowOrigin(file: file, byte: 0).packed &+ UInt64(bitPattern: Int64(shift))
    return elementwise(rows) { RowOrigin(word: base &+ UInt64(bounds[Int($0) &* stride] &+ 1)) }
  }

  public var file: Int { Int(packed >> 40) }
  public var byte: Int { Int(packed & 0xFF_FFFF_FFFF) }

  public static func < (left: RowOrigin, right: RowOrigin) -> Bool { left.packed < right.packed }
}

/// The origins of a batch's rows. Those of a block's rows are worked out when somebody asks, since most runs never do.
public struct RowOrigins: Sendable {
  private enum Content: Sendable {
    case known([RowOrigin])
    /// All rows of a block, or some. The block is good as long as the worker has not asked for the next one.
    case rows([Int32]?, Handover<any RowBlock>)
  }

  private let content: Content
  public let count: Int

  public init(_ origins: [RowOrigin]) {
    content = .known(origins)
    count = origins.count
  }

  /// - Parameter rows: nil for all.
  public init(rows: [Int32]?, of block: any RowBlock) {
    content = .rows(rows, Handover(block))
    count = rows?.count ?? block.count
  }

  public var known: [RowOrigin] {
    switch content {
    case .known(let origins): origins
    case .rows(let rows, let block): block.value.origins(rows: rows)
    }
  }

  public subscript(row: Int) -> RowOrigin {
    switch content {
    case .known(let origins): origins[row]
    case .rows(let rows, let block): block.value.origins(rows: [rows?[row] ?? Int32(row)])[0]
    }
  }

  /// Those of some rows, in any order, also several times.
  public func gathered(_ indices: [Int32]) -> RowOrigins {
    switch content {
    case .known(let origins): RowOrigins(Column.gather(origins, indices))
    case .rows(let rows, let block):
      RowOrigins(rows: rows.map { Column.gather($0, indices) } ?? indices, of: block.value)
    }
  }
}
