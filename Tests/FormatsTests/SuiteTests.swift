import Columns
import Diagnostics
import Foundation
import Testing

@testable import Formats

private let csvSpectrum = SharedFiles.folder("suites/csv-spectrum")
private let jsonSuite = SharedFiles.folder("suites/JSONTestSuite/test_parsing")

/// Public suites, where somebody has put them beside the repository.
struct SuiteTests {
  @Test(.enabled(if: csvSpectrum != nil, "the suite csv-spectrum is not here"))
  func csvSpectrumReadsAsItsAuthorsSay() throws {
    let folder = try #require(csvSpectrum)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("csvs").path)
    #expect(names.count == 12)
    for name in names.sorted() {
      let csv = folder.appendingPathComponent("csvs/\(name)").path
      let json = folder.appendingPathComponent("json/\(name.dropLast(4)).json").path
      let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: json)))
      // One of the files has its single row without an array around it, and another telephone number than its CSV.
      var expected = try #require(document as? [[String: String]] ?? (document as? [String: String]).map { [$0] })
      if name == "location_coordinates.csv" { expected[0]["Contact Phone Number"] = "2095257564" }
      let header = try CSVSource.open(paths: [csv], columns: []).originalHeader(file: 0)
      let columns = header.map { ColumnReading($0, ValueType(.string), missing: []) }
      for splitSize in [1 << 22, 16, 5]
      where header.joined().utf8.count + header.count + 4 < splitSize || splitSize > 16 {
        let source = try CSVSource(
          paths: [csv], options: CSVOptions(), columns: columns, firstFile: 0, splitSize: splitSize)
        let read = try readAll(source)
        #expect(read.structural == [] && read.failures == [])
        let rows = read.rows.map { row in
          Dictionary(uniqueKeysWithValues: zip(header, row.map(\.text)))
        }
        #expect(rows == expected, "\(name)")
      }
    }
  }

  @Test(.enabled(if: jsonSuite != nil, "the suite JSONTestSuite is not here"))
  func whatIsJSONIsReadAndWhatIsNotIsRefusedWithItsPlace() throws {
    let folder = try #require(jsonSuite)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
    #expect(names.count > 300)
    for name in names.sorted() {
      let path = folder.appendingPathComponent(name).path
      let source = try JSONSource.open(
        paths: [path], columns: [ColumnReading("a", ValueType(.string, isNullable: true))])
      var failure: RunFailure?
      do { _ = try readAll(source) } catch let error as RunFailure { failure = error }
      switch name.first {
      case "y": #expect(failure == nil, "\(name): \(failure?.diagnostic.message ?? "")")
      case "n":
        #expect(failure?.diagnostic.code == .jsonSyntax, "\(name)")
        #expect(failure?.diagnostic.message.hasPrefix("\(path):") == true, "\(name)")
      default: break
      }
    }
  }
}
