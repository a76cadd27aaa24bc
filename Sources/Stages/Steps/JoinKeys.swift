import Columns
import Diagnostics
import Planning

/// The key columns of a join, on both sides.
enum JoinKeys {
  /// `on: project_id`, `on: [a, b]` or `on: { here: there }`.
  static func read(
    _ on: DocumentNode, side: Schema, sideName: LocatedText, _ context: inout StepContext
  ) -> (left: [Int], right: [Int])? {
    var pairs: [(LocatedText, LocatedText)] = []
    if let entries = on.entries {
      for entry in entries {
        if let text = entry.value.text { pairs.append((LocatedText(entry.key, at: entry.keySpan), text)) }
      }
    } else {
      for item in on.items ?? [on] {
        if let text = item.text { pairs.append((text, text)) }
      }
    }
    var (left, right): ([Int], [Int]) = ([], [])
    var failed = pairs.isEmpty
    if pairs.isEmpty { context.report(.wrongValue, "'on' of join names the key columns", at: on.span) }
    for (here, there) in pairs {
      let leftColumn = context.column(here)
      let rightColumn = side.index(of: there.text)
      if rightColumn == nil, leftColumn != nil || here.span != there.span {
        context.report(
          .unknownColumn, "no column '\(there.text)' in '\(sideName.text)'", at: there.span,
          help: suggestion(for: there.text, among: side.names))
      }
      guard let leftColumn, let rightColumn else {
        failed = true
        continue
      }
      let (a, b) = (context.input[leftColumn].type, side[rightColumn].type)
      let fits = a.data == b.data || (a.data.isDecimal && b.data.isDecimal)
      if !fits || a.unit != b.unit {
        context.report(
          .typeMismatch,
          "'\(here.text)' is \(a) and '\(there.text)' of '\(sideName.text)' is \(b): keys must be of one type",
          at: there.span)
        failed = true
      }
      left.append(leftColumn)
      right.append(rightColumn)
    }
    return failed ? nil : (left, right)
  }
}
