/// What scripts have of Lua 5.4's own library, every function with its work charged to the script's limits.
extension FunctionManual {
  static let language: [FunctionManual] = [
    FunctionManual(
      "type(x: any): string", "What a value is; decimal, date and timestamp among them.",
      "type(decimal(1))", is: "decimal"),
    FunctionManual("tostring(x: any): string", "x as text.", "tostring(12)", is: "12"),
    FunctionManual(
      "tonumber(x: any, base?: integer): number?", "The number that a text writes; nil where it is none.",
      #"tonumber("12")"#, is: "12"),
    FunctionManual(
      "pairs(t: table): function", "The entries of a table: numbers ascending, then texts by bytes.",
      "(function() local n = 0 for _ in pairs({ a = 1, b = 2 }) do n = n + 1 end return n end)()", is: "2"),
    FunctionManual(
      "ipairs(t: table): function", "The entries at 1, 2, and so on.",
      "(function() local n = 0 for _, x in ipairs({ 5, 6 }) do n = n + x end return n end)()", is: "11"),
    FunctionManual(
      "select(n: any, value: any…): any", "The arguments from one on; '#' counts them.",
      ##"select("#", 1, 2)"##, is: "2"),
    FunctionManual(
      "error(message: any): nil", "Ends the row with a message.",
      #"select(2, pcall(function() error("no") end)) ~= nil"#, is: "true"),
    FunctionManual(
      "assert(x: any, message?: string): any", "x, or an error with the message where it is false or nil.",
      "assert(7)", is: "7"),
    FunctionManual(
      "pcall(f: function, value: any…): boolean",
      "Calls f; false and the error where it fails. Limits and rejections go on.",
      "(pcall(error))", is: "false"),
    FunctionManual(
      "xpcall(f: function, handler: function, value: any…): boolean", "Calls f; the handler's result where it fails.",
      "(xpcall(function() return 1 end, tostring))", is: "true"),
    FunctionManual(
      "setmetatable(t: table, metatable: table): table",
      "t with operators; those that Lua's library cannot be trusted with are dropped.",
      "setmetatable({}, { __index = { a = 3 } }).a", is: "3"),
    FunctionManual(
      "require(name: string): any", "What a file of the plugin's folder `modules` returns.",
      #"pcall(require, "nothing") == false"#, is: "true"),
    FunctionManual(
      "reject(reason: string): nil", "Quarantines the row with a reason, before a fold's state changes.",
      "type(reject)", is: "function"),
    FunctionManual("log(value: any…): nil", "Says something in the report of the run.", "type(log)", is: "function"),
  ]

  static let strings: [FunctionManual] = [
    FunctionManual("string.len(s: string): integer", "Bytes of s.", #"string.len("abc")"#, is: "3"),
    FunctionManual(
      "string.sub(s: string, from: integer, to?: integer): string", "The bytes from one position to another.",
      #"string.sub("abcd", 2, 3)"#, is: "bc"),
    FunctionManual(
      "string.lower(s: string): string", "s with ASCII letters in lower case.", #"string.lower("Ab")"#, is: "ab"),
    FunctionManual(
      "string.upper(s: string): string", "s with ASCII letters in upper case.", #"string.upper("Ab")"#, is: "AB"),
    FunctionManual(
      "string.reverse(s: string): string", "The bytes of s backwards.", #"string.reverse("abc")"#, is: "cba"),
    FunctionManual(
      "string.rep(s: string, n: integer, separator?: string): string", "s so many times.",
      #"string.rep("ab", 2, "-")"#, is: "ab-ab"),
    FunctionManual(
      "string.byte(s: string, from?: integer, to?: integer): integer", "The codes of bytes.",
      #"string.byte("A")"#, is: "65"),
    FunctionManual("string.char(code: integer…): string", "The bytes of some codes.", "string.char(65, 66)", is: "AB"),
    FunctionManual(
      "string.find(s: string, pattern: string, from?: integer, plain?: boolean): integer?",
      "Where a pattern first matches: from and to.",
      #"(string.find("abcd", "c"))"#, is: "3"),
    FunctionManual(
      "string.match(s: string, pattern: string, from?: integer): string?",
      "What a pattern captures at its first match.",
      #"string.match("room 12", "%d+")"#, is: "12"),
    FunctionManual(
      "string.gmatch(s: string, pattern: string): function", "All matches of a pattern, for a loop.",
      #"(function() local n = 0 for _ in string.gmatch("a b c", "%a") do n = n + 1 end return n end)()"#, is: "3"),
    FunctionManual(
      "string.gsub(s: string, pattern: string, by: any, most?: integer): string",
      "s with matches replaced by a text, a table's entry or a function's result.",
      #"(string.gsub("a1b2", "%d", "-"))"#, is: "a-b-"),
    FunctionManual(
      "string.format(form: string, value: any…): string", "Values in a form: %d %s %q %f %g %x and their kin.",
      #"string.format("%03d|%s", 7, "x")"#, is: "007|x"),
  ]

  static let tables: [FunctionManual] = [
    FunctionManual(
      "table.insert(t: table, place: any, value?: any): nil", "Puts a value at the end, or at a place.",
      "(function() local t = { 1 } table.insert(t, 5) return t[2] end)()", is: "5"),
    FunctionManual(
      "table.remove(t: table, place?: integer): any", "Takes out the last value, or the one at a place.",
      "table.remove({ 1, 2, 3 })", is: "3"),
    FunctionManual(
      "table.concat(t: table, separator?: string, from?: integer, to?: integer): string",
      "The texts of a list one after the other.",
      #"table.concat({ "a", "b" }, "+")"#, is: "a+b"),
    FunctionManual(
      "table.unpack(t: table, from?: integer, to?: integer): any", "The values of a list as several values.",
      "(table.unpack({ 4, 5 }))", is: "4"),
    FunctionManual(
      "table.pack(value: any…): table", "Several values as a list, their number under n.", "table.pack(1, nil).n",
      is: "2"),
    FunctionManual(
      "table.move(from: table, first: integer, last: integer, place: integer, to?: table): table",
      "Copies values to a place.",
      "table.move({ 1, 2 }, 1, 2, 2)[3]", is: "2"),
    FunctionManual(
      "table.sort(t: table, before?: function): nil", "Sorts a list in place; equal values keep their order.",
      "(function() local t = { 3, 1, 2 } table.sort(t) return t[1] end)()", is: "1"),
    FunctionManual("math.sqrt(x: number): number", "The square root, a float.", "math.sqrt(4)", is: "2.0"),
    FunctionManual("math.exp(x: number): number", "e to the power of x, a float.", "math.exp(0)", is: "1.0"),
    FunctionManual(
      "math.log(x: number, base?: number): number", "The logarithm, a float.", "math.log(8, 2)", is: "3.0"),
    FunctionManual(
      "math.fmod(a: number, b: number): number", "The rest of a division that rounds towards zero.", "math.fmod(-7, 3)",
      is: "-1"),
    FunctionManual(
      "math.type(x: any): string?", "integer, float, decimal, or nil for what is no number.", "math.type(1.5)",
      is: "float"),
    FunctionManual(
      "math.tointeger(x: any): integer?", "A whole float as an int; nil where it is not whole.", "math.tointeger(3.0)",
      is: "3"),
    FunctionManual("utf8.char(code: integer…): string", "The characters of some codes.", "utf8.char(233)", is: "é"),
    FunctionManual("utf8.len(s: string): integer?", "Characters of s.", #"utf8.len("é")"#, is: "1"),
  ]
}
