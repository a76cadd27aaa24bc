import Columns
import Diagnostics
import Planning

extension StepContext {
  /// The columns that a script's inputs are bound to, by name or by `with`; nil where one could not be, which is
  /// reported.
  mutating func inputColumns(
    _ inputs: [ScriptInput], of script: String, with: [DocumentNode.Entry], at span: SourceSpan
  ) -> [Int]? {
    var columns: [Int] = []
    var failed = false
    for entry in with where !inputs.contains(where: { $0.name == entry.key }) {
      let names = inputs.map(\.name)
      report(
        .unknownKey, "'\(script)' has no input '\(entry.key)'", at: entry.keySpan,
        help: suggestion(for: entry.key, among: names) ?? "it takes \(names.joined(separator: ", "))")
      failed = true
    }
    for input in inputs {
      let given = with.first { $0.key == input.name }?.value.text
      let name = given?.text ?? input.name
      if let column = inputColumn(name, for: input, of: script, at: given?.span ?? span) {
        columns.append(column)
      } else {
        failed = true
      }
    }
    return failed ? nil : columns
  }

  /// Reports a script that no plugin of the pipeline has.
  ///
  /// - Parameter kind: what it should have been: `fee rule`.
  mutating func reportUnknown(_ kind: String, _ name: LocatedText, among names: [String]) {
    // It has a mistake of its own, which is reported where it is.
    if planning.plugins.isUnreadable(name.text) { return }
    report(
      .unknownRule, "no \(kind) '\(name.text)'", at: name.span,
      help: suggestion(for: name.text, among: names + planning.plugins.unreadable)
        ?? (names.isEmpty
          ? "no plugin of this pipeline has \(kind)s" : "\(kind)s are \(names.sorted().joined(separator: ", "))"))
  }

  /// The column that a script's input is bound to; reports where there is none or it does not fit.
  mutating func inputColumn(_ name: String, for input: ScriptInput, of script: String, at span: SourceSpan) -> Int? {
    guard let column = self.input.index(of: name) else {
      if !poisoned.contains(name) {
        report(
          .unknownColumn, "'\(script)' needs a column '\(name)' (\(input.type)), which '\(stage)' does not have",
          at: span,
          help: suggestion(for: name, among: self.input.names)
            ?? "derive it before, or bind another with 'with: { \(input.name): COLUMN }'")
      }
      return nil
    }
    let type = self.input[column].type
    guard input.accepts(type) else {
      if type.isNullable, input.accepts(type.nullable(false)) {
        report(
          .maybeNil, "'\(name)' may be nil, and '\(script)' takes \(input.type)", at: span,
          help: type.data.isNumeric
            ? "derive a column without nil before, such as '\(name) or 0'"
            : "drop such rows before: filter: \(name) ~= nil")
      } else if type.unit != input.type.unit, type.data.isNumeric == input.type.data.isNumeric {
        report(
          .unitMismatch, "'\(script)' takes '\(input.name)' as \(input.type), and '\(name)' is \(type)", at: span)
      } else {
        report(
          .typeMismatch, "'\(script)' takes '\(input.name)' as \(input.type), and '\(name)' is \(type)", at: span)
      }
      return nil
    }
    return column
  }
}
