/// The slow, readable twin of the scanner: cuts a whole text into rows of cells, one character after the other.
struct ReferenceScanner {
  var delimiter = UInt8(ascii: ",")
  var quote: UInt8? = UInt8(ascii: "\"")

  struct Row: Equatable {
    var start: Int
    /// One past its line feed.
    var end = 0
    var cells: [[UInt8]] = []
    var isMalformed = false
    var isUnclosed = false
  }

  func rows(_ text: [UInt8]) -> [Row] {
    var rows: [Row] = []
    var index = 0
    while index < text.count {
      var row = Row(start: index)
      index = readRow(text, index, &row)
      row.end = index
      rows.append(row)
    }
    return rows
  }

  private func readRow(_ text: [UInt8], _ start: Int, _ row: inout Row) -> Int {
    var index = start
    while true {
      var cell: [UInt8] = []
      if let quote, index < text.count, text[index] == quote {
        index += 1
        var isClosed = false
        while index < text.count, !isClosed {
          if text[index] != quote {
            cell.append(text[index])
          } else if index + 1 < text.count, text[index + 1] == quote {
            cell.append(quote)
            index += 1
          } else {
            isClosed = true
          }
          index += 1
        }
        if !isClosed { row.isUnclosed = true }
        let rest = index
        while index < text.count, text[index] != delimiter, text[index] != UInt8(ascii: "\n") { index += 1 }
        let isRowEnd = index == text.count || text[index] == UInt8(ascii: "\n")
        if index > rest, !(isRowEnd && index == rest + 1 && text[rest] == UInt8(ascii: "\r")) { row.isMalformed = true }
      } else {
        while index < text.count, text[index] != delimiter, text[index] != UInt8(ascii: "\n") {
          cell.append(text[index])
          index += 1
        }
        if index == text.count || text[index] == UInt8(ascii: "\n"), cell.last == UInt8(ascii: "\r") {
          cell.removeLast()
        }
      }
      row.cells.append(cell)
      if index == text.count { return index }
      index += 1
      if text[index - 1] == UInt8(ascii: "\n") { return index }
    }
  }
}
