import Columns
import Foundation
import Memory

@testable import Formats

/// A folder that goes away with the test.
final class TestFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "weir-formats-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// Files that the repository does not carry: beside the package, where somebody put them.
enum SharedFiles {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func folder(_ name: String) -> URL? {
    for candidate in [
      root.appendingPathComponent("shared"), root.deletingLastPathComponent().appendingPathComponent("shared"),
    ] {
      let folder = candidate.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: folder.path) { return folder }
    }
    return nil
  }
}

/// What a source gives, as plain values: for comparing ways of reading.
struct ReadRows: Equatable {
  var rows: [[Scalar]] = []
  var origins: [Int] = []
  var structural: [String] = []
  var failures: [String] = []
}

func readAll(_ source: any RowSource, reversed: Bool = false) throws -> ReadRows {
  var result = ReadRows()
  // Readers are made in either order; rows are taken in the order of the splits.
  let splits = reversed ? source.splits.reversed() : source.splits
  let columnCount = (source as? CSVSource)?.columns.count ?? (source as? JSONSource)?.columns.count ?? 0
  let readers = try splits.map { try source.makeReader($0) }
  for reader in reversed ? readers.reversed() : readers {
    while let block = try reader.next() {
      let usable = block.usableRows ?? (0..<Int32(block.count)).map { $0 }
      let columns = (0..<columnCount).map { block.column($0, rows: block.usableRows) }
      let origins = block.origins(rows: nil)
      for failure in block.structuralFailures {
        result.structural.append("\(origins[Int(failure.row)].byte) \(failure.code.rawValue) \(failure.message)")
      }
      for (place, row) in usable.enumerated() {
        result.rows.append(columns.map { $0.column.scalar(place) })
        result.origins.append(origins[Int(row)].byte)
      }
      for column in columns {
        for failure in column.failures {
          let row = Int(usable[Int(failure.row)])
          result.failures.append("\(origins[row].byte) \(failure.code.rawValue) \(failure.message)")
        }
      }
    }
  }
  return result
}

/// Numbers that look random and are the same on every run (splitmix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
