import Columns
import Diagnostics

/// Finds declared columns in the header of a file.
struct HeaderMatching {
  let path: String
  let header: [String]
  let options: CSVOptions

  /// For each column its place in the header, nil for one that may be absent and is.
  func places(of columns: [ColumnReading]) throws(RunFailure) -> [Int?] {
    var places: [String: Int] = [:]
    var twice: Set<String> = []
    for (index, name) in header.enumerated() where places.updateValue(index, forKey: name) != nil {
      twice.insert(name)
    }
    if let name = columns.map(\.headerName).first(where: { twice.contains($0) }) {
      throw RunFailure(.badHeader, "the header of '\(path)' has '\(name)' twice")
    }
    var result: [Int?] = []
    for column in columns {
      let place = places[column.headerName]
      guard place != nil || column.absent else {
        throw RunFailure(
          .badHeader, "'\(path)' has no column '\(column.headerName)'; its header has \(listed)",
          help: suggestion(for: column.headerName, among: header)
            ?? "declare the column with absent: true if the file may lack it")
      }
      result.append(place)
    }
    if options.failsOnUndeclared {
      let declared = Set(columns.map(\.headerName))
      if let name = header.first(where: { !declared.contains($0) }) {
        throw RunFailure(
          .badHeader, "'\(path)' has a column '\(name)' that is not declared",
          help: "declare it, or set undeclared: ignore")
      }
    }
    return result
  }

  private var listed: String {
    let names = header.prefix(40).map { "'\($0)'" }.joined(separator: ", ")
    return header.count > 40 ? names + " and \(header.count - 40) more" : names
  }
}
