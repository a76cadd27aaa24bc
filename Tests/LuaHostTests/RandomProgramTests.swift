import Foundation
import Testing

@testable import LuaHost

/// Random programs on the host: nothing crashes, hangs or reaches outside, and each ends alike in every state and order of rows.
@Suite struct RandomProgramTests {
  static let environment = ProcessInfo.processInfo.environment
  /// `WEIR_FUZZ_RULES=n` tries as many programs, `WEIR_FUZZ_SEED=n` begins with that one.
  static let count = UInt64(environment["WEIR_FUZZ_RULES"] ?? "") ?? 300
  static let seed = UInt64(environment["WEIR_FUZZ_SEED"] ?? "") ?? 1

  @Test func everyProgramEndsAlikeInEveryStateAndOrderOfRows() throws {
    var ends: [String: Int] = [:]
    let canary = try LuaState(name: "canary")
    let answer = try #require(
      try canary.load("return function() return ('x'):rep(3) .. #'abc' end", path: "c.lua").asFunction)
    for seed in Self.seed..<(Self.seed + Self.count) {
      var generator = ProgramGenerator(seed: seed)
      let source = generator.program()
      let ids = Array(0..<20)
      let clock = ContinuousClock.now
      let first = AttackTests.outcome(source, "program.lua", ids: ids)
      #expect(ContinuousClock.now - clock < .seconds(20), "seed \(seed) took long\n\(source)")
      ends[first.failure?.kind.rawValue ?? "ok", default: 0] += 1
      if first.failure?.kind == .deadline { continue }
      #expect(AttackTests.outcome(source, "program.lua", ids: ids) == first, "seed \(seed)\n\(source)")
      if let failure = first.failure {
        #expect(!failure.message.isEmpty && failure.path != nil, "seed \(seed)\n\(source)")
      }
      guard !first.rows.isEmpty else { continue }
      let backwards = AttackTests.outcome(source, "program.lua", ids: ids.reversed())
      #expect(backwards.rows.isEmpty || backwards.rows == first.rows, "seed \(seed)\n\(source)")
    }
    #expect(try canary.call(answer) == [.string("xxx3")])
    // Enough of them come to their end.
    #expect(ends["ok", default: 0] * 10 > Int(Self.count), "\(ends)")
  }
}
