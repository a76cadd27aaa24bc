import Memory

/// What a run's scripts said with `log(…)`.
///
/// Workers write in any order, so the log is a set of lines with the number of times that each was written, in the order
/// of the files and their lines, then of the first row of each, where that is known: the same for any number of workers.
/// Of each place in a file it keeps some texts and counts the rest.
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

  /// How often a text was written, and the position key of the first row that wrote it.
  fileprivate struct Occurrence {
    var times: Int
    var position: Int128?

    mutating func add(_ number: Int, at other: Int128?) {
      times += number
      position = if let position, let other { min(position, other) } else { position ?? other }
    }
  }

  fileprivate struct Texts {
    var kept: [String: Occurrence] = [:]
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
    /// The position key of the first row that wrote it, where that is known.
    public var position: Int128?

    public init(plugin: String, file: String, line: Int, text: String?, times: Int, position: Int128? = nil) {
      self.position = position
      self.plugin = plugin
      self.file = file
      self.line = line
      self.text = text
      self.times = times
    }
  }

  /// Texts that are kept of one place: the first in the order of their bytes.
  public static let textsOfAPlace = 100

  /// The position key of the first of the rows that this thread works on; nil while it works on none in their order.
  @TaskLocal public static var position: Int128?

  private let places = Guarded<[Place: Texts]>([:])

  public init() {}

  /// - Parameters:
  ///   - text: nil for lines of which only the number is known.
  ///   - position: the position key of the row.
  public func note(
    plugin: String, file: String, line: Int, text: String?, times: Int = 1, position: Int128? = nil
  ) {
    places.withLock { $0[Place(plugin: plugin, file: file, line: line), default: Texts()].note(text, times, position) }
  }

  public func clear() { places.withLock { $0 = [:] } }

  public func add(_ lines: [Line]) {
    for line in lines {
      note(
        plugin: line.plugin, file: line.file, line: line.line, text: line.text, times: line.times,
        position: line.position)
    }
  }

  public var lines: [Line] {
    places.withLock { $0 }.sorted { $0.key < $1.key }.flatMap { place, texts in
      var lines = texts.kept.map { text, found in
        Line(
          plugin: place.plugin, file: place.file, line: place.line, text: text, times: found.times,
          position: found.position)
      }
      lines.sort { left, right in
        let (first, second) = (left.position ?? .max, right.position ?? .max)
        return first != second
          ? first < second : (left.text ?? "").utf8.lexicographicallyPrecedes((right.text ?? "").utf8)
      }
      let rest = texts.total - lines.reduce(0) { $0 + $1.times }
      if rest > 0 {
        lines.append(Line(plugin: place.plugin, file: place.file, line: place.line, text: nil, times: rest))
      }
      return lines
    }
  }
}

extension RunLog.Texts {
  fileprivate mutating func note(_ text: String?, _ number: Int, _ position: Int128?) {
    total += number
    guard let text else { return }
    if kept[text] != nil {
      kept[text]!.add(number, at: position)
      return
    }
    // A text that is among the first of all is among the first of any part: it is never dropped, its number is exact.
    if let last, !text.utf8.lexicographicallyPrecedes(last.utf8) { return }
    kept[text] = RunLog.Occurrence(times: number, position: position)
    if kept.count > RunLog.textsOfAPlace { kept[last ?? Self.last(kept.keys)] = nil }
    if kept.count == RunLog.textsOfAPlace { last = Self.last(kept.keys) }
  }

  private static func last(_ texts: some Sequence<String>) -> String {
    texts.max { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? ""
  }
}
