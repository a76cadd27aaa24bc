import Testing

@testable import Diagnostics

@Suite struct DiagnosticTests {
  private let file = SourceFile(path: "close.yaml", text: "weir: 1\n\tnäme: houers * rate\r\nend")

  @Test func everyOffsetLiesOnTheLineThatNewlinesBeforeItGive() {
    for offset in 0...file.utf8.count {
      let line = file.utf8[..<offset].count { $0 == 10 } + 1
      #expect(file.line(at: offset) == line)
      #expect(file.offset(ofLine: line) <= offset)
    }
    #expect(file.text(ofLine: 2) == "\tnäme: houers * rate")
    #expect(file.text(ofLine: 3) == "end")
    #expect(file.text(ofLine: 4) == "")
  }

  @Test func columnsCountCharactersAndTheMarkStandsUnderThem() {
    let span = LocatedText(file).span(16..<22)
    #expect(span.text == "houers")
    #expect(span.description == "close.yaml:2:8")
    let diagnostic = Diagnostic(.unknownColumn, "no column 'houers'", at: span, help: "did you mean 'hours'?")
    #expect(
      DiagnosticRenderer().render(diagnostic) == """
        close.yaml:2:8: error: no column 'houers' [unknown-column]
        2 | \tnäme: houers * rate
          | \t      ^~~~~~
        help: did you mean 'hours'?
        """)
  }

  @Test func aBagKeepsOneOfEachAndThrowsOnErrorsAlone() {
    var bag = DiagnosticBag()
    bag.report(Diagnostic(.cycle, "x", severity: .warning))
    #expect(throws: Never.self) { try bag.throwIfErrors() }
    bag.report(.cycle, "y", at: nil)
    bag.report(.cycle, "y", at: nil)
    #expect(bag.diagnostics.count == 2)
    #expect(throws: InvalidInput.self) { try bag.throwIfErrors() }
  }

  @Test func everyCodeIsAStableWordWithAnExplanation() {
    for code in DiagnosticCode.allCases {
      #expect(code.rawValue.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
      #expect(code.explanation.last == ".")
      #expect(!code.explanation.contains("  "))
    }
  }

  @Test(arguments: [
    ("houers", "hours"), ("huors", "hours"), ("AMOUNT", "amount"), ("hour", "hours"), ("xyz", nil), ("h", nil),
  ])
  func aSuggestionIsCloseOrNotMade(_ written: String, _ meant: String?) {
    #expect(closestName(to: written, among: ["hours", "amount", "rate"]) == meant)
  }

  @Test func jsonEscapesWhatMustBeAndKeepsTheOrderOfKeys() {
    let value = JSONValue.object([("b", .string("a\"\\\n\u{1}é")), ("a", .array([.int(1), .null, .number("1.50")]))])
    #expect(
      value.text == "{\n  \"b\": \"a\\\"\\\\\\n\\u0001é\",\n  \"a\": [\n    1,\n    null,\n    1.50\n  ]\n}\n")
    #expect(JSONValue.array([]).text == "[]\n")
  }
}
