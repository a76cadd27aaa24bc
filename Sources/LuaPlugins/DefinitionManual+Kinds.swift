extension DefinitionManual {
  static let feeRule = DefinitionManual(
    name: "fee_rule", folder: "fees", summary: "Prices a row, by effective date. The step `fee` runs it.",
    keys: common + [
      inputs,
      Key("payer", "string", "Who pays."),
      Key("unit", "string", "The fee's unit; that of the inputs unless said."),
      Key("priced_by", "string", "The input whose date decides which version holds."),
      Key(
        "versions", "fee_version[]",
        "The terms and when they hold, [valid_from, valid_to), checked for gaps and overlaps; every field is there as "
          + "`terms.NAME`, and a table of terms may override it.",
        required: true),
      Key("fee", "fun(row: row, terms: fee_version): decimal, string", "The fee and the branch that decided."),
      Key("base", "string", "Without `fee`: the input that `rate` or `tiers` are a share of."),
      Key("method", "string", "Without `fee`: graduated (unless said) or volume tiers."),
      Key("minimum", "number", "The least fee; a version's own stands before it."),
      Key("maximum", "number", "The greatest fee; a version's own stands before it."),
      Key("rounding", "rounding", "{ scale = 2, mode = \"half_even\" }, last of all."),
      Key("returns", "string", "The fee's type, where the function cannot be compiled."),
    ],
    example: """
      return fee_rule {
        name = "client_fee", title = "Client fee", payer = "client",
        definition = "What the client pays on top of what talent bills.",
        inputs = { amount = "decimal USD", issued_on = "date" },
        priced_by = "issued_on", rounding = { scale = 2, mode = "half_even" },
        versions = {
          { valid_from = "2018-09-01", valid_to = "2023-07-19", rate = 0.10 },
          { valid_from = "2023-07-19", rate = 0.15 },
        },
        fee = function(row, terms) return row.amount * terms.rate, "flat" end,
      }
      """)

  static let metric = DefinitionManual(
    name: "metric", folder: "metrics", summary: "A figure over many rows. The step `aggregate` computes it.",
    keys: common + [
      inputs,
      Key("unit", "string", "The result's unit."),
      Key("value", "fun(row: row): any", "The value of a row, which `aggregate` takes."),
      Key("aggregate", "string", "The native aggregate over the values: \"sum\"."),
      Key(
        "aggregates", "table<string, aggregate>",
        "Native aggregates by name: `sum \"fee\"` over a column, `sum(function(row) … end)` over a value, `count()`."),
      Key("finish", "fun(aggregates: table): any", "The result, of the aggregates or of the state."),
      Key("init", "fun(settings: table): any", "Scripted throughout: the state of a group without rows."),
      Key("step", "fun(state: any, row: row): any", "The state after a row; nil where it was changed in place."),
      Key("merge", "fun(a: any, b: any): any", "The state of the rows of a and then of b."),
      Key("returns", "string", "The result's type, where the function cannot be compiled."),
    ],
    example: """
      return metric {
        name = "take_rate", title = "Take rate",
        definition = "Fees as a share of what came into the network.",
        inputs = { amount = "decimal USD", client_fee = "decimal USD" },
        aggregates = { fees = sum "client_fee", gsv = sum(function(row) return row.amount + row.client_fee end) },
        finish = function(a) return ratio(a.fees, a.gsv) end,
      }
      """)

  static let function = DefinitionManual(
    name: "func", folder: "functions", summary: "A function for any expression: `network.half_months(days)`.",
    keys: common + [
      inputs,
      Key("returns", "string", "The type of its result.", required: true),
      Key("value", "fun(...): any", "The function, its arguments in the order of `inputs`.", required: true),
    ],
    example: """
      return func {
        name = "half_months", inputs = { days = "int" }, returns = "decimal(38,18)",
        value = function(days) return div(days, 15, 0, "half_up") / 2 end,
      }
      """)

  static let fold = DefinitionManual(
    name: "fold", folder: "folds",
    summary: "A state machine over the rows of each key, in order. The step `fold` runs it.",
    keys: common + [
      inputs, outputs,
      Key("init", "fun(settings: table): any", "The state before a key's first row.", required: true),
      Key(
        "step", "fun(state: any, row: row, emit: fun(row: table))",
        "Changes the state by a row; `emit { … }` gives a row, `reject(reason)` quarantines this one.", required: true),
      Key("finish", "fun(state: any, emit: fun(row: table))", "After the key's last row."),
    ],
    example: """
      return fold {
        name = "balance", inputs = { amount = "decimal(18,2)" }, outputs = { balance = "decimal(38,2)" },
        init = function(settings) return { sum = decimal(0) } end,
        step = function(state, row, emit)
          state.sum = state.sum + row.amount
          emit { balance = state.sum }
        end,
      }
      """)

  static let transform = DefinitionManual(
    name: "transform", folder: "transforms", summary: "From a whole table to another. The step `lua` runs it.",
    keys: common + [
      inputs, outputs,
      Key("run", "fun(rows: row[], emit: fun(row: table))", "Gets all rows once.", required: true),
    ],
    example: """
      return transform {
        name = "pairs_of", inputs = { name = "string" }, outputs = { first = "string", second = "string" },
        run = function(rows, emit)
          for i = 2, #rows do emit { first = rows[i - 1].name, second = rows[i].name } end
        end,
      }
      """)

  static let source = DefinitionManual(
    name: "source", folder: "sources",
    summary: "Rows out of bytes or lines that the host opens. An ingest of `type: lua` reads through it.",
    keys: common + [
      Key("columns", "table<string, string>", "The columns that it emits and their types.", required: true),
      Key("rows", "fun(input: table, emit: fun(row: table))", "Emits a table a row.", required: true),
    ],
    example: """
      return source {
        name = "notes", columns = { text = "string" },
        rows = function(input, emit)
          for line in input.lines do emit { text = line } end
        end,
      }
      """)

  static let export = DefinitionManual(
    name: "export", folder: "exports",
    summary: "Bytes that the host writes. An export of `type: lua` writes through it.",
    keys: common + [
      inputs,
      Key("write", "fun(rows: function, out: fun(...))", "Gives the bytes of the file to `out`.", required: true),
    ],
    example: """
      return export {
        name = "ledger", inputs = { month = "date", gsv = "decimal USD" },
        write = function(rows, out)
          for row in rows do out(tostring(row.month), " ", tostring(row.gsv), "\\n") end
        end,
      }
      """)
}
