import Columns
import Foundation
import Testing

@testable import LuaHost

/// Scripts that a host must survive: each says in its `EXPECT` line what may come of it.
@Suite struct AttackTests {
  static let shared: [URL] =
    files(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Attacks"))
    + files(
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared/attacks").standardized)

  static func files(_ folder: URL) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (found ?? []).filter { $0.pathExtension == "lua" }.sorted { $0.path < $1.path }
  }

  static let limits = LuaLimits(
    steps: 200_000, batchSteps: 2_000_000, memoryBytes: 8 << 20, blockBytes: 1 << 20, outputBytes: 1 << 20,
    seconds: 0.25)

  /// `OK value` or `ERR message`, as the EXPECT lines are written.
  static func outcome(_ source: String, _ name: String) -> String {
    do throws(LuaFailure) {
      let state = try LuaState(name: "attack", limits: limits)
      let value = try state.load(source, path: name)
      guard let fee = try state.global("fee").asFunction else { return "OK \(value)" }
      let count = 200
      let row = LuaRowArgument.row(
        names: ["id", "amount", "months", "country", "one"],
        columns: [
          Column(.ints((0..<count).map { Int64($0) })), Column(.ints((0..<count).map { Int64($0 * 100) })),
          Column(.ints([Int64](repeating: 3, count: count))),
          Column(.texts(TextValues([String](repeating: "DE", count: count)))),
          Column(.ints([Int64](repeating: 1, count: count))),
        ])
      let mapped = try state.mapRows(
        fee, arguments: [row], count: count,
        results: [LuaResult(name: "fee", type: .decimal(precision: 18, scale: 2))])
      if let failure = mapped.failures.first { return "ERR \(failure.message)" }
      return "OK fee=\(mapped.columns[0].scalar(0).text)"
    } catch {
      return "ERR \(error.message)"
    }
  }

  @Test(arguments: shared) func anAttackEndsAsItsFileExpects(_ file: URL) throws {
    let source = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    let mark = "-- EXPECT: "
    let line = try #require(source.split(separator: "\n").first { $0.hasPrefix(mark) })
    let expected = try Regex(String(line.dropFirst(mark.count)))
    let outcome = Self.outcome(source, file.lastPathComponent)
    #expect(outcome.firstMatch(of: expected) != nil, "\(outcome)")
    // Another plugin of the same process is unharmed.
    let canary = try LuaState(name: "canary")
    #expect(
      try canary.load("return ('x'):rep(3) .. #table.concat({1, 2}, ',') .. math.max(1, 2)", path: "c.lua")
        == .string("xxx32"))
  }

  @Test func theFolderOfAttacksIsFound() { #expect(!Self.shared.isEmpty) }
}
