import Aggregation
import Columns
import Diagnostics
import Testing

private func partial(_ name: String, _ type: DataType, _ batches: [Column]) throws -> any ReductionPartial {
  let reduction = try #require(Reductions.named(name)).init(resolving: [ArgumentType(ValueType(type))])
  let partial = reduction.makePartial()
  partial.grow(to: 1)
  for (index, column) in batches.enumerated() {
    partial.add(
      [column], groups: [UInt32](repeating: 0, count: column.count), position: Batch.Position(split: 0, batch: index))
  }
  return partial
}

private func result(_ name: String, _ type: DataType, _ column: Column) throws -> Scalar {
  try partial(name, type, [column]).finish(groupCount: 1).scalar(0)
}

private func failure(_ name: String, _ type: DataType, _ column: Column) -> DiagnosticCode? {
  do {
    _ = try result(name, type, column)
    return nil
  } catch { return (error as? RunFailure)?.diagnostic.code }
}

private let most = DecimalArithmetic.bound - 1
private let wide = DataType.decimal(precision: 38, scale: 0)

@Test func sumsThatPassTheirTypeFailAndThoseThatOnlyPassItOnTheWayDoNot() throws {
  #expect(failure("sum", .int, Column(.ints([.max, 1]))) == .overflow)
  #expect(try result("sum", .int, Column(.ints([.max, .max, .min, .min, 2]))) == .int(0))
  #expect(failure("sum", wide, Column(.decimals128([most, 1], scale: 0))) == .overflow)
  #expect(failure("sum", wide, Column(.decimals128([Int128](repeating: -most, count: 9), scale: 0))) == .overflow)
  let swings = [most, most, most, -most, -most, -most, 7]
  #expect(try result("sum", wide, Column(.decimals128(swings, scale: 0))) == .decimal(ExactDecimal(7)))
}

@Test func aNarrowAndAWideBatchAddUp() throws {
  let type = DataType.decimal(precision: 38, scale: 2)
  let both = try partial(
    "sum", type, [Column(.decimals64([-5, 3], scale: 2)), Column(.decimals128([most, -1], scale: 2))])
  #expect(try both.finish(groupCount: 1).scalar(0) == .decimal(ExactDecimal(coefficient: most - 3, scale: 2)))
  #expect(failure("avg", wide, Column(.decimals128([most], scale: 0))) == .overflow)
}

@Test func floatSumsAreExactAndSpecialValuesCarryThrough() throws {
  let tiny = Double.leastNonzeroMagnitude
  let huge = Double.greatestFiniteMagnitude
  func sum(_ values: [Double]) throws -> Double {
    guard case .float(let value) = try result("sum", .float, Column(.floats(values))) else { return .nan }
    return value
  }
  #expect(try sum([huge, tiny, -huge]) == tiny)
  #expect(try sum([huge, huge, -huge]) == huge)
  #expect(try sum([huge, huge]) == .infinity)
  #expect(try sum([tiny, tiny, -tiny]) == tiny)
  #expect(try sum([1, 0x1p-53]) == 1 && sum([1, 0x1p-53, tiny]) == 1.0.nextUp)
  #expect(try sum([-1, 1]) == 0 && sum([]) == 0)
  #expect(try sum([.infinity, 1]) == .infinity && sum([.infinity, -.infinity]).isNaN && sum([.nan, 1]).isNaN)
  #expect(try sum([Double](repeating: 0.1, count: 10)) == 1.0)
}

@Test func theSpreadOfShiftedValuesDoesNotDrown() throws {
  // 4, 7, 13, 16 have variance 30, wherever they are shifted to.
  let shifted = [4, 7, 13, 16].map { Int64($0) + 9_000_000_000_000_000_000 }
  #expect(try result("variance", .int, Column(.ints(shifted))) == .float(30))
  let large = [4, 7, 13, 16].map { Int128($0) + most - 100 }
  #expect(try result("variance", wide, Column(.decimals128(large, scale: 0))) == .float(30))
  #expect(try result("variance", .float, Column(.floats([4, 7, 13, 16].map { $0 + 1e15 }))) == .float(30))
  #expect(
    try result("stddev", .decimal(precision: 5, scale: 1), Column(.decimals64([20, 40], scale: 1)))
      == .float(2.0.squareRoot()))
  #expect(try result("stddev", .int, Column(.ints([1]))) == .missing)
  #expect(try result("variance", .float, Column(.floats([.infinity, 1]))).text.contains("nan"))
  #expect(try result("variance", .float, Column(.floats([1e300, -1e300]))) == .float(.infinity))
}

@Test func mediansInterpolateExactlyAndRoundOnce() throws {
  #expect(try result("median", .int, Column(.ints([.max, .max]))).text == "9223372036854775807")
  #expect(try result("median", .int, Column(.ints([1, 2]))).text == "1.5")
  let scale20 = DataType.decimal(precision: 38, scale: 20)
  #expect(try result("median", scale20, Column(.decimals128([1, 2], scale: 20))).text == "0")
  #expect(failure("median", wide, Column(.decimals128([most], scale: 0))) == .overflow)
  // An input made to be slow for quickselect.
  let killer = (0..<20_000).map { Int64($0 % 2 == 0 ? $0 : 20_000 - $0) }
  let sorted = killer.sorted()
  #expect(try result("median", .int, Column(.ints(killer))).text == result("median", .int, Column(.ints(sorted))).text)
}

@Test func whatAReductionCannotTakeIsRefusedByName() {
  func code(_ name: String, _ types: [DataType]) -> DiagnosticCode? {
    do throws(ReductionProblem) {
      _ = try Reductions.named(name)!.init(resolving: types.map { ArgumentType(ValueType($0)) })
      return nil
    } catch { return error.code }
  }
  #expect(code("sum", [.string]) == .typeMismatch && code("sum", []) == .argumentCount)
  #expect(code("min", [.list(.int)]) == .typeMismatch && code("any", [.int]) == .typeMismatch)
  #expect(code("quantile", [.int, .float]) == .wrongValue && code("arg_max", [.int]) == .argumentCount)
  #expect(Set(Reductions.all.map { $0.declaration.name }).count == Reductions.all.count)
}

@Test func unitsStayWithWhatTheyMeasure() throws {
  let dollars = ArgumentType(ValueType(.decimal(precision: 8, scale: 2), unit: Unit("USD")))
  #expect(try Sum(resolving: [dollars]).resultType.description == "decimal(38,2) USD")
  #expect(try Average(resolving: [dollars]).resultType.description == "decimal(38,18)? USD")
  #expect(try Variance(resolving: [dollars]).resultType.unit.description == "USD*USD")
  #expect(try Count(resolving: [dollars]).resultType.unit == .none)
  #expect(try Growth(resolving: [dollars]).resultType.unit == .none)
}
