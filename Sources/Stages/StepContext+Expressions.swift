import Columns
import Diagnostics
import Expressions
import Planning

extension StepContext {
  /// The text of an expression; reports where something else stands.
  mutating func expression(_ node: DocumentNode, of subject: String) -> LocatedText? {
    if let text = node.text, !text.text.isEmpty { return text }
    let help =
      node.kind == "a mapping" ? "inside { } text needs quotes of its own, and ': ' a pair around the whole" : nil
    report(.wrongValue, "\(subject) takes an expression, not \(node.kind)", at: node.span, help: help)
    return nil
  }

  /// The plan of a step that had a mistake but leaves the columns as they are, so that later steps are still checked.
  var unchanged: StepPlan {
    StepPlan(
      output: input, operation: .rows(PassingRows()), reads: [], carried: Array(0..<input.count))
  }

  /// New columns by expressions, each seeing the ones before. Where one fails all are poisoned.
  ///
  /// - Parameter existing: names that may not be taken again.
  mutating func compile(
    _ entries: [DocumentNode.Entry], existing: [String], subject: String
  ) -> (program: Program, fields: [Field])? {
    var builder = ProgramBuilder(scope: scope(input))
    var fields: [Field] = []
    var names = existing
    var failed = false
    for entry in entries {
      guard let text = expression(entry.value, of: "'\(entry.key)' of \(subject)"),
        checkNew(entry.key, at: entry.keySpan, among: names)
      else {
        poison(entry.key)
        failed = true
        continue
      }
      names.append(entry.key)
      let before = builder.diagnostics.diagnostics.count
      let output = builder.add(text)
      report(contentsOf: Array(builder.diagnostics.diagnostics[before...]))
      guard let output, !builder.diagnostics.diagnostics[before...].contains(where: { $0.severity == .error }) else {
        poison(entry.key)
        failed = true
        continue
      }
      builder.define(entry.key, output)
      let provenance = provenance(of: output, among: input.fields + fields)
      fields.append(Field(entry.key, output.type, provenance: provenance))
    }
    // The step's other columns are not there either, which is no mistake of whoever reads them.
    if failed { for entry in entries { poison(entry.key) } }
    return failed ? nil : (builder.build(), fields)
  }

  /// What a computed column means: that of the plugin's function whose result it is, or of the column that it repeats.
  func provenance(of expression: CompiledExpression, among fields: [Field]) -> Provenance {
    switch expression.origin {
    case .function(let name): planning.plugins.functionProvenance[name] ?? Provenance()
    case .column(let name): fields.last { $0.name == name }?.provenance ?? Provenance()
    case nil: Provenance()
    }
  }

  /// Sort keys as `sort` and `top` write them: a column, with `-` before it for descending.
  mutating func sortKeys(_ node: DocumentNode, of subject: String) -> [(column: Int, descending: Bool)] {
    var keys: [(column: Int, descending: Bool)] = []
    for item in node.items ?? [node] {
      guard let text = item.text, !text.text.isEmpty else {
        report(.wrongValue, "\(subject) takes columns, such as [-earned, referrer]", at: item.span)
        continue
      }
      let descending = text.text.hasPrefix("-")
      let name = descending ? String(text.text.dropFirst()) : text.text
      let offset = descending ? 1 : 0
      let located = LocatedText(
        text: name, file: text.file,
        pieces: [.init(textOffset: 0, fileOffset: text.span(offset..<offset + 1).range.lowerBound)],
        span: text.span(offset..<max(text.text.utf8.count, offset)))
      if let column = column(located) {
        if case .list = input[column].type.data {
          report(.typeMismatch, "'\(name)' is a list, which has no order", at: text.span)
        } else {
          keys.append((column, descending))
        }
      }
    }
    return keys
  }

  /// Columns named in a list (or one alone).
  mutating func columns(_ node: DocumentNode, of subject: String) -> [Int] {
    (node.items ?? [node]).compactMap { item in
      guard let text = item.text, !text.text.isEmpty else {
        report(.wrongValue, "\(subject) takes names of columns", at: item.span)
        return nil
      }
      return column(text)
    }
  }
}

/// Hands batches on.
struct PassingRows: SimpleRowOperation {
  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker() }

  private final class Worker: RowWorker {
    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch { batch }
  }
}

extension RowProblem {
  init(_ failure: RowFailure) {
    self.init(row: failure.row, code: failure.code, message: failure.message, full: failure.full)
  }
}
