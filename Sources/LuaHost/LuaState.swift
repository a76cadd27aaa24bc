import CLuaBridge
import Columns

/// One sandboxed Lua state: a plugin's files, their functions, and the limits that they run under.
///
/// Never shared between threads. After a failure of a limit every further call fails with it.
@safe public final class LuaState {
  public let name: String
  let bridge: OpaquePointer
  private let cancellation: LuaCancellation?
  private let coverage: LuaCoverage?
  /// Takes what scripts wrote with `log(…)` in a call, once it has ended, and how many lines were left out. Lines from
  /// before it was set are dropped.
  public var onLog: (@Sendable ([LuaLogLine], Int) -> Void)? { didSet { _ = takeLog() } }

  /// - Parameters:
  ///   - settings: what scripts read as `settings`.
  ///   - modules: name to source, for `require`.
  ///   - cancellation: stops a running call from another thread.
  ///   - coverage: takes in the lines that were run, once the state is gone.
  public init(
    name: String, limits: LuaLimits = LuaLimits(), settings: LuaValue = .table([]), modules: [String: String] = [:],
    cancellation: LuaCancellation? = nil, coverage: LuaCoverage? = nil
  ) throws(LuaFailure) {
    self.name = name
    self.coverage = coverage
    self.cancellation = cancellation
    let bridgeLimits = weir_limits(
      steps: Int64(limits.steps), batch_steps: Int64(limits.batchSteps), memory: Int64(limits.memoryBytes),
      block: Int64(limits.blockBytes), output: Int64(limits.outputBytes), seconds: limits.seconds)
    guard let created = unsafe weir_create(bridgeLimits, Self.callbacks) else {
      throw LuaFailure(.memory, "there is not enough memory for the library of plugin '\(name)'")
    }
    unsafe bridge = created
    if coverage != nil { unsafe weir_cover(bridge) }
    for (number, function) in HostFunction.all.enumerated() {
      try settle(unsafe weir_add_function(bridge, function.name, Int32(number)))
    }
    let nodes = ValueNodes()
    nodes.append(settings)
    try settle(
      unsafe nodes.nodes.withUnsafeBufferPointer { unsafe weir_set_global(bridge, "settings", $0.baseAddress) })
    for (module, source) in modules {
      var text = source
      text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) {
          unsafe weir_add_module(bridge, module, $0.baseAddress, $0.count)
        }
      }
    }
    if let cancellation { unsafe weir_watch(bridge, cancellation.flag) }
  }

  deinit {
    if let coverage { noteLines(coverage) }
    unsafe weir_close(bridge)
  }

  private func noteLines(_ coverage: LuaCoverage) {
    var path: UnsafePointer<CChar>? = nil
    var lines: UnsafePointer<UInt8>? = nil
    var bytes: Int32 = 0
    var file: Int32 = 0
    while unsafe weir_covered_file(bridge, file, &path, &lines, &bytes) {
      file += 1
      guard let path = unsafe path, let lines = unsafe lines else { continue }
      let run = unsafe UnsafeBufferPointer(start: lines, count: Int(bytes))
      var numbers: Set<Int> = []
      for line in 0..<Int(bytes) * 8 where unsafe run[line / 8] & (1 << (line % 8)) != 0 { numbers.insert(line) }
      coverage.add(numbers, of: unsafe String(cString: path))
    }
  }

  /// Compiles, checks and runs a file; gives the value that it returns. Its tables are read-only from then on.
  public func load(_ source: String, path: String) throws(LuaFailure) -> LuaValue {
    var text = source
    let status = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe weir_load(bridge, $0.baseAddress, $0.count, path) }
    }
    try settle(status)
    return unsafe ValueNodes.readAll(weir_reply(bridge)).first ?? .nil
  }

  /// A global that the file which was loaded last defined.
  public func global(_ name: String) throws(LuaFailure) -> LuaValue {
    try settle(unsafe weir_global(bridge, name))
    return unsafe ValueNodes.readAll(weir_reply(bridge)).first ?? .nil
  }

  /// Calls a function; gives all that it returns.
  public func call(_ function: LuaFunction, _ arguments: [LuaValue] = []) throws(LuaFailure) -> [LuaValue] {
    let nodes = ValueNodes()
    for argument in arguments { nodes.append(argument) }
    let status = unsafe nodes.nodes.withUnsafeBufferPointer {
      unsafe weir_call(bridge, function.number, $0.baseAddress, Int32(arguments.count))
    }
    try settle(status)
    return unsafe ValueNodes.readAll(weir_reply(bridge))
  }

  /// The upvalues of a function by name: what a file's locals are after load, and so constants.
  public func constants(of function: LuaFunction) throws(LuaFailure) -> [(name: String, value: LuaValue)] {
    try settle(unsafe weir_upvalues(bridge, function.number))
    return unsafe ValueNodes.readAll(weir_reply(bridge)).first?.namedEntries ?? []
  }

  /// The function's compiled form, as `string.dump` of Lua 5.4 writes it.
  public func bytecode(of function: LuaFunction) throws(LuaFailure) -> [UInt8] {
    try settle(unsafe weir_bytecode(bridge, function.number))
    let reply = unsafe weir_reply(bridge)
    guard unsafe weir_values_count(reply) == 1, let node = unsafe weir_values_items(reply),
      let text = unsafe node[0].text
    else { return [] }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: UnsafeRawPointer(text), count: node[0].length))
  }

  /// Steps that the last call used.
  public var stepsUsed: Int { unsafe Int(weir_steps_used(bridge)) }

  /// Bytes that the state holds.
  public var memoryUsed: Int { unsafe Int(weir_memory_used(bridge)) }

  /// What scripts wrote with `log(…)` since this was asked last, and how many lines passed the limit of one call.
  func takeLog() -> (lines: [LuaLogLine], lost: Int) {
    var text: UnsafePointer<CChar>? = nil
    var lost: Int64 = 0
    let count = unsafe weir_log(bridge, &text, &lost)
    guard count > 0 || lost > 0 else { return ([], 0) }
    var lines: [LuaLogLine] = []
    if let start = unsafe text {
      let all = unsafe String(
        decoding: UnsafeRawBufferPointer(start: UnsafeRawPointer(start), count: count), as: UTF8.self)
      for line in all.split(separator: "\n") {
        let parts = line.split(separator: "\u{1f}", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let order = Int(parts[2]) else { continue }
        lines.append(
          LuaLogLine(
            path: String(parts[0]), line: Int(parts[1]) ?? 0, order: order < 0 ? nil : order, text: String(parts[3])))
      }
    }
    unsafe weir_log_clear(bridge)
    return (lines, Int(lost))
  }

  func settle(_ status: weir_status) throws(LuaFailure) {
    if let onLog {
      let (lines, lost) = takeLog()
      if !lines.isEmpty || lost > 0 { onLog(lines, lost) }
    }
    if status == WEIR_OK { return }
    throw unsafe LuaFailure(weir_last_failure(bridge))
  }
}

/// A line that a script logged.
public struct LuaLogLine: Sendable, Equatable {
  /// What Lua calls the file.
  public var path: String
  public var line: Int
  /// Grows with the rows of the batch, or with what was logged before; nil where neither says anything.
  public var order: Int?
  /// Clean text of at most 400 bytes.
  public var text: String
}

extension LuaFailure {
  init(_ failure: weir_failure) {
    func text(_ pointer: UnsafePointer<CChar>?) -> String { unsafe pointer.map { unsafe String(cString: $0) } ?? "" }
    let kind: Kind =
      switch unsafe weir_status(UInt32(failure.status)) {
      case WEIR_SYNTAX: .syntax
      case WEIR_INSTRUCTIONS: .instructions
      case WEIR_MEMORY: .memory
      case WEIR_DEADLINE: .deadline
      case WEIR_RESULT: .result
      case WEIR_HOST: .host
      case WEIR_REJECTED: .rejected
      default: .runtime
      }
    let path = unsafe text(failure.path)
    self.init(
      kind, unsafe text(failure.message), path: path.isEmpty ? nil : path,
      line: unsafe failure.line > 0 ? Int(failure.line) : nil, row: unsafe failure.row >= 0 ? Int(failure.row) : nil,
      traceback: unsafe text(failure.traceback).split(separator: "\n").compactMap { Frame($0) })
  }
}

extension LuaFailure.Frame {
  /// What the bridge writes: path, line, first line and name, with tabs between.
  init?(_ text: Substring) {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 4, let line = Int(parts[1]), let firstLine = Int(parts[2]) else { return nil }
    self.init(
      path: String(parts[0]), line: line, firstLine: firstLine, name: parts[3].isEmpty ? nil : String(parts[3]))
  }
}
