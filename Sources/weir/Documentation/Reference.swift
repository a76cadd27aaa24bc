import Aggregation
import Expressions
import LuaHost
import LuaPlugins
import Planning
import Stages

/// The reference for authors of pipelines and plugins, as Markdown, made of the declarations themselves.
enum Reference {
  static var text: String {
    (introduction + functions + aggregates + definitions + manifest + tests + stages).joined(separator: "\n") + "\n"
  }

  private static let introduction = [
    "# Reference",
    "",
    "What pipelines and plugins can say. `weir docs` writes this page from the program's own declarations, `weir schema lua`",
    "writes the same as stubs for editors (LuaCATS); the examples are run as tests.",
    "",
  ]

  // MARK: Functions

  private static var functions: [String] {
    var lines = [
      "## Functions", "",
      "Every function is there in Lua files; those with a mark in the second column are there in the expressions of pipelines",
      "as well. A `?` is behind what may be left out.", "",
    ]
    for topic in FunctionManual.topics {
      lines += ["### \(topic.title)", "", "| function | expressions | what it gives | example |", "|---|---|---|---|"]
      for function in topic.functions {
        let mark = FunctionLibrary.named(function.name) == nil ? "" : "yes"
        lines.append(
          row([
            code(function.signature), mark, function.summary,
            "\(code(function.example.call)) is \(code(function.example.result))",
          ]))
      }
      lines.append("")
    }
    return lines + [
      "A day has the fields `d.year`, `d.quarter`, `d.month` and `d.day`; `d2 - d1` is days, and `d + 30` a day.",
      "In Lua files `settings.NAME` is a setting of the plugin.", "",
      "In Lua, values of unlike types are never equal. A decimal beside a number, or a decimal or day beside a text, is therefore",
      "an error under `==` and `~=`, wherever the values come from, and never false in silence: `eq(a, b)` compares by value, and",
      "so do `<` and `<=`. As keys of tables decimals and days go by value: `t[decimal(\"1.50\")]` is `t[decimal(\"1.5\")]`, but `t[1]`",
      "is another entry than `t[decimal(1)]`, and a day another than the timestamp of its midnight.", "",
    ]
  }

  private static var aggregates: [String] {
    table(
      "## Aggregates", "In `aggregate`, in checks and in `aggregates` of a metric.",
      Reductions.all.map { ($0.declaration.name, $0.declaration.signature, $0.declaration.summary) })
      + table(
        "## Window functions", "In the step `window`.",
        WindowFunctions.all.map { ($0.declaration.name, $0.declaration.signature, $0.declaration.summary) })
  }

  private static func table(
    _ title: String, _ where: String, _ functions: [(name: String, signature: String, summary: String)]
  ) -> [String] {
    var lines = [title, "", `where`, "", "| function | what it gives | example |", "|---|---|---|"]
    for function in functions {
      let example = WorkedExample.of(function.name).map { example in
        let columns = example.columns.map { "\($0.declaration.prefix { $0 != ":" }) = \(listed($0.values))" }
        return "\(code(example.call)) over \(columns.joined(separator: " and ")) is \(listed(example.result))"
      }
      lines.append(row([code(function.signature), function.summary, example ?? ""]))
    }
    return lines + [""]
  }

  private static func listed(_ values: String) -> String { values.split(separator: " ").joined(separator: ", ") }

  // MARK: Plugins

  private static var definitions: [String] {
    var lines = ["## Definitions", "", "A Lua file of a plugin returns one of these; its folder says which.", ""]
    for manual in DefinitionManual.all {
      lines += ["### \(manual.name)", "", "In `PLUGIN/\(manual.folder)`. \(manual.summary)", ""]
      lines += ["| key | type | what it says |", "|---|---|---|"]
      lines += manual.keys.map { key in
        row([code(key.name) + (key.isRequired ? " (required)" : ""), code(key.type), key.summary])
      }
      lines += ["", "```lua", manual.example, "```", ""]
    }
    return lines
  }

  private static let manifest = [
    "## plugin.yaml", "",
    "| key | what it says |", "|---|---|",
    "| `name` (required) | What stands before the point in pipelines. |",
    "| `version` (required) | Stands beside every figure that the plugin makes. |",
    "| `description`, `licence` | For people. |",
    "| `weir` | Which versions of Weir the plugin is for: `\">=0.1\"`, or several conditions, `\">=0.1 <2\"`. |",
    "| `settings` | By name: `{ type: decimal USD, default: 10000, description: … }`; pipelines set them. |",
    "| `limits` | `memory`, `block`, `output` (as `64MiB`), `steps`, `batch_steps`, `seconds` (`0.5` too); pipelines can lower them. |",
    "",
  ]

  private static let tests = [
    "## Tests", "",
    "`NAME.test.yaml` beside `NAME.lua`; `weir test` runs it, `--coverage` says which lines were run.", "",
    "```yaml",
    "cases:",
    "  - name: ten percent",
    "    given: [{ amount: 100.00, issued_on: 2023-07-18 }]   # rows with the inputs",
    "    expect: [{ client_fee: 10.00 }]                      # rows with as many results as matter",
    "  - name: before the first version",
    "    given: [{ amount: 100.00, issued_on: 2018-01-01 }]",
    "    refuse: no version in force                          # the reason holds this text",
    "  - name: a client's own rate",
    "    terms: { rate: 0.12 }                                # of fee rules: terms that override the rule's",
    "    given: [{ amount: 100.00, issued_on: 2024-01-01 }]",
    "    expect: [{ client_fee: 12.00 }]",
    "properties:                                              # tried on generated rows",
    "  - 0 <= fee or amount < 0                               # an expression over inputs and results",
    "  - { holds: fee <= amount, where: amount >= 0 }",
    "  - { monotone: amount }                                 # the result does not fall where the input grows",
    "  - invariant: split                                     # of metrics: all rows give what the merge of two parts gives",
    "  - invariant: merge                                     # the same of three parts, and of a part for each row",
    "```", "",
    "Results are called by the definition's own name; those of fee rules also `fee`, `version` and `branch`, those of others",
    "also `result`. Folds and transforms take `by`, `order` and `columns` beside `cases`. The rows of every case run forwards",
    "and backwards: a function of a row gives the same, whatever came before. Generated rows hold the extremes of their types,",
    "values that the file and its cases mention and their neighbours, and nil where it may be; a row that the definition",
    "rejects does not count, one on which it breaks does. `--seed` starts them elsewhere, `--rows` makes more of them.",
    "",
  ]

  // MARK: Pipelines

  private static var stages: [String] {
    let registry = Registry.standard
    let groups: [(String, [any Documented.Type])] = [
      ("## Ingests", registry.sources), ("## Steps", registry.steps), ("## Checks", registry.checks),
      ("## Exports", registry.exports),
    ]
    return groups.flatMap { title, items in
      [title, ""]
        + items.flatMap { item in
          ["### \(item.name)", "", item.summary, "", "```yaml", item.example, "```", ""] + keys(item.keys)
        }
    }.dropLast()
  }

  private static func keys(_ keys: [KeyManual]) -> [String] {
    if keys.isEmpty { return [] }
    let rows = keys.map { key in
      let words = key.words.isEmpty ? "" : " One of \(key.words.joined(separator: ", "))."
      return row([code(key.name) + (key.isRequired ? " (required)" : ""), key.summary + words])
    }
    return ["| key | what it says |", "|---|---|"] + rows + [""]
  }

  // MARK: Markdown

  private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

  /// A bar inside of a table's cell is written with a backslash, in code as well.
  private static func code(_ text: String) -> String {
    "`\(text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|"))`"
  }
}
