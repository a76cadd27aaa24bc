import Columns

/// Writes tables as one report: what each column is called, means and comes from, and its rows.
///
/// `{"tables": {NAME: {"columns": [{"name", "title", "definition", "unit", "source"}], "rows": [{…}]}}}`; keys that nobody gave are left out.
public struct ReportEncoder: Sendable {
  private let minimumDecimals: [String: Int]
  private let decimalsAsStrings: Bool
  private var hasTables = false

  public init(minimumDecimals: [String: Int] = [:], decimalsAsStrings: Bool = false) {
    self.minimumDecimals = minimumDecimals
    self.decimalsAsStrings = decimalsAsStrings
  }

  public func begin(_ bytes: inout [UInt8]) { bytes.append(contentsOf: "{\"tables\": {".utf8) }

  /// - Parameter write: takes what is complete, so that a large table is not held as bytes.
  public mutating func append(
    _ table: Table, named name: String, to bytes: inout [UInt8], write: ([UInt8]) throws -> Void
  ) throws {
    bytes.append(contentsOf: (hasTables ? ",\n  " : "\n  ").utf8)
    hasTables = true
    JSONText.append(name, to: &bytes)
    bytes.append(contentsOf: ": {\n    \"columns\": [".utf8)
    for (index, field) in table.schema.fields.enumerated() {
      bytes.append(contentsOf: (index > 0 ? ",\n      {" : "\n      {").utf8)
      let unit = field.type.unit == .none ? nil : field.type.unit.description
      let entries: [(String, String?)] = [
        ("name", field.name), ("title", field.provenance.title), ("definition", field.provenance.definition),
        ("type", field.type.data.description), ("unit", unit), ("source", field.provenance.source),
      ]
      for (place, entry) in entries.filter({ $0.1 != nil }).enumerated() {
        if place > 0 { bytes.append(contentsOf: ", ".utf8) }
        JSONText.append(entry.0, to: &bytes)
        bytes.append(contentsOf: ": ".utf8)
        JSONText.append(entry.1 ?? "", to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(contentsOf: (table.schema.count > 0 ? "\n    ],\n    \"rows\": " : "],\n    \"rows\": ").utf8)
    var rows = JSONRowsEncoder(
      schema: table.schema, minimumDecimals: minimumDecimals, decimalsAsStrings: decimalsAsStrings, indent: "      ")
    rows.begin(&bytes)
    for part in table.parts {
      rows.append(try part.batch, to: &bytes)
      try write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    rows.end(&bytes)
    bytes.append(contentsOf: "\n  }".utf8)
  }

  public func end(_ bytes: inout [UInt8]) { bytes.append(contentsOf: (hasTables ? "\n}}\n" : "}}\n").utf8) }
}
