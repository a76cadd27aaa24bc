import Synchronization

/// Which lines of scripts were run, by the path that the state loaded them under. Taken in from any number of states.
public final class LuaCoverage: Sendable {
  private let files = Mutex<[String: Set<Int>]>([:])

  public init() {}

  /// The lines (from 1) of each file.
  public var lines: [String: Set<Int>] { files.withLock { $0 } }

  func add(_ lines: Set<Int>, of path: String) { files.withLock { $0[path, default: []].formUnion(lines) } }
}
