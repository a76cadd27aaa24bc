import Diagnostics
import Planning
import Stages

/// The form of pipeline files as a JSON schema (2020-12), by which editors complete and check them.
enum PipelineSchema {
  static var json: JSONValue {
    let registry = Registry.standard
    return made([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string("Weir pipeline")),
      ("type", .string("object")), ("required", .array([.string("weir"), .string("name"), .string("ingest")])),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        made([
          ("weir", made([("const", .int(1))])), ("name", text("The pipeline's name.")),
          ("description", text("What it is for.")),
          ("params", named(made([("type", .string("object"))]))),
          ("units", named(made([("type", .string("integer"))]))),
          ("calendar", made([("type", .string("object"))])),
          (
            "plugins",
            list(
              anyOf([
                text("The plugin's folder."),
                object(
                  [
                    KeyManual("path", "The plugin's folder.", required: true),
                    KeyManual("settings", "Its settings by name."),
                    KeyManual("limits", "What its scripts may use at most."),
                  ], closed: true),
              ]))
          ),
          ("ingest", named(anyOf(registry.sources.map { typed($0) }))),
          (
            "transform",
            named(
              made([
                ("type", .string("object")), ("required", .array([.string("from")])),
                ("properties", made([("from", made([])), ("steps", list(steps(registry.steps)))])),
              ]))
          ),
          ("checks", list(made([("type", .string("object")), ("required", .array([.string("from")]))]))),
          ("export", named(anyOf(registry.exports.map { typed($0) }))),
          ("quarantine", made([("type", .array([.string("object"), .string("string")]))])),
        ])
      ),
    ])
  }

  /// A step is one key: its name.
  private static func steps(_ steps: [any StepDefinition.Type]) -> JSONValue {
    made([
      ("type", .string("object")), ("minProperties", .int(1)), ("maxProperties", .int(1)),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        made(
          steps.map { step in
            // A step with keys may have a shorthand: a single value.
            let mapping = object(step.keys, closed: true)
            let value =
              step.keys.isEmpty
              ? made([]) : anyOf([mapping, made([("type", .array([.string("string"), .string("array")]))])])
            return (step.name, described(value, step.summary))
          })
      ),
    ])
  }

  /// An ingest or export with its `type`.
  private static func typed(_ item: any Documented.Type) -> JSONValue {
    var properties: [(String, JSONValue)] = [("type", made([("const", .string(item.name))]))]
    properties += item.keys.map { ($0.name, key($0)) }
    let required = ["type"] + item.keys.filter(\.isRequired).map(\.name)
    return made([
      ("type", .string("object")), ("description", .string(item.summary)),
      ("required", .array(required.map { .string($0) })), ("properties", made(properties)),
    ])
  }

  private static func object(_ keys: [KeyManual], closed: Bool) -> JSONValue {
    made([
      ("type", .string("object")),
      ("required", .array(keys.filter(\.isRequired).map { .string($0.name) })),
      ("additionalProperties", .bool(!closed)), ("properties", made(keys.map { ($0.name, key($0)) })),
    ])
  }

  private static func key(_ key: KeyManual) -> JSONValue {
    var members: [(String, JSONValue)] = [("description", .string(key.summary))]
    if key.words == ["true", "false"] || key.words == ["false", "true"] {
      members.append(("type", .string("boolean")))
    } else if !key.words.isEmpty {
      members.append(("enum", .array(key.words.map { .string($0) })))
    }
    return made(members)
  }

  private static func described(_ schema: JSONValue, _ summary: String) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return made([("description", .string(summary))] + members.map { ($0.key, $0.value) })
  }

  private static func text(_ summary: String) -> JSONValue {
    made([("type", .string("string")), ("description", .string(summary))])
  }

  private static func list(_ items: JSONValue) -> JSONValue {
    made([("type", .string("array")), ("items", items)])
  }

  /// Names of one's own.
  private static func named(_ value: JSONValue) -> JSONValue {
    made([("type", .string("object")), ("additionalProperties", value)])
  }

  private static func anyOf(_ schemas: [JSONValue]) -> JSONValue { made([("anyOf", .array(schemas))]) }

  private static func made(_ members: [(String, JSONValue)]) -> JSONValue { .object(members) }
}
