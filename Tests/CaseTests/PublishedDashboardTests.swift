import Foundation
import Testing

/// The network's published dashboard; the figures were computed from the same file by other means.
@Suite(.overRealFiles("braintrust-dashboard")) struct PublishedDashboardTests {
  let files: [String: String]

  init() throws { files = try RealFiles.run("braintrust-dashboard", ["data": "braintrust-dashboard"]) }

  @Test func aWeekIsTheNextBalanceLessItsOwn() throws {
    let weeks = try Sheet(files["gsv_by_week.csv"])
    #expect(weeks.rows.count == 342)
    #expect(weeks.row("2020-01-06") == "2020-01-06|450548.40|454662.23|4113.83|")
    #expect(weeks.row("2020-01-13") == "2020-01-13|454662.23|485515.53|30853.30|6.499896689945865532")
    // The last balance has no next one.
    #expect(weeks.row("2026-07-20") == "2026-07-20|397836144.89|||")
    let total = try weeks.column("gsv").compactMap { Decimal(string: $0) }.reduce(0, +)
    #expect(total == Decimal(string: "397385596.49"))
  }

  @Test func quartersAndYearsAddUpToTheLifetimeTotalAndYearsAreNotCountedTwice() throws {
    let quarters = try Sheet(files["gsv_by_quarter.csv"])
    #expect(quarters.rows.count == 29)
    #expect(
      quarters.rows.last?.joined(separator: "|") == "2026-07-01|2026|3|2679429.34|398057548.67|-0.835575183130568184")
    let years = try Sheet(files["gsv_by_year.csv"])
    #expect(
      try years.column("gsv") == [
        "435720.40", "3357900.54", "28612430.16", "87410200.81", "86213111.66", "81003831.45", "76308966.35",
        "34715387.30",
      ])
    #expect(try years.column("published") == years.column("gsv"))
    #expect(try years.column("to_date").last == "398057548.67")
    #expect(files["braintrust_dashboard.json"]?.contains("\"gsv\": 398057548.67, \"quarters\": 29") == true)
  }

  @Test func quarterStartsThatBothSeriesHaveAgreeToTheCentAndOthersAreEstimates() throws {
    let starts = try Sheet(files["quarter_starts.csv"])
    let published = starts.rows.filter { $0[1] == "published" }
    #expect(published.map { $0[0] } == ["2024-01-01", "2024-04-01", "2024-07-01"])
    #expect(published.map { $0[2] } == ["206029363.57", "227128549.64", "247874909.23"])
    #expect(published.allSatisfy { $0[2] == $0[3] && $0[4] == "0.00" })
    #expect(try starts.column("basis").filter { $0 == "estimated" }.count == 23)
    #expect(
      starts.row("2020-04-01")
        == "2020-04-01|estimated|953322.01|958000.30|4678.29|360856.48|estimated|347467.28|-13389.20")
    #expect(
      starts.row("2024-04-01")
        == "2024-04-01|published|227128549.64|227128549.64|0.00|20746359.59|published|20746359.59|0.00")
    #expect(
      starts.row("2025-10-01")
        == "2025-10-01|estimated|345535265.12|344894276.83|-640988.29|17806896.25|estimated|18010131.69|203235.44")
    #expect(starts.row("2020-01-01") == "2020-01-01|before the series|435720.40|||517601.61|not covered||")
  }
}
