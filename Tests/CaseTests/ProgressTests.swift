import Foundation
import Testing

/// The line that says how far a run is, on a terminal that `script` makes.
struct ProgressTests {
  private static let pipeline = """
    weir: 1
    name: long
    ingest:
      rows: { type: csv, path: rows.csv, columns: { id: int, amount: "decimal(8,2)" } }
    transform:
      total: { from: rows, steps: [{ aggregate: { metrics: [{ total: sum(amount) }] } }] }
    export:
      total: { from: total, type: csv, path: total.csv }
    """

  private func folder(rows: Int) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-progress-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(Self.pipeline.utf8).write(to: folder.appending(path: "long.yaml"))
    let line = "1234567,12345.67\n"
    try Data(("id,amount\n" + String(repeating: line, count: rows)).utf8).write(to: folder.appending(path: "rows.csv"))
    return folder
  }

  /// What a terminal gets from a run, or nil where `script` cannot make one.
  private func shown(_ folder: URL, environment: [String: String]) throws -> String? {
    let script = "/usr/bin/script"
    guard FileManager.default.isExecutableFile(atPath: script) else { return nil }
    let binary = try Binary.locate().path
    let process = Process()
    process.executableURL = URL(filePath: script)
    process.currentDirectoryURL = folder
    process.arguments = ["-qec", "stty cols 70; \(binary) run long.yaml --out out", "/dev/null"]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }

  @Test func aLongRunDrawsALineAndErasesIt() throws {
    var rows = 250_000
    while rows <= 64_000_000 {
      let folder = try folder(rows: rows)
      defer { try? FileManager.default.removeItem(at: folder) }
      let start = ContinuousClock.now
      guard let text = try shown(folder, environment: ["TERM": "xterm"]) else {
        print("skipped: there is no 'script' to make a terminal")
        return
      }
      rows *= 4
      if start.duration(to: .now) < .seconds(2) { continue }
      let drawings = text.components(separatedBy: "\r").filter { $0.hasPrefix("reading 'rows'") }
      #expect(drawings.count > 1 && drawings.allSatisfy { $0.hasSuffix("\u{1B}[K") && $0.count < 70 + 3 }, "\(text)")
      #expect(drawings.last?.contains(" of ") == true)
      // Erased before the ledger, which stands where the line was.
      #expect(text.contains("\r\u{1B}[Krows "), "\(text)")
      let plain = try #require(try shown(folder, environment: ["TERM": "dumb"]))
      #expect(!plain.contains("reading") && plain.contains("wrote "))
      return
    }
    Issue.record("no run took two seconds")
  }

  @Test func aShortRunDrawsNothing() throws {
    let folder = try folder(rows: 10)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard let text = try shown(folder, environment: ["TERM": "xterm"]) else { return }
    #expect(!text.contains("reading") && !text.contains("\u{1B}[K") && text.contains("wrote "))
  }
}
