import Columns
import Diagnostics
import Expressions
import Planning

/// What must hold for any rows, not only for those of the cases: an item of `properties:`.
struct Property {
  enum Kind {
    /// An expression over inputs and results that is true.
    case holds(LocatedText)
    /// The result does not fall where this input grows and the others stay.
    case monotone(LocatedText)
    /// A metric over all rows is what the merge of its parts gives.
    case invariant(Invariance)
  }

  enum Invariance: String, CaseIterable {
    /// Two parts, the one that takes in the other being either.
    case split
    /// Three parts, what two of them gave being merged once more, and a part for each row.
    case merge
  }

  var kind: Kind
  /// Rows for which it is not true do not count.
  var condition: LocatedText?
  /// As messages name it.
  var text: String
  var span: SourceSpan

  /// Reads one item; nil where it is none, which is reported.
  static func read(_ node: DocumentNode, _ bag: inout DiagnosticBag) -> Property? {
    if let text = node.text, !node.isNull {
      return Property(kind: .holds(text), condition: nil, text: text.text, span: text.span)
    }
    var reader = SpecReader(node, subject: "a property")
    let holds = reader.text("holds")
    let monotone = reader.text("monotone")
    let invariant = reader.text("invariant")
    let condition = reader.text("where")
    bag.report(contentsOf: reader.finish().diagnostics)
    let invariance = invariant.flatMap { Invariance(rawValue: $0.text) }
    if let invariant, invariance == nil {
      bag.report(
        .wrongValue, "a metric can be invariant under 'split' or 'merge', not under '\(invariant.text)'",
        at: invariant.span)
      return nil
    }
    let kinds: [(Kind, LocatedText, String)] = [
      holds.map { (.holds($0), $0, $0.text) }, monotone.map { (.monotone($0), $0, "monotone: \($0.text)") },
      invariance.flatMap { kind in invariant.map { (.invariant(kind), $0, "invariant: \(kind)") } },
    ].compactMap { $0 }
    guard kinds.count == 1 else {
      bag.report(
        .missingKey, "a property is an expression, or has one of 'holds', 'monotone' and 'invariant'", at: node.span,
        help: "properties: [\"0 <= fee and fee <= amount\", { monotone: amount, where: amount >= 0 }]")
      return nil
    }
    return Property(
      kind: kinds[0].0, condition: condition, text: kinds[0].2 + (condition.map { " where \($0.text)" } ?? ""),
      span: kinds[0].1.span)
  }
}

/// A condition over one row of named values.
struct RowCondition {
  private let program: Program
  private let fields: [Field]

  /// Throws what is wrong with the expression, at its place.
  init(_ text: LocatedText, over fields: [Field], _ plugins: PluginCatalogue) throws {
    let scope = ExpressionScope(columns: Schema(fields), place: "the property", functions: plugins.functions)
    var builder = ProgramBuilder(scope: scope)
    let output = builder.add(text)
    guard let output, !builder.diagnostics.hasErrors else { throw InvalidInput(builder.diagnostics.diagnostics) }
    guard output.type.data == .bool else {
      throw InvalidInput([
        Diagnostic(.typeMismatch, "a property is true or false, and this is \(output.type)", at: text.span)
      ])
    }
    program = builder.build()
    self.fields = fields
  }

  /// Throws `RunFailure` where it has no value.
  func isTrue(_ row: [Scalar]) throws -> Bool {
    let columns = zip(row, fields).map { Column([$0], of: $1.type.data) }
    let result = try program.evaluate(columns, count: 1, worker: ProgramWorker())
    if let failure = result.failures.first { throw RunFailure(failure.code, failure.message) }
    return result.columns[0].scalar(0) == .bool(true)
  }
}
