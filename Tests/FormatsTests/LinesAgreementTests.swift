import Columns
import Diagnostics
import Testing

@testable import Formats

/// The reader of lines of JSON against its slow twin: the same rows, values, bad cells and places.
struct LinesAgreementTests {
  /// A row by where it begins: a text for each cell, `bad` for one that cannot be read; nil for a line that is no JSON.
  private typealias Rows = [Int: [String]?]

  private static let columns = [
    ColumnReading("id", ValueType(.int, isNullable: true)), ColumnReading("name", ValueType(.string, isNullable: true)),
    ColumnReading("deep", ValueType(.string, isNullable: true), path: ["n", "x", "1"]),
    ColumnReading("n", ValueType(.string, isNullable: true)),
  ]
  private static let bad = "bad"

  private func expected(_ text: [UInt8]) -> Rows {
    var rows: Rows = [:]
    for row in ReferenceLines.rows(text) {
      guard let value = row.value else {
        rows[row.start] = .some(nil)
        continue
      }
      let nested = value.member("n")
      rows[row.start] = [
        cell(value.member("id"), Self.columns[0]), cell(value.member("name"), Self.columns[1]),
        cell(nested?.member("x")?.element(1), Self.columns[2]), cell(nested, Self.columns[3]),
      ]
    }
    return rows
  }

  /// What a cell reads as. How a text becomes an int is the cell reader's affair, which has tests of its own.
  private func cell(_ value: ReferenceLines.Value?, _ column: ColumnReading) -> String {
    let reader = CellReader(column)
    func read(_ text: [UInt8], isQuoted: Bool) -> String {
      switch reader.read(text.span, isQuoted: isQuoted, reader.scalar) {
      case .value(let scalar): "\(scalar)"
      case .missing: "\(Scalar.missing)"
      case .bad: Self.bad
      }
    }
    switch value {
    case nil, .null: return "\(Scalar.missing)"
    case .bool(let value): return read(Array("\(value)".utf8), isQuoted: false)
    case .number(let text): return read(Array(text.utf8), isQuoted: false)
    case .string(let text): return text.map { read($0, isQuoted: true) } ?? Self.bad
    case .array, .object: return Self.bad
    }
  }

  private func read(_ source: JSONSource) throws -> Rows {
    var rows: Rows = [:]
    for split in source.splits {
      let reader = try source.makeReader(split)
      while let block = try reader.next() {
        let origins = block.origins(rows: nil)
        for failure in block.structuralFailures { rows[origins[Int(failure.row)].byte] = .some(nil) }
        let usable = block.usableRows ?? (0..<Int32(block.count)).map { $0 }
        var cells = usable.map { _ in [String]() }
        for index in source.columns.indices {
          let (column, failures) = block.column(index, rows: block.usableRows)
          let failing = Set(failures.map(\.row))
          for place in usable.indices {
            cells[place].append(failing.contains(Int32(place)) ? Self.bad : "\(column.scalar(place))")
          }
        }
        for (place, row) in usable.enumerated() { rows[origins[Int(row)].byte] = cells[place] }
      }
    }
    return rows
  }

  /// Lines that a program would write, among them the forms that need care.
  private static let forms: [@Sendable (Int) -> String] = [
    { #"{"id":\#($0),"name":"n\#($0 % 9)","n":null}"# },
    { #"{"name": "é \u00e9\n", "id": -\#($0), "n": {"x": [1, "two", {}]}}"# },
    { #"{"id":"\#($0)","id":\#($0 % 7),"name":"a\"b\\"}"# },
    { #"  { "n" : { "x" : [ 0 , \#($0)e0 ] , "y" : {} } , "\u0069d" : 5 }  "# },
    { #"{"id":\#($0).0,"name":"\ud83d\ude00 \ud83d","n":[1]}"# },
    { _ in #"{"id":true,"name":12.50,"n":{"x":{"1":"of an object"}}}"# },
    { _ in "{}" }, { _ in "" }, { _ in " \t" }, { _ in "[1,2]" }, { _ in "7" }, { _ in #""text""# },
    { _ in #"{"id":01}"# }, { _ in #"{"id":1,}"# }, { _ in #"{"id":1}}"# }, { _ in #"{"name":"\x"}"# },
    { _ in String(repeating: "[", count: 600) + String(repeating: "]", count: 600) },
    { #"{"id":\#($0),"name":"\#(String(repeating: "long ", count: $0 % 40))"}"# },
  ]

  private func hostileText(_ numbers: inout SeededNumbers, lines: Int, mutated share: Int) -> [UInt8] {
    let alphabet = Array("{}[]\":,\\ntfud0123456789.-+eE \r\t\u{1}\u{0}é".utf8) + [0xFF, 0xC3, 10]
    var bytes: [UInt8] = numbers.next() % 2 == 0 ? [] : [0xEF, 0xBB, 0xBF]
    for index in 0..<lines {
      // Runs of like lines take the way of lines in bulk.
      let form = numbers.next() % 3 == 0 ? Int(numbers.next() % UInt64(Self.forms.count)) : 0
      var line = Array(Self.forms[form](index).utf8)
      if share > 0, numbers.next() % UInt64(share) == 0 {
        for _ in 0...numbers.next() % 3 where !line.isEmpty {
          line[Int(numbers.next() % UInt64(line.count))] = alphabet[Int(numbers.next() % UInt64(alphabet.count))]
        }
      }
      bytes += line + (numbers.next() % 5 == 0 ? [13, 10] : [10])
    }
    if numbers.next() % 2 == 0 { bytes.removeLast() }
    return bytes
  }

  @Test(arguments: 0..<12)
  func linesAreReadAsTheirSlowTwinReadsThem(_ seed: UInt64) throws {
    let folder = TestFolder()
    var numbers = SeededNumbers(seed)
    let text = hostileText(&numbers, lines: seed < 4 ? 3000 : 200, mutated: [0, 2, 10][Int(seed % 3)])
    let expected = expected(text)
    let plain = try folder.write("\(seed).ndjson", text)
    let packed = try folder.write("\(seed).ndjson.gz", Gzip.stored(text))
    for (path, splitSize) in [(plain, 1 << 22), (plain, 4096), (plain, 301), (packed, 1 << 22)] {
      for inBulk in [true, false] where text.count / splitSize < 1000 {
        let source = try JSONSource(
          paths: [path], rows: "", layout: .lines, columns: Self.columns, firstFile: 0, splitSize: splitSize,
          readsInBulk: inBulk)
        let read = try read(source)
        for start in Set(read.keys).union(expected.keys).sorted() where read[start] != expected[start] {
          let line = String(decoding: text[start...].prefix { $0 != 10 }.prefix(200), as: UTF8.self)
          Issue.record(
            """
            byte \(start), splits of \(splitSize), in bulk: \(inBulk): \(line)
            expected \(String(describing: expected[start])), read \(String(describing: read[start]))
            """)
          return
        }
      }
    }
  }
}

extension ReferenceLines.Value {
  /// The element of an array, or the member of an object that is called like its number.
  func element(_ index: Int) -> ReferenceLines.Value? {
    guard case .array(let elements) = self else { return member("\(index)") }
    return elements.indices.contains(index) ? elements[index] : nil
  }
}
