/// Turns diagnostics into the text that a terminal shows.
///
/// ```
/// close.yaml:34:27: error: no column 'houers' in 'invoices' [unknown-column]
/// 34 |       - derive: { amount: houers * rate }
///    |                           ^~~~~~
/// help: did you mean 'hours'?
/// ```
public struct DiagnosticRenderer: Sendable {
  public var usesColor: Bool

  public init(usesColor: Bool = false) { self.usesColor = usesColor }

  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  public func render(_ diagnostic: Diagnostic) -> String {
    var lines = [headline(diagnostic)]
    if let span = diagnostic.span { lines += excerpt(span) }
    for note in diagnostic.notes {
      let text = note.text.split(separator: "\n", omittingEmptySubsequences: false)
      lines.append(paint("\(note.label):", "36") + (text.count == 1 ? " \(note.text)" : ""))
      if text.count > 1 { lines += text.map { "  \($0)" } }
    }
    if let help = diagnostic.help { lines.append(paint("help:", "36") + " " + help) }
    return lines.joined(separator: "\n")
  }

  private func headline(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.span.map { $0.description + ": " } ?? ""
    let tint = diagnostic.severity == .error ? "31;1" : "33;1"
    let severity = paint(diagnostic.severity.rawValue + ":", tint)
    return "\(paint(place, "1"))\(severity) \(diagnostic.message) [\(diagnostic.code.rawValue)]"
  }

  private func excerpt(_ span: SourceSpan) -> [String] {
    let line = span.line
    let text = span.file.text(ofLine: line)
    guard !text.allSatisfy(\.isWhitespace) else { return [] }
    let gutter = String(line)
    let lineStart = span.file.offset(ofLine: line)
    let lineEnd = lineStart + text.utf8.count
    let indent = String(
      span.file.text(in: lineStart..<span.range.lowerBound).map { $0 == "\t" ? "\t" : " " })
    let marked = span.file.characters(
      in: span.range.lowerBound..<max(span.range.lowerBound, min(span.range.upperBound, lineEnd)))
    let mark = "^" + String(repeating: "~", count: max(marked - 1, 0))
    let margin = String(repeating: " ", count: gutter.count)
    // A file that is no text keeps its terminal codes to itself.
    let shown = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 && $0 != "\t" ? " " : $0 }))
    return ["\(gutter) | \(shown)", "\(margin) | \(indent)\(paint(mark, "32;1"))"]
  }

  private func paint(_ text: String, _ style: String) -> String {
    usesColor && !text.isEmpty ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }
}
