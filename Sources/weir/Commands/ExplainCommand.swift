import ArgumentParser
import Columns
import Diagnostics
import Planning

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show what a pipeline will do: types, steps, the path of each function.")

  @OptionGroup var pipeline: PipelineOptions

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let plan = try pipeline.loader.plan()
    if json {
      print(Explanation(plan).json.text, terminator: "")
    } else {
      print(Explanation(plan).text)
    }
  }
}

/// A plan in words.
struct Explanation {
  let plan: Plan

  init(_ plan: Plan) { self.plan = plan }

  var text: String {
    var lines = ["pipeline \(plan.spec.name)"]
    for source in plan.sources {
      lines += ["", "ingest \(source.name)  (\(source.location))"] + columns(source.schema)
    }
    for stage in plan.stages {
      lines += ["", "stage \(stage.name)  from \(stage.inputs.map(\.name).joined(separator: ", "))"]
      for step in stage.steps {
        lines.append("  \(step.index). \(step.kind)")
        lines += step.explanation.map { "       \($0)" }
      }
      lines += columns(stage.schema)
    }
    if !plan.checks.isEmpty { lines += ["", "checks"] + plan.checks.map { "  \($0.label)" } }
    if !plan.exports.isEmpty {
      lines += ["", "exports"]
      lines += plan.exports.map { "  \($0.path)  (\($0.kind) of \($0.stages.joined(separator: ", ")))" }
    }
    return lines.joined(separator: "\n")
  }

  private func columns(_ schema: Schema) -> [String] {
    let width = schema.names.map(\.count).max() ?? 0
    return schema.fields.map { field in
      "     \(field.name)\(String(repeating: " ", count: width - field.name.count))  \(field.type)"
    }
  }

  var json: JSONValue {
    .object([
      "pipeline": .string(plan.spec.name),
      "ingests": .array(
        plan.sources.map {
          .object(["name": .string($0.name), "location": .string($0.location), "columns": json($0.schema)])
        }),
      "stages": .array(
        plan.stages.map { stage in
          .object([
            "name": .string(stage.name), "from": .array(stage.inputs.map { .string($0.name) }),
            "steps": .array(
              stage.steps.map {
                .object(["step": .string($0.kind), "explanation": .array($0.explanation.map { .string($0) })])
              }),
            "columns": json(stage.schema),
          ])
        }),
      "exports": .array(
        plan.exports.map {
          .object(["name": .string($0.name), "path": .string($0.path), "type": .string($0.kind)])
        }),
      "functions": .array(
        plan.scriptCosts.all.map {
          .object([
            "name": .string($0.function.name), "line": .int($0.function.line), "path": .string($0.cost.path),
            "compile_us": .int($0.cost.compiling / 1000),
          ])
        }),
    ])
  }

  private func json(_ schema: Schema) -> JSONValue {
    .array(schema.fields.map { .object(["name": .string($0.name), "type": .string($0.type.description)]) })
  }
}
