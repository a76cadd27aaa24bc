import ArgumentParser
import Diagnostics
import Memory
import Runner

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A way to end that is no error of the program: its messages have been written.
struct Ended: Error {
  var code: Int32
}

/// Turns errors into text on stderr and an exit code.
enum Failure {
  static let invalid: Int32 = 78
  static let runFailed: Int32 = 1
  static let wrongUsage: Int32 = 2
  static let interrupted: Int32 = 130

  static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  static func report(_ error: any Error) -> Int32 {
    switch error {
    case let error as InvalidInput:
      write(error.diagnostics)
      let count = error.diagnostics.filter { $0.severity == .error }.count
      Terminal.error(count == 1 ? "1 error" : "\(count) errors")
      return invalid
    case let error as RunFailure:
      write([error.diagnostic])
      return error.diagnostic.code == .interrupted ? interrupted : runFailed
    case let error as Ended:
      return error.code
    default:
      let message = Weir.fullMessage(for: error)
      let code = Weir.exitCode(for: error).rawValue
      if code == 0 {
        print(message)
        return 0
      }
      if !message.isEmpty { Terminal.error(message) }
      return code == 64 ? wrongUsage : code
    }
  }

  static func write(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    Terminal.error(DiagnosticRenderer(usesColor: Terminal.usesColor).render(diagnostics))
  }
}

/// Where messages go, and how they may look.
enum Terminal {
  /// Color on stderr where it is a terminal and nobody asked for none (https://no-color.org).
  static var usesColor: Bool { isatty(2) == 1 && !isSet("NO_COLOR") }

  static func error(_ text: String) { write(text + "\n") }

  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress! + written, $0.count - written) }
      if count <= 0 { return }
      written += count
    }
  }

  private static func isSet(_ name: String) -> Bool {
    guard let value = unsafe getenv(name) else { return false }
    return unsafe value.pointee != 0
  }
}

/// Ctrl-C: the first asks the run to stop and tidy up, a second ends it at once.
enum Interrupt {
  static let flag = StopFlag()

  static func install() {
    _ = flag
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interrupt.flag.set()
        signal(number, SIG_DFL)
      }
    }
  }
}
