import Columns
import Testing

@testable import Formats

struct SchemaInferenceTests {
  @Test func theNarrowestTypeThatHoldsEveryCellIsFound() throws {
    let folder = TestFolder()
    let path = try folder.write(
      "x.csv",
      """
      id,Exchange rate,paid on,ok,code,end,at,size,empty
      1,1.25,2024-02-29,true,007,x,2024-01-01T00:00:00Z,1e5,
      -20,,2024-03-01,FALSE,012,y,2024-01-01 10:00,2.5,

      """)
    let columns = try SchemaInference.columns(ofCSV: path)
    #expect(
      columns.map { "\($0.name) \($0.type)" } == [
        "id int", "Exchange_rate decimal(18,2)?", "paid_on date", "ok bool", "code string", "_end string",
        "at timestamp", "size float", "empty string?",
      ])
    #expect(columns.map(\.header)[0...2] == [nil, "Exchange rate", "paid on"])
    // What was inferred reads the file without a failure.
    let read = try readAll(CSVSource.open(paths: [path], columns: columns))
    #expect(read.failures == [] && read.rows.count == 2)
  }
}
