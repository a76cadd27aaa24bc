import Foundation
import Testing

/// A folder with `cmd` (one command a line, `{out}` is a fresh folder) and what it must give:
/// `expected.code` (0 when absent), `expected/` (files of `{out}`, byte for byte), `expected.out`
/// (standard output) and `expected.err` (contained in standard error).
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let folder: URL

  var testDescription: String { name }

  /// What one run of the binary left behind.
  struct Outcome {
    let arguments: [String]
    let code: Int32
    let out: String
    let err: String
    let outFolder: URL
  }

  static let all: [Case] = {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let package = tests.deletingLastPathComponent().deletingLastPathComponent()
    return folders(in: tests.appending(path: "Cases")) + folders(in: package.appending(path: "Examples"))
  }()

  private static func folders(in parent: URL) -> [Case] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.sorted()
      .map { Case(name: $0, folder: parent.appending(path: $0)) }
      .filter { FileManager.default.fileExists(atPath: $0.folder.appending(path: "cmd").path) }
  }

  func commands() throws -> [[String]] {
    try text("cmd").split(separator: "\n")
      .map { words(in: String($0)) }
      .filter { !$0.isEmpty }
  }

  /// A run must give the same bytes whatever the number of workers, so each is made with one and with two.
  func variants(of command: [String]) -> [[String]] {
    guard command.first == "run", !command.contains("--workers") else { return [command] }
    return ["1", "2"].map { command + ["--workers", $0] }
  }

  func run(_ command: [String]) throws -> Outcome {
    let outFolder = FileManager.default.temporaryDirectory.appending(path: "weir-case-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: outFolder, withIntermediateDirectories: true)
    let arguments = command.map { $0.replacingOccurrences(of: "{out}", with: outFolder.path) }
    let finished = try Binary.run(arguments, in: folder)
    return Outcome(
      arguments: command, code: finished.code,
      out: normalised(finished.out, outFolder), err: normalised(finished.err, outFolder),
      outFolder: outFolder)
  }

  func compare(_ outcome: Outcome) throws {
    let label = "\(name): weir \(outcome.arguments.joined(separator: " "))"
    let code = exists("expected.code") ? try text("expected.code").trimmingCharacters(in: .whitespacesAndNewlines) : "0"
    #expect(String(outcome.code) == code, "\(label)\n\(outcome.err)")
    if exists("expected.out") {
      #expect(outcome.out == (try text("expected.out")), "\(label)")
    }
    if exists("expected.err") {
      let wanted = try text("expected.err").trimmingCharacters(in: .newlines)
      #expect(outcome.err.contains(wanted), "\(label)\nwanted:\n\(wanted)\ngot:\n\(outcome.err)")
    }
    if exists("expected.lines") {
      // Lines that must each occur in standard error, in any order.
      for line in try text("expected.lines").split(separator: "\n") {
        #expect(outcome.err.contains(line), "\(label)\nwanted: \(line)\ngot:\n\(outcome.err)")
      }
    }
    let expected = folder.appending(path: "expected")
    for path in files(under: expected) {
      let given = try? String(contentsOf: outcome.outFolder.appending(path: path), encoding: .utf8)
      #expect(given == (try String(contentsOf: expected.appending(path: path), encoding: .utf8)), "\(label) \(path)")
    }
    if exists("expected.files") {
      let wanted = try text("expected.files").split(separator: "\n").map(String.init)
      #expect(files(under: outcome.outFolder) == wanted, "\(label)")
    }
    try Ledger.expectToAddUp(in: outcome.outFolder.appending(path: "run.json"), label)
    try FileManager.default.removeItem(at: outcome.outFolder)
  }

  /// Rewrites the expectations that the case already has.
  func record(_ outcome: Outcome) throws {
    if outcome.code != 0 { try write("\(outcome.code)\n", to: "expected.code") }
    if exists("expected.out") { try write(outcome.out, to: "expected.out") }
    if exists("expected.err") { try write(outcome.err, to: "expected.err") }
    let expected = folder.appending(path: "expected")
    for path in files(under: expected) {
      let given = try String(contentsOf: outcome.outFolder.appending(path: path), encoding: .utf8)
      try given.write(to: expected.appending(path: path), atomically: true, encoding: .utf8)
    }
  }

  /// Relative paths of all files below a folder, in byte order.
  private func files(under root: URL) -> [String] {
    let found = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
    return found.sorted().filter { !root.appending(path: $0).isFolder }
  }

  private func normalised(_ text: String, _ outFolder: URL) -> String {
    text.replacingOccurrences(of: outFolder.path, with: "{out}")
      .replacingOccurrences(of: folder.path + "/", with: "")
  }

  /// Words are parted by spaces; single quotes keep spaces inside.
  private func words(in line: String) -> [String] {
    var words: [String] = []
    for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 { words.append(String(part)) } else { words += part.split(separator: " ").map(String.init) }
    }
    return words
  }

  private func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: file).path)
  }

  private func text(_ file: String) throws -> String {
    try String(contentsOf: folder.appending(path: file), encoding: .utf8)
  }

  private func write(_ text: String, to file: String) throws {
    try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
  }
}
