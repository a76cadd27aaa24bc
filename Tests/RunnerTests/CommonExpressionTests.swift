import Foundation
import Testing

@testable import Runner

/// What several steps compute over the same rows is computed once, and gives what each computes alone.
struct CommonExpressionTests {
  /// `alone` and `other` write the same figures in ways that nothing else has, so they compute them themselves.
  private static let text = """
    weir: 1
    ingest:
      a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
    transform:
      once: { from: a, steps: [{ aggregate: { by: k, metrics: [{ s: sum(x * 2.5 + 1) }] } }] }
      alone: { from: a, steps: [{ aggregate: { by: k, metrics: [{ s: sum(1 + 2.5 * x) }] } }] }
      some:
        from: a
        steps: [{ filter: x * 2.5 + 1 > 1000 }, { derive: { y: x * 2.5 + 1 } }, { aggregate: { metrics: [{ s: sum(y + x * 2.5) }] } }]
      other:
        from: a
        steps: [{ filter: x > 399.6 }, { derive: { y: x + x + 0.5 * x + 1 } }, { aggregate: { metrics: [{ s: sum(y + x * 5 * 0.5) }] } }]
    export:
      once: { from: once, type: csv, path: once.csv }
      alone: { from: alone, type: csv, path: alone.csv }
      some: { from: some, type: csv, path: some.csv }
      other: { from: other, type: csv, path: other.csv }
    """

  @Test(arguments: [1, 2]) func givesTheSame(workers: Int) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try wideRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    var options = RunOptions(workers: workers, outputDirectory: folder.path)
    options.isProfiled = true
    let outcome = try Run(try plan(Self.text, in: folder), options: options, weirVersion: "test").run()
    func output(_ name: String) throws -> String {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    #expect(try output("once.csv") == output("alone.csv"))
    #expect(try output("some.csv") == output("other.csv"))
    #expect(try output("some.csv").count > 10)
    let profile = try #require(outcome.profile)
    let shared = profile.lines.filter { $0.label.hasSuffix("for several steps") }
    #expect(shared.contains { $0.label == "(x * 2.5) + 1, for several steps" && $0.rows == 60_000 })
    #expect(!shared.contains { $0.label.contains("2.5 * x") || $0.label.contains("0.5") })
  }
}
