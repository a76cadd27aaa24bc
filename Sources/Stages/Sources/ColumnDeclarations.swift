import Columns
import Diagnostics
import Formats
import Planning

/// Reads `columns:` of an ingest: names with their types and how cells are written.
enum ColumnDeclarations {
  static func read(_ node: DocumentNode, of ingest: String, _ context: inout PlanningContext) -> [ColumnReading]? {
    guard let entries = node.entries, !entries.isEmpty else {
      context.bag.report(
        .wrongValue, "'columns' of ingest '\(ingest)' declares each column: columns: { invoice_id: int }", at: node.span
      )
      return nil
    }
    var columns: [ColumnReading] = []
    var failed = false
    for entry in entries {
      if let column = column(entry, &context) {
        columns.append(column)
      } else {
        failed = true
      }
    }
    return failed ? nil : columns
  }

  static func schema(_ columns: [ColumnReading]) -> Schema {
    Schema(columns.map { Field($0.name, $0.type) })
  }

  private static func column(_ entry: DocumentNode.Entry, _ context: inout PlanningContext) -> ColumnReading? {
    var reader = SpecReader(entry.value, subject: "column '\(entry.key)'", shorthand: "type")
    let typeText = reader.requiredText("type")
    let header = reader.text("header")?.text
    let missing = reader.node("missing") == nil ? [""] : missingTexts(&reader)
    let thousands = byte("thousands", &reader)
    let point = byte("decimal_point", &reader) ?? UInt8(ascii: ".")
    let format = format(&reader)
    let zone = zone(&reader, context)
    let split = reader.text("split")?.text
    let absent = reader.bool("absent", default: false)
    let path = reader.text("path").map { JSONPath.keys($0.text) } ?? []
    if !isName(entry.key) {
      reader.bag.report(
        .wrongValue, "'\(entry.key)' is no name that an expression can use", at: entry.keySpan,
        help: "give it one and say how the file calls it: { header: \"\(entry.key)\", type: … }")
    }
    var type: ValueType?
    if let typeText {
      do {
        type = try ValueType(parsing: typeText.text)
      } catch {
        reader.bag.report(error, at: typeText.span)
      }
    }
    if absent, let known = type, !known.isNullable {
      reader.bag.report(
        .wrongValue, "column '\(entry.key)' may be absent, so its type needs '?'", at: entry.keySpan,
        help: "write '\(known.nullable())'")
    }
    let bag = reader.finish()
    context.bag.report(contentsOf: bag.diagnostics)
    guard let type, !bag.hasErrors else { return nil }
    return ColumnReading(
      entry.key, type, header: header, missing: missing, thousands: thousands, decimalPoint: point, format: format,
      zone: zone, split: split, absent: absent, path: path)
  }

  private static func missingTexts(_ reader: inout SpecReader) -> [String] {
    guard let node = reader.node("missing") else { return [""] }
    return (node.items ?? [node]).compactMap(\.text?.text)
  }

  private static func byte(_ key: String, _ reader: inout SpecReader) -> UInt8? {
    guard let text = reader.text(key) else { return nil }
    if text.text.utf8.count == 1, let byte = text.text.utf8.first { return byte }
    reader.bag.report(.wrongValue, "'\(key)' is one ASCII character", at: text.span)
    return nil
  }

  private static func format(_ reader: inout SpecReader) -> DateFormatSpec? {
    guard let text = reader.text("format") else { return nil }
    if let format = DateFormatSpec(text.text) { return format }
    reader.bag.report(
      .wrongValue, "'\(text.text)' is no date format", at: text.span,
      help: "formats are made of yyyy MM dd HH mm ss, such as dd/MM/yyyy, or are epoch_s or epoch_ms")
    return nil
  }

  private static func zone(_ reader: inout SpecReader, _ context: PlanningContext) -> ZoneOffset {
    guard let text = reader.text("zone") else { return ZoneOffset(minutes: context.spec.calendar.zoneMinutes) }
    if let zone = ZoneOffset(parsing: text.text) { return zone }
    reader.bag.report(.wrongValue, "'zone' is UTC or an offset such as +02:00, not '\(text.text)'", at: text.span)
    return .utc
  }

  /// Lua names that are no keywords.
  static func isName(_ text: String) -> Bool {
    let keywords: Set<String> = [
      "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
      "not", "or", "repeat", "return", "then", "true", "until", "while", "params", "settings",
    ]
    guard let first = text.utf8.first, !(48...57).contains(first), !keywords.contains(text) else { return false }
    return text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }
  }
}

/// Paths into JSON as pipelines write them: `totals.0.value`, with quotes around keys that hold a point.
enum JSONPath {
  static func keys(_ text: String) -> [String] {
    var keys: [String] = []
    var key = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { key.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "." {
        keys.append(key)
        key = ""
      } else {
        key.append(character)
      }
    }
    keys.append(key)
    return keys
  }
}
