import Columns

/// A call of an aggregate or window function over a few rows, and what comes of it: a part of the reference and a test.
public struct WorkedExample: Sendable {
  /// As a pipeline writes it.
  public let call: String
  /// A column and its values, with a space between: `x: int?` and `1 nil 3`.
  public let columns: [(declaration: String, values: String)]
  /// What an aggregate gives, or a window function for each row, with a space between.
  public let result: String

  private init(_ call: String, _ columns: KeyValuePairs<String, String>, is result: String) {
    self.call = call
    self.columns = columns.map { ($0.key, $0.value) }
    self.result = result
  }

  public static func of(_ function: String) -> WorkedExample? {
    all.first { $0.call.hasPrefix("\(function)(") || $0.call.contains("(\(function)(") }
  }

  private static let all = aggregates + windows

  private static let aggregates: [WorkedExample] = [
    WorkedExample("sum(x)", ["x: int?": "1 nil 3"], is: "4"),
    WorkedExample("count(x)", ["x: int?": "1 nil 3"], is: "2"),
    WorkedExample("count_distinct(x)", ["x: string?": "a b a nil"], is: "2"),
    WorkedExample("min(x)", ["x: int": "4 1 3"], is: "1"),
    WorkedExample("max(x)", ["x: int": "4 1 3"], is: "4"),
    WorkedExample("avg(x)", ["x: decimal(4,1)": "1.0 2.5"], is: "1.75"),
    WorkedExample("median(x)", ["x: int": "1 10 4"], is: "4"),
    WorkedExample("quantile(x, 0.25)", ["x: int": "1 2 3 4 5"], is: "2"),
    WorkedExample("stddev(x)", ["x: int": "1 3 5"], is: "2.0"),
    WorkedExample("variance(x)", ["x: int": "1 3 5"], is: "4.0"),
    WorkedExample("first(x)", ["x: string": "b a c"], is: "b"),
    WorkedExample("last(x)", ["x: string": "b a c"], is: "c"),
    WorkedExample("arg_max(x, by)", ["x: string": "a b c", "by: int": "1 3 2"], is: "b"),
    WorkedExample("arg_min(x, by)", ["x: string": "a b c", "by: int": "4 3 2"], is: "c"),
    WorkedExample("any(x)", ["x: bool": "false true"], is: "true"),
    WorkedExample("all(x)", ["x: bool": "false true"], is: "false"),
    WorkedExample("len(list(x))", ["x: string": "b a"], is: "2"),
  ]

  private static let windows: [WorkedExample] = [
    WorkedExample("rank()", ["x: int": "1 1 5"], is: "1 1 3"),
    WorkedExample("dense_rank()", ["x: int": "1 1 5"], is: "1 1 2"),
    WorkedExample("row_number()", ["x: int": "1 1 5"], is: "1 2 3"),
    WorkedExample("percent_rank()", ["x: int": "1 2 3"], is: "0 0.5 1"),
    WorkedExample("ntile(2)", ["x: int": "1 2 3 4"], is: "1 1 2 2"),
    WorkedExample("running_sum(x)", ["x: int": "1 2 3"], is: "1 3 6"),
    WorkedExample("running_count(x)", ["x: int?": "1 2 nil"], is: "1 2 2"),
    WorkedExample("running_avg(x)", ["x: int": "1 2 6"], is: "1 1.5 3"),
    WorkedExample("running_min(x)", ["x: int": "1 2 6"], is: "1 1 1"),
    WorkedExample("running_max(x)", ["x: int": "1 2 6"], is: "1 2 6"),
    WorkedExample("lag(x)", ["x: int": "1 2 6"], is: "nil 1 2"),
    WorkedExample("lead(x)", ["x: int": "1 2 6"], is: "2 6 nil"),
    WorkedExample("first_value(x)", ["x: int": "1 2 6"], is: "1 1 1"),
    WorkedExample("last_value(x)", ["x: int": "1 2 6"], is: "6 6 6"),
    WorkedExample("moving_sum(x, 2)", ["x: int": "1 2 6"], is: "1 3 8"),
    WorkedExample("moving_avg(x, 2)", ["x: int": "1 2 6"], is: "1 1.5 4"),
    WorkedExample("growth(x)", ["x: int": "1 2 3"], is: "nil 1 0.5"),
    WorkedExample("share(x)", ["x: int": "1 1 2"], is: "0.25 0.25 0.5"),
  ]
}
