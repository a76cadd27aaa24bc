/// A kind of definition: the folder that its files stand in, how they begin, and the keys that they take. Validation, the
/// reference and the stubs for editors are made of it.
public struct DefinitionManual: Sendable {
  public struct Key: Sendable {
    public let name: String
    /// As LuaCATS has it.
    public let type: String
    public let isRequired: Bool
    public let summary: String

    init(_ name: String, _ type: String, _ summary: String, required isRequired: Bool = false) {
      self.name = name
      self.type = type
      self.summary = summary
      self.isRequired = isRequired
    }
  }

  /// What a file returns: `fee_rule`.
  public let name: String
  /// The plugin's folder with such files: `fees`.
  public let folder: String
  /// One sentence.
  public let summary: String
  public let keys: [Key]
  /// A whole file.
  public let example: String

  /// Keys that every definition has.
  static let common: [Key] = [
    Key("name", "string", "What pipelines call it, behind the plugin's name and a point: the file's name."),
    Key("title", "string", "What reports call it."),
    Key("definition", "string", "What it means, in a sentence or two for whoever reads the figure."),
  ]

  static let inputs = Key(
    "inputs", "table<string, string>",
    "The columns that it takes and their types; bound by name, or by `with` in the step.")
  static let outputs = Key(
    "outputs", "table<string, string>", "The columns that it emits and their types, in the order of the file.",
    required: true)

  public var keyNames: [String] { keys.map(\.name) }

  /// All kinds, in the order of the reference.
  public static let all: [DefinitionManual] = [feeRule, metric, function, fold, transform, source, export]

  static func ofFolder(_ folder: String) -> DefinitionManual? { all.first { $0.folder == folder } }
}
