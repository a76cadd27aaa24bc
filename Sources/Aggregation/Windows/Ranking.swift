import Columns
import Diagnostics

/// `rank()`: 1 + the rows that stand before the row's peers: 1, 1, 3.
public struct Rank: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "rank", "rank()", "The row's place in the order; equal rows share one: 1, 1, 3.", 0...0)
  public let resultType = ValueType(.int)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    Column(.ints(Self.ranks(partitions)))
  }

  static func ranks(_ partitions: Partitions) -> [Int64] {
    var ranks = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      var rank: Int64 = 1
      for place in range {
        if partitions.beginsPeers[place] { rank = Int64(place - range.lowerBound + 1) }
        ranks[Int(partitions.rows[place])] = rank
      }
    }
    return ranks
  }
}

/// `dense_rank()`: 1 + the distinct places before the row: 1, 1, 2.
public struct DenseRank: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "dense_rank", "dense_rank()", "The row's place in the order without gaps: 1, 1, 2.", 0...0)
  public let resultType = ValueType(.int)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    var ranks = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      var rank: Int64 = 0
      for place in range {
        if partitions.beginsPeers[place] { rank += 1 }
        ranks[Int(partitions.rows[place])] = rank
      }
    }
    return Column(.ints(ranks))
  }
}

/// `row_number()`: 1, 2, 3; equal rows in the order of the input.
public struct RowNumber: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "row_number", "row_number()", "The rows counted from 1; equal rows in the order in which they came.", 0...0)
  public let resultType = ValueType(.int)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    var numbers = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      for place in range { numbers[Int(partitions.rows[place])] = Int64(place - range.lowerBound + 1) }
    }
    return Column(.ints(numbers))
  }
}

/// `percent_rank()`: (rank - 1) / (rows - 1), 0 where there is one row.
public struct PercentRank: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "percent_rank", "percent_rank()", "The share of the other rows that stand before: (rank - 1) / (rows - 1).", 0...0)
  public let resultType = ValueType(.decimal(scale: Reductions.fractionScale))

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    let ranks = Rank.ranks(partitions)
    var shares = [Int128](repeating: 0, count: ranks.count)
    for range in partitions.ranges where range.count > 1 {
      for place in range {
        let row = Int(partitions.rows[place])
        // A share of at most 1 always fits.
        shares[row] =
          DecimalArithmetic.divide(
            Int128(ranks[row] - 1), scale: 0, by: Int128(range.count - 1), scale: 0, to: Reductions.fractionScale) ?? 0
      }
    }
    return Column(.decimals128(shares, scale: Reductions.fractionScale))
  }
}

/// `ntile(n)`: the rows dealt into n parts whose sizes differ by at most one, the larger first.
public struct NTile: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "ntile", "ntile(n)", "Which of n equal parts of the ordered rows the row is in, from 1.", 1...1)
  public let resultType = ValueType(.int)
  private let parts: Int

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    guard case .int(let parts) = arguments[0].constant, parts >= 1, parts <= 1_000_000_000 else {
      throw ReductionProblem(.wrongValue, "ntile takes a constant whole number, 1 or more")
    }
    self.parts = Int(parts)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    var tiles = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      let (size, larger) = range.count.quotientAndRemainder(dividingBy: parts)
      for place in range {
        let index = place - range.lowerBound
        let inLarger = larger * (size + 1)
        let tile = index < inLarger ? index / (size + 1) : larger + (index - inLarger) / size
        tiles[Int(partitions.rows[place])] = Int64(tile + 1)
      }
    }
    return Column(.ints(tiles))
  }
}
