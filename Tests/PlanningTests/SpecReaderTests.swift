import Columns
import Diagnostics
import Planning
import Testing
import YAMLNodes

@Suite struct SpecReaderTests {
  private enum Colour: String, CaseIterable { case red, green }

  private func node(_ text: String) throws -> DocumentNode {
    try #require(try YAMLReader.read(SourceFile(path: "p.yaml", text: text)))
  }

  @Test func keysThatNobodyAskedForAreReportedWithTheMeantOne() throws {
    var reader = SpecReader(try node("rows: 5\nskp: 1\n"), subject: "top")
    #expect(reader.int("rows") == 5)
    #expect(reader.int("skip") == nil)
    let found = reader.finish().diagnostics
    #expect(found.map(\.code) == [.unknownKey])
    #expect(found.first?.help == "did you mean 'skip'?")
    #expect(found.first?.span?.text == "skp")
  }

  @Test func everyWrongValueIsReported() throws {
    var reader = SpecReader(try node("a: x\nb: [1]\nc: rad\nd: 5\n"), subject: "it")
    _ = reader.int("a")
    _ = reader.text("b")
    let colour = reader.choice("c", default: Colour.green)
    #expect(colour == .green)
    let flag = reader.bool("d", default: true)
    #expect(flag)
    let missing = reader.requiredText("e")
    #expect(missing == nil)
    let found = reader.finish().diagnostics
    #expect(found.map(\.code) == [.wrongValue, .wrongValue, .wrongValue, .wrongValue, .missingKey])
    #expect(found[2].help == "did you mean 'red'?")
  }

  @Test func aSingleValueStandsForTheShorthandKey() throws {
    var reader = SpecReader(try node("month"), subject: "sort", shorthand: "by")
    let texts = reader.texts("by")
    #expect(texts.map(\.text) == ["month"])
    let bag = reader.finish()
    #expect(!bag.hasErrors)
  }

  @Test func rowsAddUpOrDoNot() {
    var counts = StepCounts()
    (counts.rowsIn, counts.added, counts.rowsOut, counts.filtered) = (10, 2, 5, 3)
    (counts.grouped, counts.suppressed, counts.quarantined) = (2, 1, 1)
    #expect(counts.balances)
    var doubled = counts
    doubled += counts
    #expect(doubled.balances && doubled.rowsIn == 20)
    counts.quarantined += 1
    #expect(!counts.balances)
  }

  @Test func aRowWithoutOriginEndsTheRunAndOneWithItIsTakenOut() throws {
    let columns = [Column([.int(1), .int(2), .int(3)], of: .int)]
    let problem = RowProblem(row: 1, code: .overflow, message: "too large")
    var report = StepReport(step: 4, label: "s, step 1 (derive)")
    let made = Batch(columns: columns, count: 3, position: .init(split: 0, batch: 0), origins: nil)
    #expect(throws: RunFailure.self) { try report.quarantine([problem], in: made) }
    let read = Batch(
      columns: columns, count: 3, position: .init(split: 0, batch: 0),
      origins: RowOrigins((0..<3).map { RowOrigin(file: 0, byte: $0 * 10) }))
    let left = try report.quarantine([problem, problem], in: read)
    #expect((0..<left.count).map { left.columns[0].scalar($0) } == [.int(1), .int(3)])
    #expect(report.counts.quarantined == 1 && report.quarantined.map(\.origin.byte) == [10])
  }
}
