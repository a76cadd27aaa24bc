import Columns
import Diagnostics
import Expressions

extension Kernel {
  private static let schema = Schema([
    Field("hours", ValueType(.decimal(precision: 6, scale: 2))),
    Field("rate", ValueType(.decimal(precision: 8, scale: 2))),
    Field("issued_on", ValueType(.date)), Field("status", ValueType(.string)),
    Field("referrer", ValueType(.int, isNullable: true)),
  ])

  /// Expressions over one batch.
  static var computing: [Kernel] {
    [
      expression("expression-product", "hours * rate * 1.15"),
      expression("expression-filter", "status == \"paid\" and hours > 10"),
      expression("expression-month", "month(issued_on)"),
      expression("expression-choice", "referrer and hours * 0.02 or hours"),
      expression("expression-round", "round(hours * rate * 0.1234, 2)"),
    ] + rules
  }

  /// Fee rules as people write them, as the functions' bodies.
  private static var rules: [Kernel] {
    let amount = "local amount = hours * rate "
    return [
      expression("rule-linear", amount + "return amount * 0.15"),
      expression(
        "rule-tiered",
        amount + """
          if amount > 10000 then return 1500 + (amount - 10000) * 0.08 end
          if amount > 1000 then return 150 + (amount - 1000) * 0.15 end
          return amount * 0.15
          """),
      expression("rule-capped", amount + "return math.max(25, math.min(amount * 0.15, 5000))"),
      expression(
        "rule-dated",
        amount + """
          if issued_on < "2021-01-01" then return amount * 0.10 end
          if issued_on < "2023-07-01" then return amount * 0.12 end
          return amount * 0.15
          """),
      expression(
        "rule-currency",
        amount + """
          if status == "paid" then return amount * 0.15 end
          if status == "open" then return amount * 0.15 * 1.02 end
          return amount * 0.2
          """),
    ]
  }

  private static func expression(_ name: String, _ text: String) -> Kernel {
    Kernel(name: name, rows: 4096) {
      var builder = ProgramBuilder(scope: ExpressionScope(columns: schema))
      _ = builder.add(LocatedText(text, path: name))
      try builder.diagnostics.throwIfErrors()
      let program = builder.build()
      let worker = ProgramWorker()
      let columns = invoiceColumns(4096)
      return { try program.evaluate(columns, count: 4096, worker: worker).columns[0].count }
    }
  }

  /// Columns of the schema.
  private static func invoiceColumns(_ count: Int) -> [Column] {
    var numbers = Numbers(2)
    let dictionary = TextDictionary()
    let statuses = ["paid", "open", "void"].map { dictionary.code(for: $0) }
    let hours = (0..<count).map { _ in Int64(numbers.below(16_000)) }
    let rates = (0..<count).map { _ in Int64(2000 + numbers.below(18_000)) }
    let dates = (0..<count).map { _ in Int32(17_775 + numbers.below(2982)) }
    let codes = (0..<count).map { _ in statuses[max(0, numbers.below(10) - 7)] }
    let referrers = (0..<count).map { _ in Int64(numbers.below(1000)) }
    return [
      Column(.decimals64(hours, scale: 2)), Column(.decimals64(rates, scale: 2)), Column(.dates(dates)),
      Column(.texts(.coded(codes, dictionary))),
      Column(.ints(referrers), present: (0..<count).map { _ in numbers.below(10) < 3 }),
    ]
  }
}
