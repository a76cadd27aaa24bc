import Aggregation
import Columns
import Testing

private let groups = Column(["a", "b", "a", "a", "b", "a"].map { .string($0) }, of: .string)
private let order = Column([3, 1, 1, 1, 2, 2].map { .int($0) }, of: .int)
private let amounts = Column(
  [
    .decimal(ExactDecimal(coefficient: 450, scale: 2)), .missing, .decimal(ExactDecimal(coefficient: 0, scale: 2)),
    .decimal(ExactDecimal(coefficient: 100, scale: 2)), .decimal(ExactDecimal(coefficient: 700, scale: 2)),
    .decimal(ExactDecimal(coefficient: 300, scale: 2)),
  ], of: .decimal(precision: 10, scale: 2))

private let batch = Batch(columns: [groups, order, amounts], count: 6)
private let partitions = Partitions(of: batch, by: [0], types: [.string], order: [SortKey(column: 1)])

/// The results by input row, as text.
private func results(_ name: String, _ arguments: [ArgumentType] = [], _ columns: [Column] = []) throws -> [String] {
  let function = try #require(WindowFunctions.named(name)).init(resolving: arguments)
  let column = try function.evaluate(partitions, arguments: columns)
  #expect(Column(column.scalars, of: function.resultType.data).scalars == column.scalars)
  if !function.resultType.isNullable { #expect(!column.scalars.contains(.missing)) }
  return column.scalars.map(\.text)
}

private let amount = ArgumentType(ValueType(.decimal(precision: 10, scale: 2), isNullable: true))
private func constant(_ value: Int64) -> ArgumentType { ArgumentType(type: ValueType(.int), constant: .int(value)) }

// In order, partition a is rows 2, 3 (peers), 5, 0 and b is rows 1, 4.
@Test func ranksCountWithAndWithoutGaps() throws {
  #expect(try results("rank") == ["4", "1", "1", "1", "2", "3"])
  #expect(try results("dense_rank") == ["3", "1", "1", "1", "2", "2"])
  #expect(try results("row_number") == ["4", "1", "1", "2", "2", "3"])
  #expect(try results("percent_rank") == ["1", "0", "0", "0", "1", "0.666666666666666667"])
  #expect(try results("ntile", [constant(3)]) == ["3", "1", "1", "1", "2", "2"])
}

@Test func runningTotalsFollowTheOrderAndSkipMissingValues() throws {
  #expect(try results("running_sum", [amount], [amounts]) == ["8.5", "0", "0", "1", "7", "4"])
  #expect(try results("running_count", [amount], [amounts]) == ["4", "0", "1", "2", "1", "3"])
  #expect(try results("running_avg", [amount], [amounts]) == ["2.125", "nil", "0", "0.5", "7", "1.333333333333333333"])
  #expect(try results("running_min", [amount], [amounts]) == ["0", "nil", "0", "0", "7", "0"])
  #expect(try results("running_max", [amount], [amounts]) == ["4.5", "nil", "0", "1", "7", "3"])
  #expect(try results("moving_sum", [amount, constant(2)], [amounts]) == ["7.5", "0", "0", "1", "7", "4"])
  #expect(try results("moving_avg", [amount, constant(2)], [amounts]) == ["3.75", "nil", "0", "0.5", "7", "2"])
}

@Test func shiftsStayWithinThePartition() throws {
  #expect(try results("lag", [amount], [amounts]) == ["3", "nil", "nil", "0", "nil", "1"])
  #expect(try results("lead", [amount, constant(2)], [amounts]) == ["nil", "nil", "3", "4.5", "nil", "nil"])
  let zero = Column([Scalar](repeating: .decimal(ExactDecimal(0)), count: 6), of: .decimal(precision: 10, scale: 2))
  let type = ArgumentType(ValueType(.decimal(precision: 10, scale: 2)))
  #expect(try results("lag", [amount, constant(1), type], [amounts, zero, zero]) == ["3", "0", "0", "0", "nil", "1"])
  #expect(try results("first_value", [amount], [amounts]) == ["0", "nil", "0", "0", "nil", "0"])
  #expect(try results("last_value", [amount], [amounts]) == ["4.5", "7", "4.5", "4.5", "7", "4.5"])
}

@Test func growthAndShareAreExactTo18Places() throws {
  #expect(try results("growth", [amount], [amounts]) == ["0.5", "nil", "nil", "nil", "nil", "2"])
  #expect(
    try results("share", [amount], [amounts])
      == ["0.529411764705882353", "nil", "0", "0.117647058823529412", "1", "0.352941176470588235"])
}

@Test func floatsSumExactlyInWindowsToo() throws {
  let floats = Column(.floats([1e16, 0, 1, 1, -1e16, 0.1]))
  let type = ArgumentType(ValueType(.float))
  #expect(try results("running_sum", [type], [floats])[0] == (1e16 + 2).description)
  #expect(try results("moving_sum", [type, constant(2)], [floats]) == ["1e+16", "0.0", "1.0", "2.0", "-1e+16", "1.1"])
}

@Test func everyWindowFunctionHasItsOwnNameAndRefusesWrongCounts() {
  #expect(Set(WindowFunctions.all.map { $0.declaration.name }).count == WindowFunctions.all.count)
  for function in WindowFunctions.all {
    let tooMany = [ArgumentType](repeating: amount, count: function.declaration.argumentCount.upperBound + 1)
    #expect(throws: ReductionProblem.self) { try function.init(resolving: tooMany) }
  }
}
