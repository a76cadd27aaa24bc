import Columns
import Diagnostics
import Testing

@testable import Formats

struct JSONSourceTests {
  private func column(_ name: String, _ type: String, path: [String] = []) throws -> ColumnReading {
    ColumnReading(name, try ValueType(parsing: type), path: path)
  }

  private let folder = TestFolder()

  @Test func numbersKeepTheirCharacters() throws {
    let path = try folder.write(
      "a.json", #"{"data": [{"v": 397836144.890000000000000001, "at": "2024-02-29"}, {"v": "1.5", "at": null}, {}]}"#)
    let source = try JSONSource.open(
      paths: [path], rows: "data", columns: [column("v", "decimal(38,18)?"), column("at", "date?")])
    let read = try readAll(source)
    #expect(read.failures == [])
    #expect(
      read.rows.map { $0.map(\.text) } == [
        ["397836144.890000000000000001", "2024-02-29"], ["1.5", "nil"], ["nil", "nil"],
      ])
  }

  @Test func pathsLeadIntoObjectsAndArrays() throws {
    let path = try folder.write(
      "b.json", #"[{"totals": [{"value": 1}, {"value": 2}], "a.b": {"c": "x\u00e9\n"}, "z": [1, [2], {}]}, [7, 8]]"#)
    let source = try JSONSource.open(
      paths: [path],
      columns: [
        column("second", "int?", path: ["totals", "1", "value"]),
        column("c", "string?", path: try #require(JSONFields.path(parsing: #""a.b".c"#))),
        column("first", "int?", path: ["0"]),
      ])
    #expect(
      try readAll(source).rows == [[.int(2), .string("xé\n"), .missing], [.missing, .missing, .int(7)]])
  }

  @Test func membersOfAnObjectAreRowsWithTheirKeys() throws {
    let path = try folder.write("c.json", #"{"prices": {"BTC": {"usd": 5}, "ETH": {"usd": 6}}, "at": 1}"#)
    let source = try JSONSource.open(
      paths: [path], rows: "prices.*", columns: [column("_key", "string"), column("usd", "int")])
    #expect(try readAll(source).rows == [[.string("BTC"), .int(5)], [.string("ETH"), .int(6)]])
  }

  @Test func listsAreArraysOfSingleValues() throws {
    let path = try folder.write("d.json", #"{"skills": ["a", "b|c", "\u0041"], "days": ["2024-01-01"]}"#)
    let source = try JSONSource.open(
      paths: [path], columns: [column("skills", "list<string>"), column("days", "list<date>")])
    let read = try readAll(source)
    #expect(read.rows[0][0] == .list([.string("a"), .string("b|c"), .string("A")]))
    #expect(read.rows[0][1].text == "[2024-01-01]")
  }

  @Test func deepNestingIsAnErrorAndNoCrash() throws {
    let deep = String(repeating: "[", count: 200_000)
    let path = try folder.write("e.json", deep)
    let source = try JSONSource.open(paths: [path], columns: [])
    let error = #expect(throws: RunFailure.self) { try readAll(source) }
    #expect(error?.diagnostic.message.contains("nested deeper than 512") == true)
  }

  @Test func aMissingPathSaysSo() throws {
    let path = try folder.write("f.json", "{\"data\": []}")
    let error = #expect(throws: RunFailure.self) {
      try readAll(JSONSource.open(paths: [path], rows: "data.items", columns: []))
    }
    #expect(error?.diagnostic.message.contains("nothing at 'data.items'") == true)
  }

  @Test func linesAreTheSameForAnySplit() throws {
    var text = ""
    for index in 0..<3000 {
      switch index % 7 {
      case 3: text += "\n"
      case 5: text += "{\"id\": \(index), \"name\": \"line \\\"\(index)\\\"\"}\r\n"
      case 6: text += "{\"id\": \(index), \"name\": }\n"
      default: text += "{\"name\": \"n\(index % 50)\", \"id\": \(index), \"more\": {\"x\": [1, 2, {\"y\": null}]}}\n"
      }
    }
    text.removeLast()
    let path = try folder.write("g.ndjson", text)
    let columns = [try column("id", "int"), try column("name", "string")]
    func read(_ splitSize: Int) throws -> ReadRows {
      try readAll(
        JSONSource(paths: [path], rows: "", layout: .lines, columns: columns, firstFile: 0, splitSize: splitSize))
    }
    let whole = try read(1 << 22)
    let (blank, broken) = ((0..<3000).count { $0 % 7 == 3 }, (0..<3000).count { $0 % 7 == 6 })
    #expect(whole.rows.count == 3000 - blank - broken && whole.structural.count == broken)
    for splitSize in [4096, 100, 37] { #expect(try read(splitSize) == whole) }
  }

  @Test func readingInBulkAndLineByLineAgreeOnHostileLines() throws {
    var numbers = SeededNumbers(11)
    let alphabet = Array("{}[]\":,\\ntf0123456789.-+eE u\n\t\u{1}é".utf8) + [0xFF, 0xC3]
    var bytes: [UInt8] = []
    for index in 0..<5_000 {
      var line = Array(
        "{\"id\":\(index), \"name\" : \"n\\u00e9\(index % 9)\\n\",\"v\":-\(index).5e-1,\"x\":null,\"b\":true}\n".utf8)
      if index % 3 == 0 {
        for _ in 0...Int(numbers.next() % 3) {
          line[Int(numbers.next() % UInt64(line.count))] = alphabet[Int(numbers.next() % UInt64(alphabet.count))]
        }
      }
      bytes += line
    }
    let path = try folder.write("i.ndjson", bytes)
    let columns = [
      try column("id", "int?"), try column("name", "string?"), try column("v", "float?"), try column("b", "bool?"),
    ]
    func read(_ inBulk: Bool, _ splitSize: Int) throws -> ReadRows {
      try readAll(
        JSONSource(
          paths: [path], rows: "", layout: .lines, columns: columns, firstFile: 0, splitSize: splitSize,
          readsInBulk: inBulk))
    }
    let slow = try read(false, 1 << 22)
    #expect(slow.rows.count > 3_000 && slow.structural.count > 300)
    #expect(try read(true, 1 << 22) == slow)
    #expect(try read(true, 5000) == slow)
  }

  @Test func originalRowsAreTheTextOfTheLine() throws {
    let path = try folder.write("h.ndjson", "{\"a\": 1}\n{\"a\": \"x\"}\n")
    let source = try JSONSource.open(paths: [path], layout: .lines, columns: [column("a", "int")])
    #expect(try source.originalRows(file: 0, at: [9]) == [OriginalRow(line: 2, cells: ["{\"a\": \"x\"}"])])
  }
}
