import Foundation
import Testing

/// Pipelines over real files, which lie beside the checkout and not in it.
@Suite struct RealDataTests {
  @Test(.overRealFiles("braintrust-fee-records"))
  func feeRecordsAddUpToThePublishedTotals() throws {
    let files = try RealFiles.run("fee-records", ["data": "braintrust-fee-records"])
    let batches = files["fees_by_batch.csv"]?.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[2] }
    #expect(batches == ["235314.86", "107350.07", "162662.48", "114306.88", "178197.49"])
    let report = try #require(files["fee_records.json"])
    #expect(report.contains("\"fees\": 797831.78, \"gsv\": 8776149.58, \"invoices\": 1300, \"names\": 131"))
    #expect(report.contains("\"titles\": 228"))
    #expect(files["fees_by_employer.csv"]?.contains("\nPorsche Digital Inc.,113750.50,1251255.50,73\n") == true)
  }

  @Test func theNetworkCloseIsTheSameForAnyNumberOfWorkers() throws {
    var runs: [[String: String]] = []
    for workers in ["1", "2", "8"] {
      let out = try Package.freshFolder()
      defer { try? FileManager.default.removeItem(at: out) }
      let result = try Binary.run(
        ["run", "Pipelines/network-close.yaml", "--out", out.path, "--workers", workers], in: Package.root)
      #expect(result.code == 0, "\(result.err)")
      runs.append(try Package.files(below: out))
    }
    #expect(runs[0]["monthly.csv"]?.isEmpty == false)
    #expect(runs[0] == runs[1] && runs[1] == runs[2])
  }

  @Test(arguments: ["Plugins", "Examples"])
  func pluginsPassTheirOwnCases(_ folder: String) throws {
    let result = try Binary.run(["test", folder], in: Package.root)
    #expect(result.code == 0, "\(result.err)")
    #expect(result.out.hasSuffix(" passed, 0 failed\n"))
  }
}
