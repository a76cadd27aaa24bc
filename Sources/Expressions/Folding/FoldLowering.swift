import Columns
import Diagnostics
import LuaHost
import Memory

/// Writes the code of a fold: locals and what lies between are registers, functions of the file are inlined.
struct FoldLowering {
  /// What a name stands for.
  enum Binding {
    case register(Int)
    case row
    case emit
    case constant(FoldConstant)
    case function(LuaFunction, names: [String: Binding])
    case interpreted
  }

  /// A function that is being inlined, or nil: its `return` ends the code.
  struct Frame {
    /// Where its results go.
    var base: Int
    var count: Int
    /// Where the function begins.
    var offset = 0
    var exits: [Int] = []
  }

  static let deepestCalls = 16

  let compiler: FoldCompiler
  var code: FoldCode
  var names: [String: Binding] = [:]
  /// The first register that nothing uses.
  var next = 1
  /// Jumps out of the loops that are open.
  var breaks: [[Int]] = []
  var frames: [Frame] = []
  /// What is known of values, and of the locals that registers hold.
  var facts: FoldFacts
  var declared: [Int: FoldFacts.Place] = [:]
  let reportsMistakes: Bool
  private(set) var usedInputs: [Int] = []
  private var prepared: [FoldConstant] = []

  init(
    _ compiler: FoldCompiler, outputs: [FoldCode.Output], facts: FoldFacts = FoldFacts(), reportsMistakes: Bool = false
  ) {
    self.compiler = compiler
    self.facts = facts
    self.reportsMistakes = reportsMistakes
    code = FoldCode(outputs: outputs)
  }

  mutating func lower(
    initial: FoldCompiler.Function, step: FoldCompiler.Function, finish: FoldCompiler.Function?
  ) throws(FoldRefusal) {
    code.begin(.initial)
    try lowerInitial(initial)
    code.begin(.step)
    try lower(step, [.register(0), .row, .emit])
    if let finish {
      code.begin(.finish)
      try lower(finish, [.register(0), .emit])
    }
    guard !prepared.isEmpty else { return }
    code.begin(.prepare)
    var made = 0
    while made < prepared.count {
      try write(prepared[made])
      made += 1
    }
    code.add(.return)
  }

  /// `init(settings)`, whose result is the state.
  private mutating func lowerInitial(_ function: FoldCompiler.Function) throws(FoldRefusal) {
    begin(function)
    try bind(function.node, [.constant(FoldConstant(compiler.settings, isSettings: true))])
    frames = [Frame(base: 0, count: 1)]
    next = 1
    try run(function.node.body)
    code.add(.move, 0, code.constant(.nil))
    code.land(frames.removeLast().exits)
    code.add(.return)
  }

  private mutating func lower(_ function: FoldCompiler.Function, _ arguments: [Binding]) throws(FoldRefusal) {
    begin(function)
    try bind(function.node, arguments)
    try run(function.node.body)
    code.add(.return)
  }

  private mutating func begin(_ function: FoldCompiler.Function) {
    names = bindings(function.upvalues)
    next = 1
    frames = []
    breaks = []
    declared = [:]
  }

  /// Names the register of a local.
  mutating func declare(_ name: String, _ register: Int, _ place: FoldFacts.Place? = nil) {
    names[name] = .register(register)
    declared[register] = place
  }

  private func bindings(_ upvalues: [String: FoldCompiler.Upvalue]) -> [String: Binding] {
    upvalues.mapValues { upvalue in
      switch upvalue {
      case .constant(let value): .constant(FoldConstant(value))
      case .function(let node, let own): .function(node, names: bindings(own))
      case .interpreted: .interpreted
      }
    }
  }

  /// Declares the parameters of one of the fold's own functions.
  private mutating func bind(_ function: LuaFunction, _ arguments: [Binding]) throws(FoldRefusal) {
    if function.takesVarargs { throw refusal("'...' is left to the interpreter", function.range) }
    for (index, name) in function.parameters.enumerated() {
      names[name] = index < arguments.count ? arguments[index] : .register(try nilRegister())
    }
  }

  private mutating func nilRegister() throws(FoldRefusal) -> Int {
    let register = allocate()
    code.add(.move, register, code.constant(.nil))
    return register
  }

  // MARK: Registers

  mutating func allocate(_ count: Int = 1) -> Int {
    defer { next += count }
    code.reserve(next + count - 1)
    return next
  }

  /// Runs statements whose locals end with them.
  mutating func block(_ statements: [LuaStatement]) throws(FoldRefusal) {
    let (outer, free) = (names, next)
    try run(statements)
    (names, next) = (outer, free)
  }

  // MARK: Refusing

  func refusal(_ message: String, _ range: Range<Int>, help: String? = nil) -> FoldRefusal {
    .interpreted(Diagnostic(.unsupportedExpression, message, at: compiler.text.span(range), help: help))
  }

  func invalid(
    _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, help: String? = nil
  ) -> FoldRefusal {
    .invalid(Diagnostic(code, message, at: compiler.text.span(range), help: help))
  }

  func source(_ range: Range<Int>) -> String { String(decoding: Array(compiler.text.text.utf8)[range], as: UTF8.self) }

  // MARK: Inputs and constants

  /// The column of an input.
  mutating func column(_ name: String, _ range: Range<Int>) throws(FoldRefusal) -> Int {
    guard let input = compiler.inputs.firstIndex(of: name) else {
      throw invalid(
        .unknownColumn, "no input '\(name)'", range, help: suggestion(for: name, among: compiler.inputs))
    }
    if let known = usedInputs.firstIndex(of: input) { return known }
    usedInputs.append(input)
    return usedInputs.count - 1
  }

  /// The register that holds a constant, a table made once for all keys.
  mutating func register(of constant: FoldConstant, _ range: Range<Int>) throws(FoldRefusal) -> Int {
    if let known = constant.register { return known }
    if let value = FoldValue(constant.value) { return code.constant(value) }
    guard case .table = constant.value, constant.isPlain else {
      throw refusal("'\(source(range))' holds more than plain data", range)
    }
    let register = code.preparedConstant()
    constant.register = register
    prepared.append(constant)
    return register
  }

  /// Writes the code that makes a table of constants, those within it before it.
  private mutating func write(_ constant: FoldConstant) throws(FoldRefusal) {
    guard let register = constant.register, !constant.isWritten else { return }
    constant.isWritten = true
    let (fields, items) = constant.parts
    var parts: [Int] = []
    for (name, part) in fields { facts.note(constant.isSettings ? .unknown : FoldFact(part.value), field: name) }
    for part in fields.map(\.value) + items {
      parts.append(try self.register(of: part, 0..<0))
      if case .table = part.value { try write(part) }
    }
    next = 1
    let base = allocate(max(parts.count, 1))
    for (place, part) in parts.enumerated() { code.add(.move, base + place, part) }
    let shape = code.shape(fields.map { code.name($0.name) })
    code.add(.tableOf, register, base, items.count, d: shape)
    code.add(.freeze, register)
  }
}

/// A constant of the file, and the register that it has once code asks for it.
final class FoldConstant {
  let value: LuaValue
  /// Whether it is of the plugin's settings.
  let isSettings: Bool
  var register: Int?
  /// Whether the code that makes it is there.
  var isWritten = false
  private var children: [String: FoldConstant] = [:]

  init(_ value: LuaValue, isSettings: Bool = false) {
    self.value = value
    self.isSettings = isSettings
  }

  /// What stands under a name; nil, in Lua, where nothing does.
  func child(_ name: String) -> FoldConstant {
    if let known = children[name] { return known }
    let made = FoldConstant(value[name], isSettings: isSettings)
    children[name] = made
    return made
  }

  func item(_ number: Int64) -> FoldConstant {
    if let known = children["[\(number)]"] { return known }
    var found = LuaValue.nil
    if case .table(let entries) = value {
      for entry in entries { if case .int(number) = entry.key { found = entry.value } }
    }
    let made = FoldConstant(found, isSettings: isSettings)
    children["[\(number)]"] = made
    return made
  }

  /// Fields by name and items from 1.
  var parts: (fields: [(name: String, value: FoldConstant)], items: [FoldConstant]) {
    guard case .table(let entries) = value else { return ([], []) }
    var fields: [(name: String, value: FoldConstant)] = []
    var items: [FoldConstant] = []
    for entry in entries {
      if case .string(let name) = entry.key { fields.append((name, child(name))) }
      if case .int = entry.key { items.append(item(Int64(items.count + 1))) }
    }
    return (fields, items)
  }

  /// Whether it is made of data alone, its tables of names and of items from 1 without a gap.
  var isPlain: Bool { Self.isPlain(value) }

  private static func isPlain(_ value: LuaValue) -> Bool {
    switch value {
    case .function: return false
    case .table(let entries):
      var items: Int64 = 0
      for entry in entries {
        switch entry.key {
        case .string: break
        case .int(items + 1): items += 1
        default: return false
        }
        if !isPlain(entry.value) { return false }
      }
      return true
    default: return true
    }
  }
}

extension FoldValue {
  /// nil for tables and functions.
  init?(_ value: LuaValue) {
    switch value {
    case .nil: self = .nil
    case .bool(let holds): self = .bool(holds)
    case .int(let number): self = .int(number)
    case .float(let number): self = .float(number.bitPattern)
    case .string(let text): self = .text(Array(text.utf8))
    case .decimal(let decimal): self = .decimal(decimal.coefficient, scale: decimal.scale)
    case .date(let date): self = .date(date.days)
    case .timestamp(let instant): self = .timestamp(instant.microseconds)
    case .table, .function: return nil
    }
  }
}
