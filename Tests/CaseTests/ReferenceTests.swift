import Foundation
import Testing

/// The reference that is committed is what the program says of itself.
@Suite struct ReferenceTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func theCommittedReferenceIsUpToDate() throws {
    let written = try Binary.run(["docs"], in: Self.package)
    #expect(written.code == 0)
    let file = Self.package.appending(path: "Plugins/REFERENCE.md")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try written.out.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("Plugins/REFERENCE.md: recorded; read the difference, then run without RECORD")
      return
    }
    #expect(written.out == (try String(contentsOf: file, encoding: .utf8)), "run 'weir docs > Plugins/REFERENCE.md'")
  }

  @Test func theSchemaKnowsEveryStepAndItsKeys() throws {
    let schema = try Binary.run(["schema", "json"], in: Self.package).out
    let read = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
    let stages = (read["properties"] as? [String: Any])?["transform"] as? [String: Any]
    #expect(stages?["type"] as? String == "object")
    for line in ["\"asof_join\": {", "\"tolerance\": {", "\"many_to_one\"", "\"undeclared\": {"] {
      #expect(schema.contains(line), "\(line)")
    }
  }

  @Test func theStubsNameEveryFunctionOfTheReference() throws {
    let stubs = try Binary.run(["schema", "lua"], in: Self.package).out
    #expect(stubs.hasPrefix("---@meta"))
    let reference = try Binary.run(["docs"], in: Self.package).out
    let functions = reference.split(separator: "## Aggregates")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(functions.count > 60)
    for line in functions {
      let name = line.dropFirst(3).prefix { $0 != "(" }
      #expect(stubs.contains("function \(name)("), "\(name)")
    }
  }
}
