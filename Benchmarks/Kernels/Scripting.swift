import Columns
import LuaHost

extension Kernel {
  /// Functions of Lua that the interpreter runs, a batch a call.
  static var scripting: [Kernel] {
    [
      interpreted("lua-ints", "return function(row) return row.a + row.b end", .int),
      interpreted("lua-text", "return function(row) return (string.upper(row.name)) end", .string),
      interpreted(
        "lua-decimals", "return function(row) return row.amount * 0.15 end", .decimal(precision: 38, scale: 4)),
    ]
  }

  private static func interpreted(_ name: String, _ source: String, _ result: DataType) -> Kernel {
    Kernel(name: name, rows: 4096) {
      let state = try LuaState(name: name)
      guard let function = try state.load(source, path: "\(name).lua").asFunction else {
        preconditionFailure("the script returns a function")
      }
      var numbers = Numbers(8)
      let dictionary = TextDictionary()
      let names = (0..<4096).map { _ in dictionary.code(for: "name \(numbers.below(50))") }
      let columns = [
        Column(.ints((0..<4096).map { _ in Int64(numbers.below(1000)) })),
        Column(.ints((0..<4096).map { _ in Int64(numbers.below(1000)) })),
        Column(.decimals64((0..<4096).map { _ in Int64(numbers.below(1_000_000)) }, scale: 2)),
        Column(.texts(.coded(names, dictionary))),
      ]
      let rows = LuaRowArgument.row(names: ["a", "b", "amount", "name"], columns: columns)
      let results = [LuaResult(name: "result", type: result, isNullable: false)]
      return { try state.mapRows(function, arguments: [rows], count: 4096, results: results).columns[0].count }
    }
  }
}
