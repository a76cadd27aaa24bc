import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole small files that a person wrote: pipelines, plugins, tests.
public enum TextFile {
  /// Larger texts are no pipelines.
  public static let limit = 64 << 20

  /// Reads a file as UTF-8; a byte order mark is dropped. Throws `RunFailure` in plain words.
  public static func read(_ path: String) throws(RunFailure) -> String {
    let bytes = try readBytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunFailure(.badUTF8, "'\(path)' is not UTF-8 text", help: "save it as UTF-8")
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  public static func readBytes(_ path: String) throws(RunFailure) -> [UInt8] {
    // A pipe that nobody writes to is read as empty, not waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }
    guard descriptor >= 0 else {
      let reason = unsafe String(cString: strerror(errno)).lowercased()
      throw RunFailure(errno == ENOENT ? .missingFile : .unreadableFile, "cannot read '\(path)': \(reason)")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        let reason = unsafe String(cString: strerror(errno)).lowercased()
        throw RunFailure(.unreadableFile, "cannot read '\(path)': \(reason)")
      }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    throw RunFailure(.unreadableFile, "'\(path)' has more than \(limit >> 20) MB, which is no text that a person wrote")
  }

  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether the name itself is a link, wherever that leads.
  public static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The names in a folder by bytes, without those that begin with a point.
  public static func names(inFolder path: String) throws(RunFailure) -> [String] {
    guard let folder = unsafe opendir(path) else {
      let reason = unsafe String(cString: strerror(errno)).lowercased()
      throw RunFailure(errno == ENOENT ? .missingFile : .unreadableFile, "cannot read folder '\(path)': \(reason)")
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }
}

extension String {
  /// The folder of a path; empty where it has none.
  public var folderOfPath: String {
    guard let slash = lastIndex(of: "/") else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The last name of a path.
  public var nameOfPath: String { split(separator: "/").last.map(String.init) ?? self }

  /// The path of what lies in the folder that this names.
  public func path(of name: String) -> String { self == "." ? name : "\(self)/\(name)" }

  /// Without `.` and `x/..` in it.
  public var normalizedPath: String {
    var parts: [Substring] = []
    for part in split(separator: "/", omittingEmptySubsequences: true) {
      if part == "." { continue }
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    if hasPrefix("/") { return "/" + parts.joined(separator: "/") }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
