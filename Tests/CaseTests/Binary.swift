import Foundation

/// The built `weir`, found beside the test bundle.
enum Binary {
  struct NotFound: Error { let searchedFrom: String }

  struct Finished {
    let code: Int32
    let out: String
    let err: String
  }

  static func locate() throws -> URL {
    let start = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var folder = start
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      if folder.path == package.path { break }
      let candidate = folder.appending(path: "weir")
      if FileManager.default.isExecutableFile(atPath: candidate.path), !candidate.isFolder {
        return candidate
      }
    }
    let debug = package.appending(path: ".build/debug/weir")
    guard FileManager.default.isExecutableFile(atPath: debug.path) else {
      throw NotFound(searchedFrom: start.path)
    }
    return debug
  }

  /// Output goes through files, so that no full pipe can stop the child.
  static func run(_ arguments: [String], in folder: URL) throws -> Finished {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "weir-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let out = scratch.appending(path: "out")
    let err = scratch.appending(path: "err")
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = try locate()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    var environment = ProcessInfo.processInfo.environment
    environment["NO_COLOR"] = "1"
    process.environment = environment
    try process.run()
    process.waitUntilExit()
    return Finished(
      code: process.terminationStatus,
      out: try String(contentsOf: out, encoding: .utf8),
      err: try String(contentsOf: err, encoding: .utf8))
  }
}

extension URL {
  var isFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false }
}
