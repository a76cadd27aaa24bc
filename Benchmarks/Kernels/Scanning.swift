import Columns
import Diagnostics
import Formats
import Memory

extension Kernel {
  private static let invoices = 8192

  /// Files of text: reading rows alone, and with one column of each type. Each round reads the file again.
  static var scanning: [Kernel] {
    [
      csv("csv-rows", reading: nil), csv("csv-int", reading: 0), csv("csv-decimal", reading: 4),
      csv("csv-date", reading: 1), csv("csv-text", reading: 2), csv("csv-quoted-rows", reading: 2, quoted: true),
      transfers("csv-timestamp", reading: 0), transfers("csv-float", reading: 1), transfers("csv-wide", reading: 2),
      transfers("csv-bool", reading: 3),
      Kernel(name: "ndjson-decimal", rows: invoices) {
        let source = try JSONSource.open(paths: [file("kernel.ndjson", lines())], layout: .lines, columns: columns())
        return { try read(source, 4) }
      },
    ]
  }

  private static func csv(_ name: String, reading column: Int?, quoted: Bool = false) -> Kernel {
    Kernel(name: name, rows: invoices) {
      let source = try CSVSource.open(paths: [file("kernel.csv", table(quoted: quoted))], columns: columns())
      return { try read(source, column) }
    }
  }

  private static func transfers(_ name: String, reading column: Int) -> Kernel {
    Kernel(name: name, rows: invoices) {
      let types = ["timestamp", "float", "decimal(30,10)", "bool"]
      let columns = try zip(["at", "share", "amount", "is_final"], types).map {
        ColumnReading($0, try ValueType(parsing: $1))
      }
      let source = try CSVSource.open(paths: [file("kernel.csv", transferTable())], columns: columns)
      return { try read(source, column) }
    }
  }

  private static func columns() throws -> [ColumnReading] {
    let types = ["int", "date", "string", "string", "decimal(6,2)", "decimal(8,2)"]
    return try zip(["id", "issued_on", "skill", "status", "hours", "rate"], types).map {
      ColumnReading($0, try ValueType(parsing: $1))
    }
  }

  private static func read(_ source: any RowSource, _ column: Int?) throws -> Int {
    var sum = 0
    for split in source.splits {
      let reader = try source.makeReader(split)
      while let block = try reader.next() {
        sum += block.count
        if let column { sum += block.column(column, rows: nil).column.count }
      }
    }
    return sum
  }

  private static func rows(_ write: (_ id: Int, _ date: String, _ skill: Int, _ hours: String, _ rate: String) -> Void)
  {
    var numbers = Numbers(1)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    for row in 0..<invoices {
      let date = "20\(two(18 + numbers.below(9)))-\(two(1 + numbers.below(12)))-\(two(1 + numbers.below(28)))"
      write(
        row + 1, date, numbers.below(160), "\(numbers.below(160)).\(two(25 * numbers.below(4)))",
        "\(20 + numbers.below(180)).\(two(numbers.below(100)))")
    }
  }

  private static func table(quoted: Bool) -> String {
    var text = "id,issued_on,skill,status,hours,rate\n"
    rows { id, date, skill, hours, rate in
      let name = quoted && id % 4 == 0 ? "\"skill, \(skill)\"" : "skill-\(skill)"
      text += "\(id),\(date),\(name),\(id % 5 == 0 ? "open" : "paid"),\(hours),\(rate)\n"
    }
    return text
  }

  private static func transferTable() -> String {
    var numbers = Numbers(3)
    var text = "at,share,amount,is_final\n"
    for row in 0..<invoices {
      let (hour, minute) = (10 + numbers.below(14), 10 + numbers.below(50))
      text += "2024-0\(1 + numbers.below(9))-1\(numbers.below(9))T\(hour):\(minute):30Z,"
      text += "0.\(numbers.below(1_000_000_000))\(row),\(1_000_000_000_000 + numbers.below(1_000_000_000)).0\(row),"
      text += "\(row % 3 == 0)\n"
    }
    return text
  }

  private static func lines() -> String {
    var text = ""
    rows { id, date, skill, hours, rate in
      text += "{\"id\":\(id),\"issued_on\":\"\(date)\",\"skill\":\"skill-\(skill)\",\"status\":\"paid\","
      text += "\"hours\":\(hours),\"rate\":\(rate)}\n"
    }
    return text
  }

  /// Writes a file into the current folder.
  private static func file(_ name: String, _ text: String) throws -> String {
    try OutputFile.write(name) { write in try write(Array(text.utf8)) }
    return name
  }
}
