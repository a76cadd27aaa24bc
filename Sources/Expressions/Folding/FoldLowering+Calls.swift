import Diagnostics
import LuaHost
import Memory

/// Functions that the machine hands to its host, by number.
public enum FoldFunctions {
  static let first = 1000
  public static let concatenate = first
  public static let text = first + 1

  /// Those of the library that take no tables and give none.
  static let library: [String: Int] = {
    let others: Set<String> = ["graduated", "volume", "split", "dates"]
    var numbers: [String: Int] = [:]
    for (number, function) in HostFunction.all.enumerated() where !others.contains(function.name) {
      numbers[function.name] = number
    }
    return numbers
  }()
}

extension FoldLowering {
  /// Whether a name stands for a function of the library, `ipairs` or `table.insert`.
  func isLibrary(_ callee: LuaExpression, _ name: String) -> Bool { libraryName(callee) == name }

  func libraryName(_ callee: LuaExpression) -> String? {
    switch callee.kind {
    case .name(let name): return isGlobal(name) ? name : nil
    case .index(let base, let key):
      guard case .name(let library) = base.kind, isGlobal(library), case .string(let name) = key.kind,
        ["math", "table", "string"].contains(library)
      else { return nil }
      return "\(library).\(name)"
    case .parenthesized(let inner): return libraryName(inner)
    default: return nil
    }
  }

  /// A call whose results nobody wants.
  mutating func callStatement(_ expression: LuaExpression) throws(FoldRefusal) {
    guard case .call(let callee, let arguments) = expression.kind else {
      _ = try operand(expression)
      return
    }
    try call(callee, arguments, allocate(), 1, expression.range)
  }

  /// Calls a function; its results stand in `count` registers from `target` on.
  mutating func call(
    _ callee: LuaExpression, _ arguments: [LuaExpression], _ target: Int, _ count: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    if case .name(let name) = callee.kind, let binding = names[name] {
      switch binding {
      case .emit:
        try emit(arguments, range)
        return fill(target, 0, count)
      case .function(let function, let own):
        return try inline(function, own, arguments, target, count, range)
      case .interpreted: throw refusal("'\(name)' calls itself, or is left to the interpreter", callee.range)
      case .register, .row, .constant: throw refusal("'\(name)' is no function that is known here", callee.range)
      }
    }
    guard let name = libraryName(callee) else { throw refusal("this call is left to the interpreter", callee.range) }
    try library(name, arguments, into: target, callee.range)
    fill(target, 1, count)
  }

  private mutating func fill(_ target: Int, _ from: Int, _ count: Int) {
    for index in from..<max(count, from) { code.add(.move, target + index, code.constant(.nil)) }
  }

  /// The code of a function of the file, its parameters in registers of their own.
  private mutating func inline(
    _ function: LuaFunction, _ own: [String: Binding], _ arguments: [LuaExpression], _ target: Int, _ count: Int,
    _ range: Range<Int>
  ) throws(FoldRefusal) {
    if function.takesVarargs { throw refusal("'...' is left to the interpreter", function.range) }
    guard frames.count < Self.deepestCalls, code.place < 20_000 else {
      throw refusal("functions call each other too deeply", range)
    }
    var inner = own
    let base = allocate(max(function.parameters.count, 1))
    for (index, argument) in arguments.enumerated() {
      if index == arguments.count - 1, isCall(argument), function.parameters.count > arguments.count {
        throw refusal("the last argument is a call, which may give several", argument.range)
      }
      if index < function.parameters.count {
        let name = function.parameters[index]
        if let binding = passed(argument) {
          inner[name] = binding
        } else {
          try evaluate(argument, into: base + index)
          inner[name] = .register(base + index)
          let place = FoldFacts.Place(kind: .parameter, offset: function.range.lowerBound, index: index)
          facts.note(fact(of: argument), at: place)
          declared[base + index] = place
        }
      } else {
        _ = try operand(argument)
      }
    }
    for index in arguments.count..<max(function.parameters.count, arguments.count) {
      code.add(.move, base + index, code.constant(.nil))
      inner[function.parameters[index]] = .register(base + index)
      declared[base + index] = FoldFacts.Place(kind: .parameter, offset: function.range.lowerBound, index: index)
    }
    let (outer, outerBreaks) = (names, breaks)
    (names, breaks) = (inner, [])
    frames.append(Frame(base: target, count: count, offset: function.range.lowerBound))
    try run(function.body)
    fill(target, 0, count)
    code.land(frames.removeLast().exits)
    (names, breaks) = (outer, outerBreaks)
  }

  /// An argument that no register holds.
  private func passed(_ argument: LuaExpression) -> Binding? {
    guard case .name(let name) = argument.kind else { return nil }
    switch names[name] {
    case .row, .emit, .function: return names[name]
    default: return nil
    }
  }

  // MARK: emit

  private mutating func emit(_ arguments: [LuaExpression], _ range: Range<Int>) throws(FoldRefusal) {
    guard arguments.count == 1 else { throw refusal("emit takes one table", range) }
    guard case .table(let fields) = arguments[0].kind else {
      code.add(.emitTable, 0, try operand(arguments[0]))
      return
    }
    var given: [String: LuaExpression] = [:]
    let outputs = compiler.outputs.map(\.name)
    for field in fields {
      guard case .name(let name) = field.key else {
        throw refusal("emit's fields are named by values", field.value.range)
      }
      guard outputs.contains(name) else {
        throw invalid(
          .unknownColumn, "emit: there is no output '\(name)'", field.value.range,
          help: suggestion(for: name, among: outputs) ?? "outputs are \(outputs.joined(separator: ", "))")
      }
      if given.updateValue(field.value, forKey: name) != nil { throw refusal("emit has a field twice", range) }
    }
    let base = allocate(max(outputs.count, 1))
    // In the order of the text, which is the order in which Lua computes them.
    for field in fields {
      guard case .name(let name) = field.key, let place = outputs.firstIndex(of: name) else { continue }
      try evaluate(field.value, into: base + place)
      try check(field.value, for: compiler.outputs[place])
    }
    for (place, output) in compiler.outputs.enumerated() where given[output.name] == nil {
      guard output.type.isNullable else {
        throw invalid(
          .maybeNil, "emit gives no '\(output.name)', which is \(output.type)", range,
          help: "give it, or write a ? behind its type in 'outputs'")
      }
      code.add(.move, base + place, code.constant(.nil))
    }
    code.add(.emit, 0, base)
  }

  // MARK: The library

  private mutating func library(
    _ name: String, _ arguments: [LuaExpression], into target: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    switch name {
    // What they say the interpreter finds, over the rows of the key.
    case "reject", "error": code.add(.giveUp)
    case "assert":
      guard let first = arguments.first else { throw refusal("assert takes a condition", range) }
      try evaluate(first, into: target)
      let holds = code.add(.jumpTrue, 0, target)
      code.add(.giveUp)
      code.land([holds])
    case "math.min", "math.max":
      let base = try consecutive(arguments, range)
      code.add(name == "math.min" ? .least : .greatest, target, base, arguments.count)
    case "math.abs": code.add(.absolute, target, try single(arguments, range))
    case "math.floor": code.add(.floor, target, try single(arguments, range))
    case "math.ceil": code.add(.ceiling, target, try single(arguments, range))
    case "table.insert": try insert(arguments, range)
    case "table.remove":
      guard (1...2).contains(arguments.count) else { throw refusal("table.remove takes a table and a place", range) }
      let table = try operand(arguments[0])
      let place = arguments.count > 1 ? try operand(arguments[1]) : code.constant(.nil)
      code.add(.remove, target, table, place)
    case "round": try round(arguments, into: target, range)
    case "tostring": try host(FoldFunctions.text, [arguments], into: target, range, count: 1)
    default:
      guard let number = FoldFunctions.library[name] else {
        let isKnown = HostFunction.all.contains { $0.name == name }
        throw refusal(
          isKnown ? "'\(name)' takes or gives tables" : "'\(name)' is a function of the interpreter", range)
      }
      try host(number, arguments, into: target)
    }
  }

  private mutating func single(_ arguments: [LuaExpression], _ range: Range<Int>) throws(FoldRefusal) -> Int {
    guard arguments.count == 1 else { throw refusal("one argument is wanted here", range) }
    return try operand(arguments[0])
  }

  /// Arguments in registers that follow each other.
  private mutating func consecutive(_ arguments: [LuaExpression], _ range: Range<Int>) throws(FoldRefusal) -> Int {
    guard !arguments.isEmpty else { throw refusal("an argument is wanted here", range) }
    if let last = arguments.last, isCall(last), !givesOne(last) {
      throw refusal("the last argument is a call, which may give several", last.range)
    }
    let base = allocate(arguments.count)
    for (index, argument) in arguments.enumerated() { try evaluate(argument, into: base + index) }
    return base
  }

  /// Whether a call gives exactly one value: a function of the library does.
  private func givesOne(_ call: LuaExpression) -> Bool {
    guard case .call(let callee, _) = call.kind, let name = libraryName(callee) else { return false }
    return !["reject", "error", "assert"].contains(name)
  }

  private mutating func insert(_ arguments: [LuaExpression], _ range: Range<Int>) throws(FoldRefusal) {
    guard (2...3).contains(arguments.count) else {
      throw refusal("table.insert takes a table, perhaps a place, and a value", range)
    }
    let table = try operand(arguments[0])
    let place = arguments.count > 2 ? try operand(arguments[1]) : code.constant(.nil)
    code.add(.insert, table, place, try operand(arguments[arguments.count - 1]))
  }

  private mutating func round(
    _ arguments: [LuaExpression], into target: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    let modes = ["half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"]
    var mode = 0
    if arguments.count == 3 {
      guard case .string(let name) = arguments[2].kind, let number = modes.firstIndex(of: name) else {
        return try host(FoldFunctions.library["round"] ?? 0, arguments, into: target)
      }
      mode = number
    }
    guard (1...3).contains(arguments.count) else { throw refusal("round takes a number, a scale and a mode", range) }
    let number = try operand(arguments[0])
    let scale = arguments.count > 1 ? try operand(arguments[1]) : code.constant(.int(0))
    code.add(.round, target, number, scale, d: mode)
  }

  private mutating func host(
    _ function: Int, _ arguments: [[LuaExpression]], into target: Int, _ range: Range<Int>, count: Int
  ) throws(FoldRefusal) {
    guard arguments[0].count == count else { throw refusal("one argument is wanted here", range) }
    try host(function, arguments[0], into: target)
  }

  /// A function of the host.
  mutating func host(_ function: Int, _ arguments: [LuaExpression], into target: Int) throws(FoldRefusal) {
    let base = try consecutive(arguments, arguments.first?.range ?? 0..<0)
    code.add(.call, target, base, arguments.count, d: function)
  }

  /// What a function of the library gives for constants.
  func constant(_ callee: LuaExpression, _ arguments: [LuaExpression]) throws(FoldRefusal) -> FoldConstant? {
    guard let name = libraryName(callee), let function = FoldFunctions.library[name], !arguments.isEmpty else {
      return nil
    }
    var values: [FoldValue] = []
    for argument in arguments {
      guard let known = try constant(argument), let value = FoldValue(known.value) else { return nil }
      values.append(value)
    }
    return FoldFunctions.call(function, values).map { FoldConstant(LuaValue($0)) }
  }

  /// `text:sub(1, 2)`
  mutating func method(
    _ method: String, of object: LuaExpression, _ arguments: [LuaExpression], into target: Int, _ range: Range<Int>
  ) throws(FoldRefusal) {
    guard ["len", "sub", "lower", "upper"].contains(method), let number = FoldFunctions.library[method] else {
      throw refusal("the method '\(method)' is left to the interpreter", range)
    }
    try host(number, [object] + arguments, into: target)
  }
}
