import Columns
import Diagnostics
import Foundation
import Memory
import Testing

@testable import Formats

struct CSVSourceTests {
  private let folder = TestFolder()
  private let columns = [ColumnReading("a", ValueType(.int)), ColumnReading("b", ValueType(.string, isNullable: true))]

  private func failure(_ body: () throws -> Void) -> Diagnostic? {
    do { try body() } catch { return (error as? RunFailure)?.diagnostic }
    return nil
  }

  @Test func headersAreMatchedByName() throws {
    let path = try folder.write("x.csv", "\u{FEFF}z,\"b\",a\r\n1,x,7\r\n2,,8")
    #expect(
      try readAll(CSVSource.open(paths: [path], columns: columns)).rows == [
        [.int(7), .string("x")], [.int(8), .missing],
      ])
  }

  @Test func openingSaysWhatIsWrongWithAFile() throws {
    let path = try folder.write("x.csv", "a,rates\n1,2\n")
    let wrong = failure { _ = try CSVSource.open(paths: [path], columns: [ColumnReading("rate", ValueType(.int))]) }
    #expect(wrong?.code == .badHeader && wrong?.message.contains("'a', 'rates'") == true)
    #expect(wrong?.help == "did you mean 'rates'?")
    let twice = try folder.write("y.csv", "a,b,a\n")
    #expect(failure { _ = try CSVSource.open(paths: [twice], columns: columns) }?.message.contains("'a' twice") == true)
    #expect(failure { _ = try CSVSource.open(paths: [folder.path + "/no.csv"], columns: []) }?.code == .missingFile)
    let glob = folder.path + "/q*.csv"
    #expect(failure { _ = try CSVSource.open(paths: [glob], columns: []) }?.message == "no file matches '\(glob)'")
    let empty = try folder.write("e.csv", "")
    #expect(failure { _ = try CSVSource.open(paths: [empty], columns: []) }?.code == .badHeader)
  }

  @Test func aGlobGivesFilesInTheOrderOfBytes() throws {
    for (name, value) in [("p10.csv", 2), ("p2.csv", 3), ("p1.csv", 1)] {
      _ = try folder.write(name, "a,b\n\(value),\n")
    }
    let source = try CSVSource.open(paths: [folder.path + "/p*.csv"], columns: columns)
    #expect(try readAll(source).rows.map { $0[0] } == [.int(1), .int(2), .int(3)])
    #expect(source.splits.map(\.file) == [0, 1, 2])
    #expect(source.inputs().allSatisfy { $0.hash != nil })
  }

  @Test func rowsOfBadStructureAreNamedAndTheOthersRead() throws {
    let path = try folder.write(
      "x.csv", Array("a,b\n1,x\n2\n3,x,y\n4,\"x\"y\n\n5,".utf8) + [0xFF, 0x0A] + Array("6,é\n7,\"open\n".utf8))
    let read = try readAll(CSVSource.open(paths: [path], columns: columns))
    #expect(read.rows == [[.int(1), .string("x")], [.int(6), .string("é")]])
    #expect(
      read.structural.map { String($0.split(separator: " ", maxSplits: 1)[1]) } == [
        "row-shape the row has 1 cell where the header has 2", "row-shape the row has 3 cells where the header has 2",
        "row-shape '\"x\"y' goes on after its closing quote",
        "bad-utf8 the row is not UTF-8: byte 3 of it begins no character",
        "row-shape a quote in this row is never closed",
      ])
  }

  @Test func originalRowsHaveTheirLines() throws {
    let path = try folder.write("x.csv", "a,b\n1,\"two\nlines\"\n2,\"q\"\"q\"\n")
    let source = try CSVSource.open(paths: [path], columns: columns)
    let origins = try readAll(source).origins
    #expect(
      try source.originalRows(file: 0, at: origins.reversed()) == [
        OriginalRow(line: 4, cells: ["2", "q\"q"]), OriginalRow(line: 2, cells: ["1", "two\nlines"]),
      ])
  }

  @Test func packedFilesReadAsTheyAre() throws {
    var text = "a,b\n"
    for index in 0..<200_000 { text += "\(index),\"t \(index % 1000)\"\n" }
    let plain = try folder.write("x.csv", text)
    let half = text.utf8.count / 2
    let (first, second) = (Array(text.utf8.prefix(half)), Array(text.utf8.dropFirst(half)))
    let expected = try readAll(CSVSource.open(paths: [plain], columns: columns))
    for (tool, ending) in [("gzip", "gz"), ("zstd", "zst")] {
      var bytes: [UInt8] = []
      // Two members, one behind the other.
      for (name, part) in [("one", first), ("two", second)] {
        let path = try folder.write(name, part)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool, "-q", "-c", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = Pipe()
        try process.run()
        bytes += try [UInt8](pipe.fileHandleForReading.readToEnd() ?? Data())
        process.waitUntilExit()
      }
      if bytes.isEmpty { continue }
      let packed = try folder.write("x.csv." + ending, bytes)
      let source = try CSVSource.open(paths: [packed], columns: columns)
      #expect(try readAll(source) == expected)
      #expect(source.inputs()[0].hash == ContentHash(bytes))
      let cut = try folder.write("cut.csv." + ending, Array(bytes.dropLast(100)))
      let wrong = failure { _ = try readAll(CSVSource.open(paths: [cut], columns: columns)) }
      #expect(wrong?.code == .unreadableFile)
    }
  }

  @Test func aFileCutShortMeanwhileIsAnError() throws {
    let path = try folder.write("x.csv", "a,b\n" + String(repeating: "1,x\n", count: 100))
    let source = try CSVSource.open(paths: [path], columns: columns)
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 8)
    #expect(failure { _ = try readAll(source) }?.code == .changedFile)
  }

  @Test func onlyTheRowsAskedForAreRead() throws {
    let path = try folder.write("x.csv", "a,b\n1,x\nbad,y\n3,z\n")
    let source = try CSVSource.open(paths: [path], columns: columns)
    let block = try #require(try source.makeReader(source.splits[0]).next())
    let (column, failures) = block.column(0, rows: [0, 2])
    #expect(failures.isEmpty && column.scalar(0) == .int(1) && column.scalar(1) == .int(3))
    let all = block.column(0, rows: nil)
    #expect(all.failures.map(\.row) == [1])
    #expect(block.origins(rows: [2]).map(\.byte) == [14])
  }
}
