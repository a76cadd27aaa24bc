import Aggregation
import LuaHost
import LuaPlugins

/// The library of Lua files as LuaCATS annotations, which editors complete and check by.
enum LuaStubs {
  static var text: String {
    (head + definitions + functions + aggregates).joined(separator: "\n") + "\n"
  }

  private static let head =
    [
      "---@meta weir", "",
      "---An exact number of at most 38 digits.",
      "---@class decimal",
    ] + ["add", "sub", "mul", "div"].map { "---@operator \($0)(decimal|number): decimal" } + [
      "---@operator unm: decimal", "",
      "---A day.",
      "---@class date",
      "---@field year integer", "---@field quarter integer", "---@field month integer", "---@field day integer",
      "---@operator add(integer): date", "---@operator sub(date): integer", "",
      "---A moment.", "---@class timestamp", "",
      "---The inputs by name.", "---@class row", "---@field [string] any", "",
      "---Terms and when they hold: [valid_from, valid_to).", "---@class fee_version",
      "---@field valid_from? string", "---@field valid_to? string", "---@field rate? number",
      "---@field tiers? { up_to?: number, rate: number }[]", "---@field minimum? number", "---@field maximum? number",
      "---@field [string] any", "",
      "---@class rounding", "---@field scale integer", "---@field mode? string", "",
      "---@class aggregate", "",
      "---The plugin's settings by name.", "---@type table<string, any>", "settings = {}", "",
    ]

  private static var definitions: [String] {
    DefinitionManual.all.flatMap { manual in
      ["---@class \(manual.name)_definition"]
        + manual.keys.map { "---@field \($0.name)\($0.isRequired ? "" : "?") \($0.type) \($0.summary)" } + [
          "", "---\(manual.summary)", "---@param definition \(manual.name)_definition", "---@return table",
          "function \(manual.name)(definition) end", "",
        ]
    }
  }

  private static var functions: [String] {
    FunctionManual.topics.flatMap { topic in
      topic.functions.flatMap { function -> [String] in
        var lines = ["---\(function.summary)", "---`\(function.example.call)` is `\(function.example.result)`"]
        var names: [String] = []
        for (index, parameter) in function.parameters.enumerated() {
          let isLast = index == function.parameters.count - 1
          let name = isLast && function.takesMore ? "..." : parameter.name
          lines.append("---@param \(name)\(parameter.isOptional ? "?" : "") \(type(parameter.type))")
          names.append(name)
        }
        if function.result != "nil" { lines.append("---@return \(type(function.result))") }
        return lines + ["function \(function.name)(\(names.joined(separator: ", "))) end", ""]
      }
    }
  }

  /// Numbers are decimals wherever money is.
  private static func type(_ name: String) -> String {
    switch name {
    case "number": "number|decimal"
    case "number?": "number|decimal?"
    default: name
    }
  }

  private static var aggregates: [String] {
    Reductions.all.flatMap { reduction -> [String] in
      [
        "---\(reduction.declaration.summary)", "---@param column? string|fun(row: row): any", "---@param ... any",
        "---@return aggregate", "function \(reduction.declaration.name)(column, ...) end", "",
      ]
    }.dropLast()
  }
}
