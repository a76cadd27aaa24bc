import Diagnostics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds the files that a path means.
public enum PathPattern {
  /// The files of a path or glob (`*`, `?`, `[…]`), in the order of their bytes. None found is an error.
  public static func files(_ pattern: String) throws(RunFailure) -> [String] {
    // A file may have such a character in its name.
    guard pattern.contains(where: { "*?[".contains($0) }), unsafe access(pattern, F_OK) != 0 else { return [pattern] }
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    let code = unsafe glob(pattern, GLOB_NOSORT, nil, &found)
    guard code == 0 || code == GLOB_NOMATCH else {
      throw RunFailure(.unreadableFile, "cannot look for files of '\(pattern)'")
    }
    var paths: [String] = []
    for index in 0..<Int(unsafe found.gl_pathc) {
      if let path = unsafe found.gl_pathv[index] { paths.append(unsafe String(cString: path)) }
    }
    guard !paths.isEmpty else { throw RunFailure(.missingFile, "no file matches '\(pattern)'") }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
