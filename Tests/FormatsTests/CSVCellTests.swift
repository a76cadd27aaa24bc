import Columns
import Diagnostics
import Testing

@testable import Formats

struct CSVCellTests {
  private func read(
    _ cells: [String], _ type: String, _ adjust: (inout ColumnReading) -> Void = { _ in }
  ) throws -> ReadRows {
    let folder = TestFolder()
    var reading = ColumnReading("rate", try ValueType(parsing: type))
    adjust(&reading)
    let path = try folder.write("cells.csv", "rate,x\n" + cells.map { $0 + ",\n" }.joined())
    return try readAll(CSVSource.open(paths: [path], columns: [reading]))
  }

  private func decimal(_ text: String) -> Scalar { ExactDecimal(text).map { .decimal($0) } ?? .missing }

  @Test func decimalsKeepEveryDigit() throws {
    let texts = [
      "0", "1.5", "-1.25", "+7", ".5", "-.5", "12345.67", "123456.78", "00012.30", "9999999999.99",
      "1.2500000000000000000",
      "\"12.5\"",
    ]
    let read = try read(texts, "decimal(12,2)")
    #expect(read.failures == [])
    let plain = texts.map { $0.filter { $0 != "\"" } }
    #expect(read.rows.map { $0[0] } == plain.map { decimal($0) })
  }

  @Test func wideDecimalsKeepEveryDigit() throws {
    let texts = ["12345678901234567890.123456789012345678", "-0.000000000000000001", "7786596450288373164569331648084"]
    let read = try read(Array(texts.prefix(2)), "decimal(38,18)")
    #expect(read.rows.map { $0[0] } == texts.prefix(2).map { decimal($0) })
    let whole = try self.read([texts[2]], "decimal(38,0)")
    #expect(whole.rows.map { $0[0] } == [decimal(texts[2])])
  }

  @Test(arguments: [
    "1.234", "1e5", "1 000", " 1", "1 ", "$5", "1,5x", "--1", "1.2.3", ".", "-", "+", "abc", "10000000000", "5.",
    "0x10",
    "٣", "1234567890123456789012345678901234567890123", "12345678.12345678", "1-2", "/", ":", "1:5",
  ])
  func nothingIsRoundedOrGuessed(_ text: String) throws {
    let read = try read(["\"" + text + "\""], "decimal(12,2)")
    #expect(read.failures.count == 1)
    #expect(read.failures.first?.contains("bad-cell '\(text.prefix(59))") == true, "\(read.failures)")
  }

  @Test func aMessageSaysHowManyDecimalsAreTooMany() throws {
    let read = try read(["12.345"], "decimal(8,2) USD")
    #expect(read.failures == ["7 bad-cell '12.345' has 3 decimals where rate has 2"])
  }

  @Test func fastAndSlowReadingOfNumbersAgree() throws {
    var numbers = SeededNumbers(5)
    let alphabet = Array("0123456789012345678901234567890123456789..-+e x".utf8)
    var window: [[UInt8]] = []
    for _ in 0..<60_000 {
      let length = Int(numbers.next() % 20) + 1
      window.append((0..<length).map { _ in alphabet[Int(numbers.next() % UInt64(alphabet.count))] })
    }
    let texts = window.map { String(decoding: $0, as: UTF8.self) }
    for type in [
      "int", "decimal(18,4)", "decimal(9,0)", "decimal(16,16)", "decimal(19,4)", "decimal(38,10)", "decimal(20,20)",
      "float",
    ] {
      let fast = try read(texts, type)
      // A token that never comes keeps the kernels out.
      let slow = try read(texts, type) { $0.missing.append("never") }
      #expect(fast == slow)
      #expect(fast.rows.count == texts.count)
    }
  }

  @Test func fastAndSlowReadingOfWideDecimalsAgree() throws {
    var numbers = SeededNumbers(6)
    let texts = (0..<20_000).map { _ in
      let digits = (0..<Int(numbers.next() % 39) + 1).map { _ in String(numbers.next() % 10) }.joined()
      let place = Int(numbers.next() % UInt64(digits.count + 1))
      let point = numbers.next() % 4 == 0 ? "" : "."
      return (numbers.next() % 3 == 0 ? "-" : "") + digits.prefix(place) + point + digits.dropFirst(place)
    }
    for type in ["decimal(38,0)", "decimal(38,18)", "decimal(30,10)", "decimal(19,1)"] {
      let fast = try read(texts, type)
      #expect(fast == (try read(texts, type) { $0.missing.append("never") }))
      #expect(fast.failures.count < texts.count && fast.failures.count > 0)
    }
  }

  @Test func everyFloatIsTheNearestToWhatIsWritten() throws {
    var numbers = SeededNumbers(8)
    // Halfway between two floats, and one digit off.
    var texts = [
      "9007199254740993", "9007199254740992.5", "9007199254740993.001", "4503599627370497.5", "4503599627370496.5",
      "-0", "-0.0", "0", "+7.25", "1e22", "1.7976931348623157e308", "1e400", "123456789012345678",
      "9999999999999999999",
      "0.000000000000000000000000001", "8.5e-3", "0.1", "18446744073709551615", "1.0000000000000002220", "5.",
    ]
    for _ in 0..<20_000 {
      let float = Double(numbers.next() >> 11) / Double(1 << (numbers.next() % 54))
      texts.append(String(float))
      let digits = String(numbers.next() % 10_000_000_000_000_000_000)
      let place = Int(numbers.next() % UInt64(digits.count + 1))
      texts.append("\(digits.prefix(place)).\(digits.dropFirst(place))")
    }
    let read = try read(texts, "float")
    for (row, text) in texts.enumerated() {
      let expected = Double(text).flatMap { $0.isFinite ? $0 : nil }
      guard case .float(let value) = read.rows[row][0] else {
        #expect(expected == nil, "\(text)")
        continue
      }
      #expect(value.bitPattern == expected?.bitPattern, "\(text)")
    }
  }

  @Test func fastAndSlowReadingOfTimesAgree() throws {
    var texts: [String] = []
    for day in ["2024-02-29", "0001-01-01", "9999-12-31", "2023-02-29", "2024-1-01"] {
      for time in [
        "T08:30:00", " 23:59:59", "t00:00:00", "T24:00:00", "T12:60:00", "T12:00:60", "T1:00:00", "_01:02:03", "T08:30",
        "",
      ] {
        for fraction in ["", ".5", ".123456", ".1234560", ".1234567", ".", ".x"] {
          for zone in ["", "Z", "z", "+00:00", "-05:30", "+23:59", "+24:00", "+0530", "+05:3", " UTC", "x"] {
            texts.append(day + time + fraction + zone)
          }
        }
      }
    }
    for zone in [ZoneOffset.utc, try #require(ZoneOffset(parsing: "+05:30"))] {
      let fast = try read(texts, "timestamp") { $0.zone = zone }
      let slow = try read(texts, "timestamp") {
        $0.zone = zone
        $0.missing.append("never")
      }
      #expect(fast == slow)
      #expect(fast.failures.count < texts.count && fast.failures.count > 0)
    }
  }

  @Test func fastAndSlowReadingOfBoolsAgree() throws {
    let texts = [
      "true", "false", "TRUE", "False", "tRUE", "truely", "fals", "1", "true ", "\"true\"", "\"false\"", "yes", "",
    ]
    for type in ["bool", "bool?"] {
      let fast = try read(texts, type)
      #expect(fast == (try read(texts, type) { $0.missing.append("never") }))
      #expect(fast.rows.prefix(4).map { $0[0] } == [.bool(true), .bool(false), .bool(true), .bool(false)])
    }
  }

  @Test func fastAndSlowReadingOfDatesAgree() throws {
    var texts: [String] = []
    for year in ["0000", "0001", "1900", "1999", "2000", "2024", "2023", "9999", "20a4"] {
      for month in ["00", "01", "02", "04", "12", "13", "1/"] {
        for day in ["00", "01", "28", "29", "30", "31", "32", "3:"] { texts.append("\(year)-\(month)-\(day)") }
      }
    }
    texts += ["2024-1-1", "2024/01/01", "2024-01-01x", "20240101"]
    let fast = try read(texts, "date")
    let slow = try read(texts, "date") { $0.missing.append("never") }
    #expect(fast == slow)
    #expect(fast.rows.contains([.date(try #require(CalendarDate("2024-02-29")))]))
    #expect(fast.failures.contains { $0.contains("'2023-02-29' is not a date") })
  }

  @Test func intsReachBothEndsAndNoFurther() throws {
    let read = try read(["9223372036854775807", "-9223372036854775808", "-0", "9223372036854775808"], "int")
    #expect(read.rows.prefix(3).map { $0[0] } == [.int(.max), .int(.min), .int(0)])
    #expect(read.failures.count == 1 && read.failures[0].contains("does not fit into 64 bits"))
  }

  @Test func anEmptyCellIsMissingAndEmptyQuotesAreTheEmptyText() throws {
    let texts = try read(["", "\"\"", "x"], "string?")
    #expect(texts.rows.map { $0[0] } == [.missing, .string(""), .string("x")])
    let numbers = try read(["", "\"\"", "1"], "int?")
    #expect(numbers.rows.map { $0[0] } == [.missing, .missing, .int(1)])
    let required = try read(["", "\"\""], "string")
    #expect(required.failures == ["7 missing-value rate has no value"])
  }

  @Test func otherWordsCanStandForMissing() throws {
    let read = try read(["N/A", "", "1.5", "-"], "decimal(12,6)?") { $0.missing = ["", "N/A"] }
    #expect(read.rows.prefix(3).map { $0[0] } == [.missing, .missing, decimal("1.5")])
    #expect(read.failures.count == 1)
  }

  @Test func thousandsAreMarkedOnlyWhereTheyAre() throws {
    let good = try read(["\"1,234,567.5\"", "12.5", "\"-1,000\""], "decimal(12,2)") { $0.thousands = UInt8(ascii: ",") }
    #expect(good.rows.map { $0[0] } == [decimal("1234567.5"), decimal("12.5"), decimal("-1000")])
    let bad = try read(["\"1,23\"", "\"12345,678\"", "\",123\"", "\"1.234,5\""], "decimal(12,2)") {
      $0.thousands = UInt8(ascii: ",")
    }
    #expect(bad.failures.count == 4)
    let comma = try read(["\"1.234,5\""], "decimal(12,2)") {
      $0.thousands = UInt8(ascii: ".")
      $0.decimalPoint = UInt8(ascii: ",")
    }
    #expect(comma.rows == [[decimal("1234.5")]])
  }

  @Test func datesFollowTheirPattern() throws {
    let read = try read(["3 Feb 24", "29 feb 23", "03 FEB 99"], "date") { $0.format = DateFormatSpec("d MMM yy") }
    #expect(read.rows[0] == [.date(try #require(CalendarDate("2024-02-03")))])
    #expect(read.rows[2] == [.date(try #require(CalendarDate("1999-02-03")))])
    #expect(read.failures.count == 1)
    let afternoon = try self.read(["12/31/2024 12:05 am", "1/2/2024 01:30 PM"], "timestamp") {
      $0.format = DateFormatSpec("M/d/yyyy hh:mm a")
      $0.zone = ZoneOffset(minutes: 60)
    }
    #expect(afternoon.rows.map { $0[0].text } == ["2024-12-30T23:05:00Z", "2024-01-02T12:30:00Z"])
    let epochs = try self.read(["0", "-1.5", "1700000000"], "timestamp") { $0.format = DateFormatSpec("epoch_s") }
    #expect(
      epochs.rows.map { $0[0].text } == ["1970-01-01T00:00:00Z", "1969-12-31T23:59:58.5Z", "2023-11-14T22:13:20Z"])
    #expect(DateFormatSpec("yyyy-MM") == nil && DateFormatSpec("q") == nil)
  }

  @Test func floatsTakeExponentsButNoNames() throws {
    let read = try read(["1e3", "-2.5E-2", "0.1", "nan", "inf", "0x1p3", "1e999"], "float")
    #expect(read.rows.prefix(3).map { $0[0] } == [.float(1000), .float(-0.025), .float(0.1)])
    #expect(read.failures.count == 4)
  }

  @Test func listsAreCutAndReadElementByElement() throws {
    let read = try read(["a|b", "a", "\"\"", "a||b"], "list<string>?") { $0.split = "|" }
    #expect(
      read.rows.map { $0[0] } == [
        .list([.string("a"), .string("b")]), .list([.string("a")]), .missing,
        .list([.string("a"), .string(""), .string("b")]),
      ])
    let numbers = try self.read(["1|2|x"], "list<int>")
    #expect(numbers.failures.count == 1)
  }

  @Test func manyDistinctTextsReadAsTheyAre() throws {
    let texts = (0..<20_000).map { "text number \($0 * 7919)" }
    let read = try read(texts, "string")
    #expect(read.rows.map { $0[0] } == texts.map { .string($0) })
  }
}
