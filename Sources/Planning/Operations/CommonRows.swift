import Expressions

/// Rows that several steps see, some of them after conditions.
public struct CommonRows: Sendable {
  /// By column of a step's input, the column of the rows that it is.
  private let columns: [Int: Int]
  /// Expressions that are looked for; nil for all.
  public let chosen: Set<ColumnExpression>?

  public init(columns: [Int: Int], chosen: Set<ColumnExpression>? = nil) {
    self.columns = columns
    self.chosen = chosen
  }

  public func column(_ input: Int) -> Int? { columns[input] }

  /// The rows as a function sees them that is called with columns of the input.
  public func arguments(_ inputs: [Int]) -> CommonRows {
    var own: [Int: Int] = [:]
    for (argument, input) in inputs.enumerated() { own[argument] = columns[input] }
    return CommonRows(columns: own, chosen: chosen)
  }

  public func expressions(of program: Program) -> Set<ColumnExpression> {
    program.expressions(column, among: chosen)
  }
}

extension Program {
  public func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> Program { taking(numbers, rows.column) }
}
