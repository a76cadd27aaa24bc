import Columns
import Diagnostics
import PipelineFiles
import Planning
import Testing

@Suite struct PipelineReaderTests {
  private func read(_ text: String) throws -> (PipelineSpec, [Diagnostic]) {
    let (spec, bag) = try PipelineReader.read(
      SourceFile(path: "Pipelines/close.yaml", text: text), directory: "Pipelines")
    return (spec, bag.diagnostics)
  }

  @Test func everyPartOfAPipelineIsKeptInItsOrder() throws {
    let (spec, mistakes) = try read(
      """
      weir: 1
      description: Monthly.
      params: { data: { type: path, default: ../data }, as_of: { type: date, default: 2026-10-31 } }
      units: { USD: 2, BTRST: 18 }
      calendar: { week_start: sunday, fiscal_year_start: 4, zone: "+02:00" }
      plugins: [ ../Plugins/a, { path: ../Plugins/b, settings: { cap: 1 } } ]
      ingest: { b: { type: csv }, a: { type: csv } }
      transform:
        one: { from: [b, a], steps: [ { filter: x }, { sort: y } ] }
        two: { from: one }
      export: { out: { from: two, type: csv, path: o.csv } }
      quarantine: { path: out/quarantine, max_rate: 0.1% }
      """)
    #expect(mistakes.isEmpty)
    #expect(spec.name == "close" && spec.description == "Monthly.")
    #expect(spec.parameters.map(\.name) == ["data", "as_of"])
    #expect(spec.parameters.map(\.kind) == [.path, .value(ValueType(.date))])
    #expect(spec.units == ["USD": 2, "BTRST": 18])
    #expect(spec.calendar.firstWeekday == 7 && spec.calendar.firstMonth == 4 && spec.calendar.zoneMinutes == 120)
    #expect(spec.plugins.map(\.path.text) == ["../Plugins/a", "../Plugins/b"])
    #expect(spec.plugins[1].settings.map(\.key) == ["cap"])
    #expect(spec.ingests.map(\.name) == ["b", "a"])
    #expect(spec.stages.map(\.name) == ["one", "two"])
    #expect(spec.stages[0].from.map(\.text) == ["b", "a"] && spec.stages[0].steps.map(\.kind) == ["filter", "sort"])
    #expect(spec.exports.map(\.name) == ["out"])
    #expect(spec.quarantine.maximumRate == ExactDecimal("0.001"))
  }

  @Test func allMistakesOfFormAreFoundAtOnceAtTheirPlaces() throws {
    let (_, mistakes) = try read(
      """
      weir: 2
      ingst: {}
      units: { USD: 99 }
      calendar: { week_start: sundai }
      transform:
        a: { steps: [ filter ] }
        b: { from: a, stepps: [] }
      quarantine: { max_rate: lots }
      """)
    let found = Set(mistakes.map { "\($0.span?.line ?? 0) \($0.code.rawValue)" })
    #expect(
      found.isSuperset(of: [
        "1 language-version", "2 unknown-key", "3 wrong-value", "4 wrong-value", "6 missing-key", "6 wrong-value",
        "7 unknown-key", "8 wrong-value",
      ]), "\(found)")
    #expect(mistakes.first { $0.span?.line == 2 }?.help == "did you mean 'ingest'?")
    #expect(mistakes.first { $0.span?.line == 4 }?.help == "did you mean 'sunday'?")
    #expect(mistakes.first { $0.span?.line == 7 }?.span?.text == "stepps")
  }

  @Test func aStepWithTwoNamesShowsTheSecond() throws {
    let (_, mistakes) = try read(
      "weir: 1\ningest: {}\ntransform:\n  a:\n    from: b\n    steps:\n      - filter: x\n        sort: y\n")
    #expect(mistakes.count == 1 && mistakes.first?.span?.text == "sort")
  }

  @Test func aFileWithoutKeysIsNoPipeline() {
    #expect(throws: InvalidInput.self) { try read("") }
    #expect(throws: InvalidInput.self) { try read("- a\n") }
  }
}
