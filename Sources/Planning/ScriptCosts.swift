import Memory
import Synchronization

/// What the functions of plugins cost: compiling them, the rows that they were given, the rows that a compiled one sent back to the interpreter.
public final class ScriptCosts: Sendable {
  /// A function of a plugin's file; a file may have several.
  public struct Function: Hashable, Comparable, Sendable {
    /// `network.client_fee`
    public var name: String
    public var line: Int

    public init(name: String, line: Int) {
      self.name = name
      self.line = line
    }

    public static func < (left: Function, right: Function) -> Bool { (left.name, left.line) < (right.name, right.line) }
  }

  public struct Cost: Sendable {
    /// `columnar` or `interpreted`
    public var path = ""
    /// Nanoseconds of all bindings: a function is bound once for each place that uses it.
    public var compiling = 0
    public var rows = 0
    /// Rows that a compiled function had no result for.
    public var returned = 0
    /// Nanoseconds of processor time, where it is measured.
    public var running = 0
  }

  private let costs = Guarded<[Function: Cost]>([:])
  private let measures = Atomic<Bool>(false)

  public init() {}

  public func measure() { measures.store(true, ordering: .relaxed) }

  /// By name, then by line.
  public var all: [(function: Function, cost: Cost)] {
    costs.withLock { $0 }.sorted { $0.key < $1.key }.map { (function: $0.key, cost: $0.value) }
  }

  public func noteBinding(_ function: Function, path: String, nanoseconds: Int) {
    costs.withLock {
      $0[function, default: Cost()].path = path
      $0[function]!.compiling += nanoseconds
    }
  }

  public func noteReturned(_ function: Function, rows: Int) {
    guard measures.load(ordering: .relaxed) else { return }
    costs.withLock { $0[function, default: Cost()].returned += rows }
  }

  /// The moment before a batch; nil where nothing is measured.
  public func start() -> Int? { measures.load(ordering: .relaxed) ? ProcessorTime.ofThread : nil }

  /// Notes a batch that began at such a moment.
  public func note(_ function: Function, rows: Int, since start: Int?) {
    guard let start else { return }
    let passed = ProcessorTime.ofThread - start
    costs.withLock {
      $0[function, default: Cost()].rows += rows
      $0[function]!.running += passed
    }
  }
}
