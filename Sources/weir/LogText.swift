import Planning

/// What scripts logged, as a person reads it on a terminal: the first lines, and where the rest is.
struct LogText {
  private let lines: [RunLog.Line]
  private static let shown = 10

  init(_ log: RunLog) { lines = log.lines }

  /// nil where nothing was logged.
  ///
  /// - Parameter elsewhere: where all of it is, `run.json`; nil where it is nowhere.
  func text(elsewhere: String?) -> String? {
    if lines.isEmpty { return nil }
    var text = lines.prefix(Self.shown).map { line in
      let place = line.line > 0 ? "\(line.plugin) \(line.file):\(line.line)" : line.plugin
      guard let said = line.text else { return "log: \(place): \(line.times) more" }
      return "log: \(place): \(said)\(line.times > 1 ? " (\(line.times) times)" : "")"
    }
    if lines.count > Self.shown {
      text.append(
        "log: \(lines.count - Self.shown) more lines\(elsewhere.map { ", which are in \($0)" } ?? " were left out")")
    }
    return text.joined(separator: "\n")
  }

  /// Writes what was logged behind the messages of a command.
  static func write(_ log: RunLog, elsewhere: String? = nil) {
    if let text = LogText(log).text(elsewhere: elsewhere) { Terminal.error(text) }
  }
}
