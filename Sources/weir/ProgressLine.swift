import Memory
import Runner

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A line on the terminal that says how far a run is: drawn over itself, and gone when the run ends.
///
/// There is none where stderr is no terminal, or where the run is not in the terminal's foreground; and none is drawn for a run that ends soon.
final class ProgressLine: Sendable {
  /// Milliseconds before the line is drawn first, and between drawings.
  private static let (patience, interval): (Int32, Int32) = (500, 100)

  private struct Drawing {
    var text = ProgressText()
    var isShown = false
  }

  private let drawing = Guarded(Drawing())

  /// Shows how far `work` is while it runs.
  static func during<Result>(_ work: (RunProgress?) throws -> Result) throws -> Result {
    guard Terminal.canRedraw else { return try work(nil) }
    let progress = RunProgress()
    let line = ProgressLine()
    let start = ContinuousClock.now
    let ticker = Ticker(first: patience, every: interval) {
      line.draw(progress.now, after: start.duration(to: .now) / .seconds(1))
    }
    defer {
      ticker?.stop()
      line.erase()
    }
    return try work(progress)
  }

  private func draw(_ moment: RunProgress.Moment, after seconds: Double) {
    drawing.withLock { drawing in
      // The last column stays free: some terminals wrap when it is written.
      let text = drawing.text.line(moment, at: seconds, width: Terminal.width - 1)
      Terminal.write("\r\(text)\u{1B}[K")
      drawing.isShown = true
    }
  }

  private func erase() {
    drawing.withLock { if $0.isShown { Terminal.write("\r\u{1B}[K") } }
  }
}

extension Terminal {
  /// Whether stderr is a terminal that this process may draw on.
  static var canRedraw: Bool {
    guard isatty(2) == 1, tcgetpgrp(2) == getpgrp(), let kind = unsafe getenv("TERM") else { return false }
    return unsafe strcmp(kind, "dumb") != 0 && kind.pointee != 0
  }

  /// Columns of the terminal; 80 where it does not say.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

extension RunOptions {
  /// Runs with these options and shows how far the run is.
  func watched<Result>(_ run: (RunOptions) throws -> Result) throws -> Result {
    try ProgressLine.during { progress in
      var options = self
      options.progress = progress
      return try run(options)
    }
  }
}
