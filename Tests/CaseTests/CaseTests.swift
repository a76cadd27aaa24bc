import Foundation
import Testing

/// What users see: every folder of `Cases`, and every example, run through the built binary.
struct CaseTests {
  @Test(arguments: Case.all)
  func givesWhatItsFolderExpects(_ testCase: Case) throws {
    for command in try testCase.commands() {
      let outcomes = try testCase.variants(of: command).map { try testCase.run($0) }
      guard let first = outcomes.first else { continue }
      if ProcessInfo.processInfo.environment["RECORD"] == "1" {
        try testCase.record(first)
        Issue.record("\(testCase.name): recorded; read the difference, then run without RECORD")
        continue
      }
      for outcome in outcomes {
        try testCase.compare(outcome)
      }
    }
  }

  @Test func everyFolderHasACommand() throws {
    #expect(Case.all.count > 1)
    for testCase in Case.all {
      #expect(try !testCase.commands().isEmpty, "\(testCase.name)")
    }
  }
}
