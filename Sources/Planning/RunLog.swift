import Synchronization

/// What a run's scripts said with `log(…)`.
///
/// Workers write in any order, so the log is a set of lines with the number of times that each was written, in the order
/// of the files and their lines: the same for any number of workers. Of each place in a file it keeps some texts and
/// counts the rest.
public final class RunLog: Sendable {
  /// A line of a script that logs.
  struct Place: Hashable, Comparable {
    var plugin: String
    var file: String
    var line: Int

    static func < (left: Place, right: Place) -> Bool {
      (left.plugin, left.file, left.line) < (right.plugin, right.file, right.line)
    }
  }

  fileprivate struct Texts {
    var times: [String: Int] = [:]
    var total = 0
    /// The last in order of what is kept, where no more are.
    var last: String?
  }

  /// A text that was logged, or how many others were at the same place.
  public struct Line: Sendable, Equatable {
    public var plugin: String
    public var file: String
    public var line: Int
    /// nil for all texts of the place that are not kept.
    public var text: String?
    public var times: Int

    public init(plugin: String, file: String, line: Int, text: String?, times: Int) {
      self.plugin = plugin
      self.file = file
      self.line = line
      self.text = text
      self.times = times
    }
  }

  /// Texts that are kept of one place: the first in the order of their bytes.
  public static let textsOfAPlace = 100

  private let places = Mutex<[Place: Texts]>([:])

  public init() {}

  /// - Parameter text: nil for lines of which only the number is known.
  public func note(plugin: String, file: String, line: Int, text: String?, times: Int = 1) {
    places.withLock { $0[Place(plugin: plugin, file: file, line: line), default: Texts()].note(text, times) }
  }

  public func clear() { places.withLock { $0 = [:] } }

  public func add(_ lines: [Line]) {
    for line in lines {
      note(plugin: line.plugin, file: line.file, line: line.line, text: line.text, times: line.times)
    }
  }

  public var lines: [Line] {
    places.withLock { $0 }.sorted { $0.key < $1.key }.flatMap { place, texts in
      let kept = texts.times.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      let rest = texts.total - kept.reduce(0) { $0 + $1.value }
      return (kept.map { ($0.key, $0.value) } + (rest > 0 ? [(nil, rest)] : [])).map { text, times in
        Line(plugin: place.plugin, file: place.file, line: place.line, text: text, times: times)
      }
    }
  }
}

extension RunLog.Texts {
  fileprivate mutating func note(_ text: String?, _ number: Int) {
    total += number
    guard let text else { return }
    if times[text] != nil {
      times[text]! += number
      return
    }
    // A text that is among the first of all is among the first of any part: it is never dropped, its number is exact.
    if let last, !text.utf8.lexicographicallyPrecedes(last.utf8) { return }
    times[text] = number
    if times.count > RunLog.textsOfAPlace {
      times[last ?? Self.last(times.keys)] = nil
    }
    if times.count == RunLog.textsOfAPlace { last = Self.last(times.keys) }
  }

  private static func last(_ texts: some Sequence<String>) -> String {
    texts.max { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? ""
  }
}
