import CLuaBridge
import Columns

/// An input that the host has opened, in pieces, for scripts that read it.
@safe public final class LuaInput {
  let name: String
  private let more: () throws -> [UInt8]
  private var buffer: UnsafeMutablePointer<CChar>
  private var capacity = 1 << 16
  /// Why the input could not be read.
  private(set) var failure: (any Error)?

  /// - Parameters:
  ///   - name: what scripts see as `input.name`.
  ///   - more: the next bytes, none at the end.
  public init(name: String, more: @escaping () throws -> [UInt8]) {
    self.name = name
    self.more = more
    unsafe buffer = .allocate(capacity: capacity)
  }

  deinit { unsafe buffer.deallocate() }

  /// The next bytes, which stay until the next call; below 0 where they cannot be read.
  fileprivate func next(_ bytes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Int64 {
    do {
      let piece = try more()
      if piece.count > capacity {
        unsafe buffer.deallocate()
        capacity = piece.count
        unsafe buffer = .allocate(capacity: capacity)
      }
      for index in piece.indices { unsafe buffer[index] = CChar(bitPattern: piece[index]) }
      unsafe bytes?.pointee = UnsafePointer(buffer)
      return Int64(piece.count)
    } catch {
      failure = error
      return -1
    }
  }
}

/// What a source has emitted since it was asked last.
public struct LuaSourceRows: Sendable {
  /// A row that could not be used.
  public struct Refusal: Sendable {
    /// Where its line, or what was read for it, begins in the input.
    public var start: Int
    public var message: String
    /// Of the script.
    public var line: Int
    /// Whether the script said `input.reject(reason)`.
    public var isRejected: Bool
  }

  public var columns: [Column]
  public var count: Int
  /// For each row where the line, or what was read for it, begins in the input.
  public var starts: [Int]
  public var refused: [Refusal]
}

/// A script that reads an input: `rows(input, emit)`. It runs on from one batch of rows to the next, so an input of any
/// size takes little memory.
@safe public final class LuaSource {
  private let state: LuaState
  private let input: LuaInput
  private let results: [LuaResult]
  private var source: weir_source
  private let name: [CChar]

  /// - Parameter rows: `rows(input, emit)`; the state belongs to it until the source goes.
  public init(_ rows: LuaFunction, input: LuaInput, results: [LuaResult], in state: LuaState) {
    self.state = state
    self.input = input
    self.results = results
    name = input.name.utf8CString.map { $0 }
    unsafe source = weir_source()
    unsafe source.function = rows.number
    unsafe source.more = { context, bytes in
      unsafe Unmanaged<LuaInput>.fromOpaque(context!).takeUnretainedValue().next(bytes)
    }
    unsafe source.context = Unmanaged.passUnretained(input).toOpaque()
  }

  deinit { unsafe weir_source_free(state.bridge, &source) }

  /// Lines of the input that were read.
  public var line: Int { unsafe Int(source.line) }

  /// The next rows; nil once the script has returned and all that it emitted was given.
  ///
  /// - Throws: `LuaFailure`, or what the input threw.
  public func next() throws -> LuaSourceRows? {
    while unsafe !source.is_done {
      let buffers = BatchBuffers([], results: results)
      let status = unsafe name.withUnsafeBufferPointer { name in
        unsafe source.name = name.baseAddress
        unsafe (source.results, source.result_count) = (buffers.results, Int32(results.count))
        return unsafe weir_source_next(state.bridge, &source)
      }
      if let failure = input.failure { throw failure }
      try state.settle(status)
      let count = unsafe source.row_count
      if unsafe count == 0 && source.refused_count == 0 { continue }
      let starts = unsafe UnsafeBufferPointer(start: source.starts, count: count).map { Int($0) }
      let refused = unsafe UnsafeBufferPointer(start: source.refused, count: source.refused_count).map { failure in
        unsafe LuaSourceRows.Refusal(
          start: Int(failure.row), message: failure.message.map { unsafe String(cString: $0) } ?? "",
          line: Int(failure.line), isRejected: failure.status == Int32(WEIR_REJECTED.rawValue))
      }
      return LuaSourceRows(columns: buffers.columns(results), count: count, starts: starts, refused: refused)
    }
    return nil
  }
}

/// Where a script's output goes while it runs.
private final class LuaOutput {
  let write: ([UInt8]) throws -> Void
  var failure: (any Error)?

  init(_ write: @escaping ([UInt8]) throws -> Void) { self.write = write }
}

extension LuaState {
  /// Runs `write(rows, out)` over a table.
  ///
  /// - Throws: `LuaFailure`, or what `write` threw.
  public func export(
    _ function: LuaFunction, names: [String], columns: [Column], count: Int, to write: ([UInt8]) throws -> Void
  ) throws {
    try withoutActuallyEscaping(write) { write in
      let output = LuaOutput(write)
      let buffers = BatchBuffers([.row(names: names, columns: columns)], results: [])
      var request = unsafe weir_export()
      unsafe (request.function, request.row_count) = (function.number, Int64(count))
      unsafe request.rows = UnsafePointer(buffers.arguments)
      unsafe request.context = Unmanaged.passUnretained(output).toOpaque()
      unsafe request.write = { context, bytes, length in
        let output = unsafe Unmanaged<LuaOutput>.fromOpaque(context!).takeUnretainedValue()
        do {
          try output.write(unsafe [UInt8](UnsafeRawBufferPointer(start: UnsafeRawPointer(bytes!), count: length)))
          return true
        } catch {
          output.failure = error
          return false
        }
      }
      let status = unsafe weir_export_run(bridge, &request)
      if let failure = output.failure { throw failure }
      try settle(status)
    }
  }
}
