import Testing

@testable import Runner

struct ProgressTextTests {
  private func reading(_ bytes: Int, rows: Int, ingest: Int = 1, of count: Int = 1) -> RunProgress.Moment {
    var moment = RunProgress.Moment()
    moment.activity = "reading 'invoices'"
    moment.ingest = ingest
    moment.ingestCount = count
    moment.rows = rows
    moment.bytes = bytes
    moment.byteCount = 800_000_000
    moment.bytesBefore = ingest == 1 ? 0 : 200_000_000
    moment.bytesOfAll = ingest == 1 ? 800_000_000 : 1_000_000_000
    return moment
  }

  @Test func aLineSaysWhatWasReadOfHowMuchAndHowLongTheRestTakes() {
    var text = ProgressText()
    _ = text.line(reading(0, rows: 0), at: 1, width: 120)
    #expect(
      text.line(reading(200_000_000, rows: 2_500_000), at: 3, width: 120)
        == "reading 'invoices'  25%  200 of 800 MB  2.5 M of about 10.0 M rows  1.2 M rows/s  0:06 left")
  }

  @Test func severalIngestsShareOnePercentage() {
    var text = ProgressText()
    _ = text.line(reading(0, rows: 0, ingest: 2, of: 3), at: 1, width: 120)
    #expect(
      text.line(reading(200_000_000, rows: 2_500_000, ingest: 2, of: 3), at: 3, width: 120)
        == "reading 'invoices'  (2 of 3)  40%  200 of 800 MB  2.5 M of about 10.0 M rows  1.2 M rows/s  0:06 left")
  }

  @Test func theRateIsThatOfTheLastSeconds() {
    var text = ProgressText()
    _ = text.line(reading(0, rows: 0), at: 0, width: 120)
    _ = text.line(reading(100_000_000, rows: 1_000_000), at: 10, width: 120)
    #expect(text.line(reading(500_000_000, rows: 5_000_000), at: 12, width: 120).hasSuffix("2.0 M rows/s  0:02 left"))
  }

  @Test(arguments: [0, 5, 20, 30, 45, 60, 80, 200])
  func aNarrowTerminalLosesWhatMattersLeast(_ width: Int) {
    var text = ProgressText()
    _ = text.line(reading(0, rows: 0), at: 1, width: width)
    let line = text.line(reading(200_000_000, rows: 2_500_000), at: 3, width: width)
    #expect(line.count <= width)
    #expect(line.hasSuffix("0:06 left") == (width >= 34))
    #expect(line.contains("rows/s") == (width >= 90))
  }

  @Test func aLimitCountsRows() {
    var text = ProgressText()
    var moment = reading(5000, rows: 120)
    moment.rowLimit = 1000
    #expect(text.line(moment, at: 1, width: 80) == "reading 'invoices'  120 of 1.0 k rows")
  }

  @Test func whatReadsNoFileShowsTheTimePassed() {
    var text = ProgressText()
    var moment = RunProgress.Moment()
    moment.activity = "monthly, step 2 (sort)"
    #expect(text.line(moment, at: 3725, width: 80) == "monthly, step 2 (sort)  1:02:05")
  }

  @Test func countsAddUpOverBlocksAndIngests() {
    let progress = RunProgress()
    progress.expect(ingests: 2, bytes: 300)
    progress.beginReading("a", byteCount: 100, rowLimit: nil)
    progress.add(rows: 7, bytes: 60)
    progress.add(rows: 3, bytes: 60)
    #expect(progress.now.rows == 10 && progress.now.bytes == 100)
    progress.beginReading("b", byteCount: 200, rowLimit: nil)
    #expect(progress.now.rows == 0 && progress.now.bytesBefore == 100 && progress.now.ingest == 2)
  }
}
