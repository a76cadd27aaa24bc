import ArgumentParser
import Diagnostics
import Memory
import Planning

/// The command line. Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 a check or test failed, 4 refused, 78
/// invalid pipeline or plugin, 130 interrupted.
@main
struct Weir: ParsableCommand {
  static let version = Version.current.description

  static let configuration = CommandConfiguration(
    commandName: "weir",
    abstract: "Runs declarative pipeline files: ingest, transform, export.",
    discussion: "Money is exact, rules are Lua, every figure can be questioned.",
    version: version,
    subcommands: [
      RunCommand.self, PartialCommand.self, MergeCommand.self, ValidateCommand.self, ExplainCommand.self,
      PreviewCommand.self, TestCommand.self,
      ListCommand.self, EvalCommand.self, DocsCommand.self, SchemaCommand.self, HelpCodeCommand.self,
    ])

  static func main() {
    FreedMemory.keep()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(Failure.report(error))
    }
  }
}
