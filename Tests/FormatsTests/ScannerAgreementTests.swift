import Columns
import Diagnostics
import Foundation
import Memory
import Testing

@testable import Formats

/// The fast scanner against its slow twin.
struct ScannerAgreementTests {
  private func hostileText(_ numbers: inout SeededNumbers, count: Int, weights: [(UInt8, Int)]) -> [UInt8] {
    let alphabet = weights.flatMap { Array(repeating: $0.0, count: $0.1) }
    return (0..<count).map { _ in alphabet[Int(numbers.next() % UInt64(alphabet.count))] }
  }

  private static let mixtures: [[(UInt8, Int)]] = [
    [(34, 1), (44, 2), (10, 2), (13, 1), (97, 6)],
    [(34, 3), (44, 2), (10, 1), (97, 1)],
    [(44, 5), (10, 4), (97, 40)],
    [(34, 1), (44, 10), (10, 5), (97, 400), (13, 2)],
  ]

  /// What the source should give for a text of two columns, by the reference scanner.
  private func expected(_ text: [UInt8], header: Int) -> ReadRows {
    var result = ReadRows()
    for row in ReferenceScanner().rows(Array(text[header...])) {
      let start = row.start + header
      let isBlank = row.cells == [[]] && !row.isMalformed && !row.isUnclosed && text[start] != 34
      if isBlank { continue }
      if row.isUnclosed || row.isMalformed || row.cells.count != 2
        || String(validating: text[start..<min(row.end + header, text.count)], as: UTF8.self) == nil
      {
        result.structural.append("\(start)")
      } else {
        result.rows.append(row.cells.map { .string(String(decoding: $0, as: UTF8.self)) })
        result.origins.append(start)
      }
    }
    return result
  }

  /// Whether a quote that is never closed takes in more than its own line.
  private func swallowsLines(_ text: [UInt8], header: Int) -> Bool {
    guard let last = ReferenceScanner().rows(Array(text[header...])).last, last.isUnclosed else { return false }
    return text[(last.start + header)...].dropLast().contains(10)
  }

  @Test(arguments: SeparatorScan.Implementation.allCases)
  func theFastScannerAndItsSlowTwinGiveTheSameRows(_ implementation: SeparatorScan.Implementation) throws {
    let folder = TestFolder()
    let columns = ["a", "b"].map { ColumnReading($0, ValueType(.string), missing: []) }
    let header = Array("a,b\n".utf8)
    for (mixture, weights) in Self.mixtures.enumerated() {
      var numbers = SeededNumbers(UInt64(mixture) + 7)
      for (round, size) in [9_000, 700, 64, 63, 1].enumerated() {
        var text = header + hostileText(&numbers, count: size, weights: weights)
        var path = try folder.write("\(mixture)-\(round).csv", text)
        if swallowsLines(text, header: header.count) {
          #expect(throws: RunFailure.self) { try readAll(CSVSource.open(paths: [path], columns: columns)) }
          text.append(UInt8(ascii: "\""))
          path = try folder.write("\(mixture)-\(round)-closed.csv", text)
        }
        let expected = expected(text, header: header.count)
        for splitSize in [1 << 22, 4096, 257, 64] where text.count / splitSize < 700 {
          let source = try CSVSource(
            paths: [path], options: CSVOptions(), columns: columns, firstFile: 0, splitSize: splitSize,
            implementation: implementation)
          for reversed in [false, true] {
            let read = try readAll(source, reversed: reversed)
            #expect(read.rows == expected.rows, "mixture \(mixture), \(size) bytes, splits of \(splitSize)")
            #expect(read.origins == expected.origins)
            #expect(read.structural.map { String($0.prefix { $0 != " " }) } == expected.structural)
          }
        }
      }
    }
  }

  /// What people's files hold beside plain text: a mark at the beginning, CRLF, NUL, bytes that are no UTF-8, rows of
  /// more or fewer cells, packed.
  @Test(arguments: 0..<6)
  func filesAsPeopleSendThemAreReadAlike(_ seed: UInt64) throws {
    let folder = TestFolder()
    let columns = ["a", "b"].map { ColumnReading($0, ValueType(.string), missing: []) }
    let weights: [(UInt8, Int)] = [
      (34, 1), (44, 8), (10, 4), (13, 3), (97, 60), (0, 2), (0xC3, 2), (0xA9, 2), (0xFF, seed % 2 == 0 ? 0 : 1),
      (32, 4),
    ]
    var numbers = SeededNumbers(seed + 300)
    let header = (seed % 3 == 0 ? [] : [0xEF, 0xBB, 0xBF]) + Array(seed % 2 == 0 ? "a,b\n".utf8 : "a,b\r\n".utf8)
    var text = header + hostileText(&numbers, count: 20_000, weights: weights)
    if swallowsLines(text, header: header.count) { text.append(UInt8(ascii: "\"")) }
    let expected = expected(text, header: header.count)
    let plain = try folder.write("\(seed).csv", text)
    let packed = try folder.write("\(seed).csv.gz", Gzip.stored(text))
    for (path, splitSize) in [(plain, 1 << 22), (plain, 4096), (plain, 61), (packed, 1 << 22)] {
      let source = try CSVSource(
        paths: [path], options: CSVOptions(), columns: columns, firstFile: 0, splitSize: splitSize)
      let read = try readAll(source)
      #expect(read.rows == expected.rows && read.origins == expected.origins, "seed \(seed), splits of \(splitSize)")
      #expect(read.structural.map { String($0.prefix { $0 != " " }) } == expected.structural)
      // What the quarantine shows of a row is the row, whatever is wrong with it.
      let starts = (expected.origins + expected.structural.compactMap { Int($0) }).sorted()
      let originals = try source.originalRows(file: 0, at: starts)
      for (start, original) in zip(starts, originals) {
        #expect(original.line == 1 + text[..<start].count { $0 == 10 }, "byte \(start) of seed \(seed)")
      }
      let cells = Dictionary(uniqueKeysWithValues: zip(starts, originals.map(\.cells)))
      #expect(expected.origins.map { cells[$0]!.map { Scalar.string($0) } } == expected.rows)
    }
  }

  @Test func millionsOfRandomBytesAreCutAlikeByEveryImplementation() {
    var numbers = SeededNumbers(99)
    for weights in Self.mixtures {
      var window = ByteWindow()
      window.append(hostileText(&numbers, count: 700_000, weights: weights))
      var lists: [[UInt32]] = []
      for implementation in SeparatorScan.Implementation.allCases {
        let scan = SeparatorScan(delimiter: 44, quote: 34, implementation: implementation)
        var found = Separators(capacity: 800_000)
        scan.run(window, from: window.start, to: window.end, rowLimit: 1_000_000, into: &found)
        lists.append(Array(found.separators[1...found.separatorCount]))
        #expect(found.scannedTo == window.end)
      }
      #expect(lists.dropFirst().allSatisfy { $0 == lists[0] })
      let reference = ReferenceScanner().rows(Array(window.storage[window.start..<window.end]))
      let cells = reference.reduce(0) { $0 + $1.cells.count }
      // The last row of the text may have no line feed behind it.
      #expect(cells == lists[0].count || cells == lists[0].count + 1)
    }
  }
}
