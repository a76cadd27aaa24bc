import Foundation
import Testing

/// The token's price, supply and delegation by month, and the receipts of its contracts; the figures were computed from the
/// same files by other means.
@Suite(.overRealFiles("btrst-monthly", "btrst-contracts")) struct TokenMarketTests {
  static let folders = ["data": "btrst-monthly", "contracts": "btrst-contracts"]

  @Test func whatWasMintedIsReadFromTheLog() throws {
    let files = try RealFiles.run("btrst-market", Self.folders)
    let report = try #require(files["btrst_market.json"])
    #expect(
      report.contains(
        "\"block\": 12998115, \"holder\": \"0xe1f43a543fae801543a6916c85482f6ed37f52ae\", \"minted\": 250000000"))
  }

  @Test func priceTimesSupplyIsTheMarketCapitalisationWithinThePricesLastDigit() throws {
    let files = try RealFiles.run("btrst-market", Self.folders)
    let months = try Sheet(files["market_by_month.csv"])
    #expect(months.rows.count == 56)
    #expect(
      months.row("2022-01-31")
        == "2022-01-31|4.19369758|0.224429770782246784|87931851|583333|false|250000000|0.351727404|368759590.5629024|"
        + "368759590.74362058|0.18071818|0.439659255|false|7000023.11|0.018982619812855952")
    #expect(try Sheet(files["deviating.csv"]).rows.isEmpty)
    #expect(months.rows.filter { $0[5] == "true" }.map { $0[0] } == ["2023-04-30"])
    #expect(
      files["btrst_market.json"]?.contains(
        "{\"months\": 56, \"deviating\": 0, \"supply_fell\": 1, \"largest_difference\": 1.10906156}") == true)
  }

  @Test func aTighterToleranceNamesTheMonthsThatDeviate() throws {
    let files = try RealFiles.run("btrst-market", Self.folders, others: ["tolerance": "0.000000004"])
    #expect(
      try Sheet(files["deviating.csv"]).column("month_end") == [
        "2022-03-31", "2023-10-31", "2024-11-30", "2025-10-31", "2025-12-31", "2026-03-31", "2026-05-31",
      ])
  }

  @Test func theOrderOfTheFilesRowsDoesNotMatter() throws {
    let folder = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["btrst_universe_panel.csv", "btrst_onchain_delegation.csv"] {
      let file = RealFiles.folder.appending(path: "btrst-monthly").appending(path: name)
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
      let reversed = [lines[0]] + lines.dropFirst().reversed()
      try (reversed.joined(separator: "\n") + "\n").write(
        to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let files = try RealFiles.run("btrst-market", Self.folders)
    let others = try RealFiles.run("btrst-market", Self.folders, others: ["data": folder.path])
    for (name, text) in files where name != "run.json" { #expect(others[name] == text, "\(name)") }
  }

  @Test func delegationFollowsTheMonths() throws {
    let delegation = try Sheet(try RealFiles.run("btrst-market", Self.folders)["delegation_by_month.csv"])
    #expect(delegation.rows.count == 56)
    #expect(
      delegation.row("2021-12-31")
        == "2021-12-31|242865.1815570509|1.9200570509|0.002780415593966356|831818.33|87348518|87348518|"
        + "0.0027804155939663")
    #expect(delegation.row("2023-11-30")?.hasPrefix("2023-11-30|8299606.746492414|8051148.890679139") == true)
  }
}
