import Testing

/// Two sources of exchange rates; the figures were computed from the same files by other means.
@Suite(.overRealFiles("ecb-eurofxref", "fx-fred")) struct ExchangeRateTests {
  let files: [String: String]

  init() throws { files = try RealFiles.run("exchange-rates", ["ecb": "ecb-eurofxref", "fred": "fx-fred"]) }

  @Test func aPaymentTakesTheLatestRateNotAfterItsDay() throws {
    let payments = try Sheet(files["payments.csv"])
    #expect(payments.rows.count == 9)
    #expect(payments.row("1") == "1|2023-04-05|GBP|1000.00|2023-04-05|0|1.247647830302|1247.65")
    // The Saturday after Good Friday, and Easter Monday.
    #expect(payments.row("2") == "2|2023-04-08|GBP|1000.00|2023-04-06|2|1.247499857135|1247.50")
    #expect(payments.row("3") == "3|2023-04-10|NOK|25000.00|2023-04-06|4|0.095867550832|2396.69")
    #expect(payments.row("7") == "7|2022-03-05|RUB|90000.00|2022-03-01|4|0.009523809524|857.14")
    #expect(payments.row("9") == "9|2023-05-14|EUR|99.99|2023-05-12|2|1.0892|108.91")
    #expect(payments.row("11") == "11|2000-01-01|JPY|1000000.00|1999-12-30|2|0.009779032415|9779.03")
  }

  @Test func aPaymentWithoutARateOfThoseDaysIsPutAside() throws {
    let aside = try Sheet(files["quarantine/converted.csv"])
    #expect(try aside.column("payment") == ["6", "8", "12"])
    #expect(
      try aside.column("_message").first
        == "nothing in 'daily' is in force for currency = HRK, paid_on = 2023-01-09 within 5d")
  }

  @Test func bothSourcesSayTheSameOnceTheyQuoteTheSameWay() throws {
    let month = try Sheet(files["month.csv"])
    #expect(month.rows.count == 20)
    #expect(month.row("EUR") == "EUR|2023-04-01|1.096772222222|1.096250822188|-0.0475|18")
    #expect(month.row("JPY") == "JPY|2023-04-01|0.007486501295|0.007492067773|0.0744|18")
    #expect(month.row("ZAR") == "ZAR|2023-04-01|0.055062692185|0.054967404329|-0.1731|18")
    let agreement = try Sheet(files["agreement.csv"])
    #expect(agreement.row("EUR") == "EUR|292|0.013|0.4629|2008-12-01")
    #expect(agreement.row("ZAR") == "ZAR|292|0.0262|1.3434|2008-10-01")
    #expect(agreement.row("INR") == "INR|172|0.0557|0.3245|2012-01-01")
  }
}
