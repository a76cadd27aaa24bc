extension FunctionManual {
  static let numbers: [FunctionManual] = [
    FunctionManual(
      "round(x: number, scale?: integer, mode?: string): decimal",
      "x with so many decimals, none unless said. Modes are half_even (unless said), half_up, half_down, up, down, "
        + "ceiling and floor.",
      #"round(decimal("2.345"), 2)"#, is: "2.34"),
    FunctionManual(
      "div(a: number, b: number, scale: integer, mode?: string): decimal",
      "a / b, rounded once to so many decimals.", "div(10, 3, 2)", is: "3.33"),
    FunctionManual(
      "mul_div(a: number, b: number, c: number, scale: integer, mode?: string): decimal",
      "a * b / c, rounded once to so many decimals; the product may have more than 38 digits.",
      "mul_div(100, 2, 3, 4)", is: "66.6667"),
    FunctionManual(
      "ratio(a: number?, b: number?): decimal?", "a / b at 18 decimals; nil where either is nil or b is 0.",
      "ratio(1, 4)", is: "0.25"),
    FunctionManual(
      "decimal(x: any): decimal", "An int, a text or a float of at most 15 digits as the exact number that is written.",
      #"decimal("0.10") + decimal("0.20")"#, is: "0.3"),
    FunctionManual("float(x: number): number", "A number as a float: no longer exact.", "float(2)", is: "2.0"),
    FunctionManual(
      "unit(x: number, name: string): decimal", "x with another unit; the number stays as it is.",
      #"unit(decimal(5), "USD")"#, is: "5"),
    FunctionManual(
      "graduated(x: number, tiers: table): decimal", "The sum over the slices of x, each at the rate of its tier.",
      "graduated(decimal(150), { { up_to = 100, rate = 0.1 }, { rate = 0.2 } })", is: "20"),
    FunctionManual(
      "volume(x: number, tiers: table): decimal", "All of x at the rate of the tier that it lies in.",
      "volume(decimal(150), { { up_to = 100, rate = 0.1 }, { rate = 0.2 } })", is: "30"),
    FunctionManual(
      "allocate(total: number, weights: table, scale?: integer): table",
      "Parts of a total, one for each weight and under its key, that sum to it exactly: by largest remainder, at 2 decimals "
        + "unless said; ties go to the first.",
      "allocate(100, { 1, 1, 1 })[1]", is: "33.34"),
    FunctionManual(
      "from_hex(s: string, scale?: integer): decimal",
      "The whole number that hexadecimal digits write, its last digits behind the point where a scale is given.",
      #"from_hex("0xff", 1)"#, is: "25.5"),
    FunctionManual("math.min(a: number…): number", "The least.", "math.min(3, 1, 2)", is: "1"),
    FunctionManual("math.max(a: number…): number", "The greatest.", "math.max(3, 1, 2)", is: "3"),
    FunctionManual("math.abs(x: number): number", "x without its sign.", "math.abs(-2)", is: "2"),
    FunctionManual(
      "math.floor(x: number): number", "The whole number at or below x.", "math.floor(decimal(\"-1.5\"))", is: "-2"),
    FunctionManual(
      "math.ceil(x: number): number", "The whole number at or above x.", "math.ceil(decimal(\"1.2\"))", is: "2"),
  ]

  static let conditions: [FunctionManual] = [
    FunctionManual(
      "eq(a: any, b: any): boolean",
      "Whether two values are the same number of any types, text or day; nil equals nil.", "eq(decimal(1), 1)",
      is: "true"),
    FunctionManual("is_nil(x: any): boolean", "Whether x is missing.", "is_nil(1)", is: "false"),
    FunctionManual(
      "one_of(x: any, a: any…): boolean", "Whether x is one of the values.", #"one_of("b", "a", "b")"#, is: "true"),
  ]

  static let dates: [FunctionManual] = [
    FunctionManual(
      "date(y: any, m?: integer, d?: integer): date",
      "A day, of a year, a month and a day; scripts may write it as a text as well. An error where there is no such "
        + "day.",
      "date(2024, 2, 29)", is: "2024-02-29"),
    FunctionManual(
      "add_months(d: date, n: integer): date", "The same day n months later, or that month's last.",
      "add_months(date(2024, 1, 31), 1)", is: "2024-02-29"),
    FunctionManual(
      "months_between(from: date, to: date): integer", "Whole months from one day to another.",
      "months_between(date(2024, 1, 15), date(2024, 4, 14))", is: "2"),
    FunctionManual(
      "month_end(d: date): date", "The last day of the month.", "month_end(date(2024, 2, 10))", is: "2024-02-29"),
    FunctionManual("week(d: date): date", "The first day of the week.", "week(date(2024, 2, 10))", is: "2024-02-05"),
    FunctionManual("month(d: date): date", "The first day of the month.", "month(date(2024, 2, 10))", is: "2024-02-01"),
    FunctionManual(
      "quarter(d: date): date", "The first day of the quarter.", "quarter(date(2024, 2, 10))", is: "2024-01-01"),
    FunctionManual("year(d: date): date", "The first day of the year.", "year(date(2024, 2, 10))", is: "2024-01-01"),
    FunctionManual(
      "dates(from: date, to: date, grain: string): date[]",
      "The first days of the periods from one day to another, both included: day, week, month, quarter or year.",
      #"len(dates(date(2024, 1, 15), date(2024, 4, 1), "month"))"#, is: "4"),
  ]

  static let texts: [FunctionManual] = [
    FunctionManual("lower(s: string): string", "s with ASCII letters in lower case.", #"lower("Ab")"#, is: "ab"),
    FunctionManual("upper(s: string): string", "s with ASCII letters in upper case.", #"upper("Ab")"#, is: "AB"),
    FunctionManual("trim(s: string): string", "s without white space at its ends.", #"trim("  a ")"#, is: "a"),
    FunctionManual(
      "sub(s: string, from: integer, to?: integer): string",
      "The bytes of s from one position to another, from 1; negative positions count from the end.",
      #"sub("abcd", 2, -2)"#, is: "bc"),
    FunctionManual(
      "starts_with(s: string, start: string): boolean", "Whether s begins so.", #"starts_with("abc", "ab")"#,
      is: "true"),
    FunctionManual(
      "ends_with(s: string, ending: string): boolean", "Whether s ends so.", #"ends_with("abc", "bc")"#, is: "true"),
    FunctionManual(
      "contains(x: any, part: any): boolean", "Whether a text has a part, or a list an element.",
      #"contains("abc", "b")"#, is: "true"),
    FunctionManual(
      "replace(s: string, old: string, new: string): string", "s with each old replaced by new.",
      #"replace("a-b-c", "-", "+")"#, is: "a+b+c"),
    FunctionManual(
      "split(s: string, mark: string): string[]", "The parts of s between marks.", #"len(split("a|b", "|"))"#, is: "2"),
    FunctionManual(
      "concat(s: any…): string", "Texts one after the other; in scripts numbers and days as well.",
      #"concat("a", "b")"#, is: "ab"),
    FunctionManual("len(x: any): integer", "Bytes of a text, or elements of a list.", #"len("abc")"#, is: "3"),
  ]
}
