import Foundation
import Testing

/// Real files that pipelines are held to; they lie beside the checkout, or where `WEIR_DATA` says.
enum RealFiles {
  static let folder =
    ProcessInfo.processInfo.environment["WEIR_DATA"].map { URL(filePath: $0) }
    ?? Package.root.deletingLastPathComponent().appending(path: "shared/data")

  /// What a pipeline of `Pipelines` writes, by path.
  ///
  /// - Parameter parameters: a folder of real files for each parameter that takes one; others as they are.
  static func run(_ pipeline: String, _ parameters: [String: String], others: [String: String] = [:], code: Int32 = 0)
    throws -> [String: String]
  {
    let out = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: out) }
    var arguments = ["run", "Pipelines/\(pipeline).yaml", "--out", out.path]
    for (name, value) in parameters.mapValues({ folder.appending(path: $0).path }).merging(
      others, uniquingKeysWith: { $1 })
    {
      arguments += ["--param", "\(name)=\(value)"]
    }
    let result = try Binary.run(arguments, in: Package.root)
    #expect(result.code == code, "\(result.err)")
    try Ledger.expectToAddUp(in: out.appending(path: "run.json"), pipeline)
    return try Package.files(below: out)
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs where all the folders of real files are there, and says which is missing elsewhere.
  static func overRealFiles(_ names: String...) -> Self {
    let missing = names.filter { !FileManager.default.fileExists(atPath: RealFiles.folder.appending(path: $0).path) }
    return .enabled(
      if: missing.isEmpty, "skipped: \(missing.map { "../shared/data/\($0)" }.joined(separator: ", ")) is not there")
  }
}

/// A CSV file as its reader sees it.
struct Sheet {
  let header: [String]
  let rows: [[String]]

  /// - Parameter text: nil where the run did not write the file.
  init(_ text: String?) throws {
    var records: [[String]] = [[""]]
    var isQuoted = false
    for character in try #require(text) {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: records[records.count - 1].append("")
      case "\n" where !isQuoted: records.append([""])
      default: records[records.count - 1][records[records.count - 1].count - 1].append(character)
      }
    }
    header = records[0]
    rows = records.dropFirst().dropLast()
  }

  /// One column, in the order of the rows.
  func column(_ name: String) throws -> [String] {
    let index = try #require(header.firstIndex(of: name), "no column \(name) in \(header)")
    return rows.map { $0[index] }
  }

  /// The row whose first cells are these.
  func row(_ key: String...) -> String? {
    rows.first { $0.starts(with: key) }?.joined(separator: "|")
  }
}
