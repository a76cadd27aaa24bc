import Foundation

/// The checkout that the tests belong to.
enum Package {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func freshFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Every file below a folder, by its path there.
  static func files(below folder: URL) throws -> [String: String] {
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let url = folder.appending(path: path)
      if let content = try? String(contentsOf: url, encoding: .utf8) { files[path] = content }
    }
    return files
  }
}
