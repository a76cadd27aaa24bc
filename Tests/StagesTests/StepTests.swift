import Columns
import Diagnostics
import LuaPlugins
import PipelineFiles
import Planning
import Runner
import Stages
import Testing

/// The rows of stage `s` of a pipeline over three inline sales, as texts.
private func rows(_ steps: String) throws -> [[String]] {
  let text = """
    weir: 1
    ingest:
      sales:
        type: inline
        columns: { id: int, who: string, day: date, usd: "decimal(8,2) USD", pool: "decimal(8,2) USD" }
        rows: [[1, ann, 2026-01-05, 10.00, 1.00], [2, bob, 2026-01-20, 5.50, 1.00], [3, ann, 2026-02-03, 2.25, 1.00]]
      rates:
        type: inline
        columns: { from: date, rate: "decimal(4,2)" }
        rows: [[2026-01-10, 1.10], [2026-02-01, 1.20]]
    transform:
      s:
        from: sales
        steps: [\(steps)]
    """
  let (spec, bag) = try PipelineReader.read(SourceFile(path: "pipeline.yaml", text: text), directory: "")
  let context = PlanningContext(
    spec: spec, registry: .standard, plugins: PluginCatalogue(), parameters: ParameterValues())
  let plan = try Planner.plan(context, earlier: bag)
  let table = try Run(plan, options: RunOptions(workers: 2), weirVersion: "test").tables(of: ["s"])[0]
  return try table.batches.flatMap { batch in
    (0..<batch.count).map { row in batch.columns.map { $0.scalar(row).text } }
  }
}

@Suite struct StepTests {
  @Test func asOfJoinTakesTheLatestRateNotAfterTheDay() throws {
    #expect(
      try rows(#"{ asof_join: { with: rates, at: { day: from }, unmatched: drop } }, { select: [id, rate] }"#) == [
        ["2", "1.1"], ["3", "1.2"],
      ])
    #expect(
      try rows(#"{ asof_join: { with: rates, at: { day: from } } }, { select: [id, rate] }"#)[0] == ["1", "nil"])
  }

  @Test func dedupeKeepsTheLastOfEachKey() throws {
    #expect(
      try rows("{ dedupe: { by: who, keep: last, order: day } }, { select: [id] }") == [["2"], ["3"]])
  }

  @Test func allocatedPartsSumToTheTotal() throws {
    let parts = try rows("{ allocate: { total: pool, weight: usd, as: part, scale: 2, ties: id } }, { select: [part] }")
    #expect(parts == [["0.56"], ["0.31"], ["0.13"]])
  }

  @Test func pivotAndUnpivotTurnRowsAndColumns() throws {
    #expect(
      try rows(
        "{ aggregate: { by: [who, { month: month(day) }], metrics: [{ usd: sum(usd) }] } }, { pivot: { by: month, column: who, value: usd, into: [ann, bob] } }"
      ) == [["2026-01-01", "10", "5.5"], ["2026-02-01", "2.25", "nil"]])
    #expect(
      try rows("{ unpivot: { columns: [usd, pool], name: kind, value: amount } }, { select: [id, kind, amount] }")
        .prefix(2)
        == [["1", "usd", "10"], ["1", "pool", "1"]])
  }

  @Test func groupsBelowTheMinimumAreSuppressed() throws {
    #expect(
      try rows("{ aggregate: { by: who, min_group: { rows: 2 }, metrics: [{ n: count() }] } }") == [["ann", "2"]])
  }

  @Test func aMistakeNamesItsPlaceAndWhatWasMeant() throws {
    let error = #expect(throws: InvalidInput.self) { try rows("{ dedupe: { by: whoo } }") }
    #expect(error?.diagnostics.first?.code == .unknownColumn)
    #expect(error?.diagnostics.first?.help == "did you mean 'who'?")
    #expect(error?.diagnostics.first?.span?.text == "whoo")
  }
}
