import Columns
import Testing

@testable import Formats

struct EncoderTests {
  private func schema(_ fields: (String, String)...) throws -> Schema {
    Schema(try fields.map { Field($0.0, try ValueType(parsing: $0.1)) })
  }

  private func money(_ text: String) -> Scalar { ExactDecimal(text).map { .decimal($0) } ?? .missing }

  @Test func csvShowsTheDigitsOfTheUnitAndNoFurtherZeros() throws {
    let schema = try schema(
      ("gsv", "decimal(38,18) USD"), ("n", "decimal(18,4)?"), ("t", "string?"), ("l", "list<string>?"))
    let columns = [
      Column([money("12.5"), money("0.125"), money("-3")], of: schema[0].type.data),
      Column([money("1.5"), .missing, money("7")], of: schema[1].type.data),
      Column([.string(""), .missing, .string("a \"b\",\nc")], of: .string),
      Column([.list([.string("x"), .string("y")]), .missing, .list([.string("p,q")])], of: .list(.string)),
    ]
    let encoder = CSVEncoder(schema: schema, minimumDecimals: ["USD": 2])
    var bytes: [UInt8] = []
    encoder.appendHeader(to: &bytes)
    encoder.append(Batch(columns: columns, count: 3), to: &bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "gsv,n,t,l\n12.50,1.5,\"\",x|y\n0.125,,,\n-3.00,7,\"a \"\"b\"\",\nc\",\"p,q\"\n")
  }

  @Test func jsonKeepsAllDigitsAndEscapesText() throws {
    let schema = try schema(("v", "decimal(38,18)"), ("t", "string"), ("d", "date?"), ("l", "list<int>"))
    let columns = [
      Column([money("397836144.890000000000000001"), money("1")], of: schema[0].type.data),
      Column([.string("\"\\\n\u{1}é"), .string("")], of: .string),
      Column([.date(CalendarDate(days: 0)), .missing], of: .date),
      Column([.list([.int(1), .int(2)]), .list([])], of: .list(.int)),
    ]
    var bytes: [UInt8] = []
    var encoder = JSONRowsEncoder(schema: schema)
    encoder.begin(&bytes)
    encoder.append(Batch(columns: columns, count: 2), to: &bytes)
    encoder.end(&bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        [
          {"v": 397836144.890000000000000001, "t": "\\"\\\\\\n\\u0001é", "d": "1970-01-01", "l": [1, 2]},
          {"v": 1, "t": "", "d": null, "l": []}
        ]
        """)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    var numbers = SeededNumbers(3)
    let alphabet: [Character] = ["a", ",", "\"", "\n", "\r", "é", " ", "|", "\\", "\u{1}", "😀"]
    var texts: [Scalar] = []
    for _ in 0..<5000 {
      if numbers.next() % 9 == 0 {
        texts.append(.missing)
        continue
      }
      let length = Int(numbers.next() % 6)
      texts.append(.string(String((0..<length).map { _ in alphabet[Int(numbers.next() % UInt64(alphabet.count))] })))
    }
    let amounts = (0..<5000).map { _ in
      Scalar.decimal(ExactDecimal(coefficient: Int128(Int64(truncatingIfNeeded: numbers.next()) >> 8), scale: 4))
    }
    let schema = try schema(("t", "string?"), ("v", "decimal(18,4) USD"))
    let batch = Batch(
      columns: [Column(texts, of: .string), Column(amounts, of: schema[1].type.data)], count: texts.count)
    let columns = schema.fields.map { ColumnReading($0.name, $0.type) }
    let folder = TestFolder()
    var bytes: [UInt8] = []
    let csv = CSVEncoder(schema: schema, minimumDecimals: ["USD": 2])
    csv.appendHeader(to: &bytes)
    csv.append(batch, to: &bytes)
    let expected = zip(texts, amounts).map { [$0, $1] }
    #expect(try readAll(CSVSource.open(paths: [folder.write("a.csv", bytes)], columns: columns)).rows == expected)
    for asStrings in [false, true] {
      var bytes: [UInt8] = []
      var json = JSONRowsEncoder(schema: schema, decimalsAsStrings: asStrings)
      json.begin(&bytes)
      json.append(batch, to: &bytes)
      json.end(&bytes)
      #expect(try readAll(JSONSource.open(paths: [folder.write("a.json", bytes)], columns: columns)).rows == expected)
    }
  }

  @Test func aReportSaysWhatItsColumnsMean() throws {
    var field = Field("gsv", try ValueType(parsing: "decimal(18,2) USD"))
    field.provenance = Provenance(title: "GSV", definition: "All \"dollars\".", source: "network 1.0.0")
    let table = Table(
      schema: Schema([field]), batches: [Batch(columns: [Column([money("5")], of: field.type.data)], count: 1)])
    var report = ReportEncoder(minimumDecimals: ["USD": 2])
    var bytes: [UInt8] = []
    var written: [UInt8] = []
    report.begin(&bytes)
    try report.append(table, named: "monthly", to: &bytes) { written += $0 }
    report.end(&bytes)
    #expect(
      String(decoding: written + bytes, as: UTF8.self) == """
        {"tables": {
          "monthly": {
            "columns": [
              {"name": "gsv", "title": "GSV", "definition": "All \\"dollars\\".", "type": "decimal(18,2)", "unit": "USD", "source": "network 1.0.0"}
            ],
            "rows": [
              {"gsv": 5.00}
            ]
          }
        }}

        """)
  }
}
