import Diagnostics

/// The traps of YAML that expressions fall into when they stand without quotes.
enum FlowTrap {
  /// Advice for a syntax error that a trap may have led to.
  static func help(in file: SourceFile, near offset: Int) -> String? {
    let line = file.text(ofLine: file.line(at: offset))
    let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
    if let quote = value.first, quote == "\"" || quote == "'", value.dropFirst().contains(quote) {
      let other = quote == "\"" ? "'" : "\""
      return "a value that begins with a quote ends with it: put \(other) around the whole"
    }
    if line.contains("{"), line.contains("("), line.contains(",") {
      return "inside { } a comma ends the value: put an expression with a comma in quotes, { x: 'round(a, 2)' }"
    }
    if line.split(separator: ":").count > 2 {
      return "a value that contains ': ' needs quotes around the whole of it"
    }
    return nil
  }

  /// Puts together what a comma inside ( ) has cut: `{ x: round(a, 2) }` is read by YAML as `x: round(a` and a key
  /// `2)`.
  static func rejoined(
    _ entries: [DocumentNode.Entry], in file: SourceFile, _ bag: inout DiagnosticBag
  ) -> [DocumentNode.Entry] {
    var result: [DocumentNode.Entry] = []
    var index = 0
    while index < entries.count {
      var entry = entries[index]
      index += 1
      guard case .scalar(let text, isPlain: true) = entry.value.content, depth(text.text) > 0 else {
        result.append(entry)
        continue
      }
      let start = text.span.range.lowerBound
      var end = text.span.range.upperBound
      while index < entries.count, depth(file.text(in: start..<end)) > 0, entries[index].value.isNull {
        end = entries[index].keySpan.range.upperBound
        index += 1
      }
      if end > text.span.range.upperBound {
        let span = file.span(start..<end)
        bag.report(
          .yamlSyntax, "inside { } a comma ends the value, so this is cut at the comma", at: span,
          help: "put quotes around it: { \(entry.key): '\(span.text)' }")
        let whole = LocatedText(span.text, at: span)
        entry = DocumentNode.Entry(
          key: entry.key, keySpan: entry.keySpan, value: DocumentNode(.scalar(whole, isPlain: true), span: span))
      }
      result.append(entry)
    }
    return result
  }

  /// How many ( and < are open at the end of a text.
  private static func depth(_ text: String) -> Int {
    text.utf8.reduce(0) { $0 + ($1 == 40 ? 1 : $1 == 41 ? -1 : 0) }
  }
}
