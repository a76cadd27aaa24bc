import Testing

/// 14,981 real job postings in three exports; the figures were computed from the same files by other means.
@Suite(.overRealFiles("upwork-jobs")) struct JobPostingTests {
  let files: [String: String]

  init() throws { files = try RealFiles.run("upwork-jobs", ["data": "upwork-jobs"]) }

  @Test func exportsOfThreeSchemasBecomeOneTableOfJobs() throws {
    let report = try #require(files["upwork_jobs.json"])
    #expect(
      report.contains(
        "{\"jobs\": 14719, \"clients\": 12021, \"hourly\": 5654, \"fixed\": 6341, \"average\": 25.58, "
          + "\"first_created\": \"2021-04-13T09:12:09Z\", \"last_listed\": \"2023-01-06T10:29:31.312Z\", "
          + "\"enterprise_known\": 9734, \"payment_known\": 4872}"))
    #expect(files.keys.filter { $0.hasPrefix("quarantine") }.isEmpty)
  }

  @Test func ratesByServiceAreThoseOfTheJobs() throws {
    let services = try Sheet(files["rates_by_service.csv"])
    #expect(services.rows.count == 129)
    #expect(
      services.row("Accounting & Consulting", "Management Consulting")
        == "Accounting & Consulting|Management Consulting|75.14|17.88|53.50|97.50|14|14|1")
    #expect(
      services.row("Legal", "Intellectual Property Law")
        == "Legal|Intellectual Property Law|59.62|36.88|63.25|80.00|12|11|3")
    let categories = try Sheet(files["rates_by_category.csv"])
    #expect(categories.rows.count == 12)
    #expect(categories.row("Legal") == "Legal|59.64|61.25|64|57")
    #expect(categories.row("IT & Networking") == "IT & Networking|41.62|35.00|187|183")
    #expect(try Sheet(files["rates_by_level.csv"]).row("Expert", "Legal") == "Expert|Legal|96.37|85.00|25|24")
    #expect(try Sheet(files["budgets_by_category.csv"]).row("Legal") == "Legal|3552.77|100.00|30")
  }

  @Test func groupsOfFewerThanFiveClientsAreCountedAndNotShown() throws {
    let services = try Sheet(files["rates_by_service.csv"])
    #expect(try services.column("clients").allSatisfy { (Int($0) ?? 0) >= 5 })
    #expect(files["hidden.csv"] == "services,jobs\n67,138\n")
    let shown = try services.column("jobs").compactMap { Int($0) }.reduce(0, +)
    #expect(shown + 138 == 5654)
    #expect(try Sheet(files["rates_by_country.csv"]).rows.count == 66)
    #expect(try Sheet(files["rates_by_level.csv"]).rows.count == 35)
  }

  @Test func idsOfNineteenDigitsAndTitlesOverTwoLinesAreWhole() throws {
    let best = try Sheet(files["best_paid.csv"])
    #expect(try best.column("job_id").prefix(2) == ["1611149515504930816", "1609529126861520896"])
    #expect(
      best.row("1611149515504930816")
        == "1611149515504930816|2023-01-06T02:55:54.152Z|Sales & Marketing|Sales & Business Development|749.50|"
        + "Appointment setter/sales manager (fashion ecom marketing agency)")
    #expect(best.rows.count == 20)
  }
}
