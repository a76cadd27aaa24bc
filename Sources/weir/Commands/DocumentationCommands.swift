import ArgumentParser

struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs", abstract: "Print the reference of functions, definitions and steps, as Markdown.")

  func run() throws { print(Reference.text, terminator: "") }
}

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print what editors complete and check by.",
    discussion: """
      'lua' is the library of Lua files as LuaCATS stubs: save it where the editor's language server looks. 'json' is the \
      JSON schema of pipeline files.
      """)

  enum Subject: String, ExpressibleByArgument, CaseIterable { case lua, json }

  @Argument(help: "lua or json.")
  var subject: Subject

  func run() throws {
    switch subject {
    case .lua: print(LuaStubs.text, terminator: "")
    case .json: print(PipelineSchema.json.text, terminator: "")
    }
  }
}
