import ArgumentParser
import Diagnostics
import Planning
import Stages

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List steps, functions, aggregates, and a pipeline's metrics and rules.",
    discussion: "'stages' lists what a pipeline can name: ingests, steps, checks and exports.")

  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case stages, functions, aggregates, windows, metrics, rules
  }

  @Argument(help: "stages, functions, aggregates, windows, metrics or rules.")
  var subject: Subject

  @Argument(help: "The pipeline whose metrics and rules to list.")
  var file: String?

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let rows = try rows()
    if json {
      print(
        JSONValue.array(
          rows.map {
            .object(["name": .string($0.name), "signature": .string($0.signature), "summary": .string($0.summary)])
          }
        ).text, terminator: "")
      return
    }
    let width = rows.map { $0.signature.count }.max() ?? 0
    for row in rows {
      print("\(row.signature)\(String(repeating: " ", count: width - row.signature.count))  \(row.summary)")
    }
  }

  private func rows() throws -> [Catalogue.Entry] {
    switch subject {
    case .stages: return Catalogue.stages
    case .functions: return Catalogue.functions
    case .aggregates: return Catalogue.aggregates
    case .windows: return Catalogue.windows
    case .metrics, .rules:
      guard let file else { throw ValidationError("name the pipeline: weir list \(subject.rawValue) FILE") }
      let (context, bag) = try PipelineLoader(path: file).context()
      try bag.throwIfErrors()
      return subject == .metrics ? Catalogue.metrics(context.plugins) : Catalogue.rules(context.plugins)
    }
  }
}

struct HelpCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Explain a command, or the code of a message: weir help unknown-column.")

  @Argument(help: "A command, or a code as it stands in [brackets] behind a message.")
  var topic: String?

  func run() throws {
    guard let topic else {
      print(Weir.helpMessage())
      return
    }
    if let code = DiagnosticCode(rawValue: topic) {
      print("\(code.rawValue): \(code.explanation)")
    } else if let command = Weir.configuration.subcommands.first(where: { $0._commandName == topic }) {
      print(Weir.helpMessage(for: command))
    } else {
      let known = DiagnosticCode.allCases.map(\.rawValue) + Weir.configuration.subcommands.map { $0._commandName }
      Failure.write([
        Diagnostic(
          .wrongUsage, "no command and no message code '\(topic)'", help: suggestion(for: topic, among: known))
      ])
      throw Ended(code: Failure.wrongUsage)
    }
  }
}
