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
    seconds: 2)

  /// What scripts may require: modules that fail, that keep a global, and that require each other.
  static let modules = [
    "broken": "first = 1 error('broken')",
    "escaping": "state = { n = 0 } error(function() state.n = state.n + 1 return state.n end)",
    "setter":
      "local m = {} function m.count() return total or 0 end function m.set() total = (total or 0) + 1 end return m",
    "calls_setter": "require('setter').set() return 1", "ring": "return require 'ring2'",
    "ring2": "return require 'ring'",
    "comparing": "local function same(a, b)\n  return a == b\nend\nreturn same",
  ]

  static func rows(_ ids: [Int]) -> LuaRowArgument {
    .row(
      names: ["id", "amount", "months", "country", "one", "price", "day", "tags"],
      columns: [
        Column(.ints(ids.map { Int64($0) })), Column(.ints(ids.map { Int64($0 * 100) })),
        Column(.ints(ids.map { _ in 3 })), Column(.texts(TextValues(ids.map { _ in "DE" }))),
        Column(.ints(ids.map { _ in 1 })), Column(.decimals64(ids.map { Int64($0 * 25 + 1) }, scale: 2)),
        Column(.dates(ids.map { Int32(20_000 + $0) })),
        Column(
          .lists(
            ListValues(
              ends: ids.indices.map { ($0 + 1) * 2 },
              elements: Column(.texts(TextValues(ids.flatMap { ["a\($0)", "b"] })))))),
      ])
  }

  struct Outcome: Equatable {
    /// `OK value` or `ERR message`, as the EXPECT lines are written.
    var text: String
    var failure: LuaFailure?
    /// What each row came to, by id.
    var rows: [String] = []
  }

  /// Loads the file and calls its `fee` over rows in the order of `ids`.
  static func outcome(_ source: String, _ name: String, ids: [Int] = Array(0..<200)) -> Outcome {
    do throws(LuaFailure) {
      let state = try LuaState(name: "attack", limits: limits, modules: modules)
      let value = try state.load(source, path: name)
      guard let fee = try state.global("fee").asFunction ?? value["fee"].asFunction else {
        return Outcome(text: "OK \(value)")
      }
      let mapped = try state.mapRows(
        fee, arguments: [rows(ids)], count: ids.count,
        results: [LuaResult(name: "fee", type: .decimal(precision: 18, scale: 2))])
      var texts = ids.indices.map { mapped.columns[0].scalar($0).text }
      for failure in mapped.failures { texts[failure.row ?? 0] = failure.message }
      let byId = zip(ids, texts).sorted { $0.0 < $1.0 }.map(\.1)
      if let failure = mapped.failures.first {
        return Outcome(text: "ERR \(failure.message)", failure: failure, rows: byId)
      }
      return Outcome(text: "OK fee=\(mapped.columns[0].scalar(0).text)", rows: byId)
    } catch {
      return Outcome(text: "ERR \(error.message)", failure: error)
    }
  }

  static func line(_ mark: String, of source: String) -> String? {
    source.split(separator: "\n").first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
  }

  @Test(arguments: shared) func anAttackEndsAsItsFileExpects(_ file: URL) throws {
    let source = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    let outcome = Self.outcome(source, file.lastPathComponent)
    let expected = try Regex(#require(Self.line("-- EXPECT: ", of: source)))
    #expect(outcome.text.firstMatch(of: expected) != nil, "\(outcome.text.prefix(600))")
    if let status = Self.line("-- STATUS: ", of: source) { #expect(outcome.failure?.kind.rawValue == status) }
    if let failure = outcome.failure {
      #expect(failure.path?.hasSuffix(".lua") == true && failure.message.utf8.count < 700)
      let shown = failure.traceback.map { $0.path + ($0.name ?? "") }.joined() + failure.message
      #expect(!shown.unicodeScalars.contains { $0.value < 32 || (0x7F..<0xA0).contains($0.value) })
    }
    // Another plugin of the same process is unharmed.
    let canary = try LuaState(name: "canary")
    #expect(
      try canary.load("return ('x'):rep(3) .. #table.concat({1, 2}, ',') .. math.max(1, 2)", path: "c.lua")
        == .string("xxx32"))
  }

  @Test(arguments: shared) func anAttackEndsAlikeInEveryStateAndOrderOfRows(_ file: URL) throws {
    let source = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    let first = Self.outcome(source, file.lastPathComponent)
    if first.failure?.kind == .deadline { return }  // the clock is the one limit that differs from run to run
    let second = Self.outcome(source, file.lastPathComponent)
    if second.failure?.kind == .deadline { return }
    #expect(second == first)
    if first.rows.isEmpty { return }
    let backwards = Self.outcome(source, file.lastPathComponent, ids: (0..<200).reversed())
    #expect(backwards.rows == first.rows)
    for id in [0, 7, 199] {
      #expect(Self.outcome(source, file.lastPathComponent, ids: [id]).rows == [first.rows[id]])
    }
  }

  @Test func theCorpusIsLargerThanTheSharedOne() {
    #expect(Self.shared.filter { $0.path.contains("LuaHostTests/Attacks") }.count > 150)
  }
}
