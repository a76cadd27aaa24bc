import Columns
import Diagnostics
import Planning

/// `type: lua`: a file that a plugin's export writes; the host opens it.
enum ScriptExport: ExportDefinition {
  static let name = "lua"
  static let summary = "One stage as the bytes that a plugin's export makes of it."
  static let example = "ledger: { from: entries, type: lua, use: bank.ledger, path: out/ledger.txt }"

  static func plan(
    _ export: NamedNode, stages: [(name: String, schema: Schema)]?, reader: inout SpecReader,
    _ context: inout PlanningContext
  ) -> (any TableEncoder)? {
    SingleStage.check(&reader)
    let use = reader.requiredText("use")
    let with = reader.entries("with")
    guard let use else { return nil }
    guard let definition = context.plugins.exports[use.text] else {
      if !context.plugins.isUnreadable(use.text) {
        let names = context.plugins.exports.keys.sorted()
        context.bag.report(
          .unknownRule, "no export '\(use.text)'", at: use.span,
          help: suggestion(for: use.text, among: names)
            ?? (names.isEmpty
              ? "no plugin of this pipeline has exports" : "exports are \(names.joined(separator: ", "))"))
      }
      return nil
    }
    guard let stage = stages?.first else { return nil }
    var step = StepContext(context, reading: stage.name, stage.schema)
    let columns = step.inputColumns(definition.inputs, of: definition.name, with: with, at: use.span)
    context = step.planning
    return columns.map { Encoder(script: definition.script, columns: $0) }
  }

  private struct Encoder: TableEncoder {
    let script: any ExportScript
    let columns: [Int]

    func encode(_ tables: [(name: String, table: Table)], to write: ([UInt8]) throws -> Void) throws {
      let batch = try tables[0].table.concatenated()
      try RunLog.$position.withValue(batch.position.key(ofRow: 0)) {
        try script.write(columns.map { batch.columns[$0] }, count: batch.count, to: write)
      }
    }
  }
}
