/// Why a script did not give its result.
public struct LuaFailure: Error, Sendable, Equatable {
  public enum Kind: String, Sendable {
    case syntax, runtime, instructions, memory, deadline, result, host
    /// A fold said `reject(reason)`.
    case rejected
  }

  public var kind: Kind
  /// Short clean text, without the position.
  public var message: String
  public var path: String?
  /// From 1.
  public var line: Int?
  /// The row of the batch on which it happened.
  public var row: Int?
  /// The calls of the plugin's own functions that led there, innermost first.
  public var traceback: [Frame]

  /// One call of a script's function.
  public struct Frame: Sendable, Equatable {
    public var path: String
    public var line: Int
    /// Where the function begins; 0 for the file itself.
    public var firstLine: Int
    /// As the caller calls it; nil where the host is the caller.
    public var name: String?
  }

  public init(
    _ kind: Kind, _ message: String, path: String? = nil, line: Int? = nil, row: Int? = nil, traceback: [Frame] = []
  ) {
    self.kind = kind
    self.message = message
    self.path = path
    self.line = line
    self.row = row
    self.traceback = traceback
  }

  /// Whether it stops the run: limits, results of a wrong type and memory do, an error on a row does not.
  public var isFatal: Bool { kind != .runtime && kind != .rejected }
}

/// What a script may use. A limit that is passed cannot be caught by the script and ends the state.
public struct LuaLimits: Sendable {
  /// Instructions of one call or one row; library calls are charged by what they touch.
  public var steps: Int
  /// Instructions of one batch.
  public var batchSteps: Int
  /// Bytes that the state may hold.
  public var memoryBytes: Int
  /// Bytes of the largest single block.
  public var blockBytes: Int
  /// Bytes of log lines and of texts in results.
  public var outputBytes: Int
  /// Wall-clock seconds of one call or batch.
  public var seconds: Double

  public init(
    steps: Int = 1_000_000, batchSteps: Int = 1_000_000_000, memoryBytes: Int = 64 << 20, blockBytes: Int = 1 << 20,
    outputBytes: Int = 16 << 20, seconds: Double = 30
  ) {
    self.steps = steps
    self.batchSteps = batchSteps
    self.memoryBytes = memoryBytes
    self.blockBytes = blockBytes
    self.outputBytes = outputBytes
    self.seconds = seconds
  }
}
