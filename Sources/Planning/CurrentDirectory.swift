#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder that the process runs in.
func currentDirectory() -> String {
  guard let path = unsafe getcwd(nil, 0) else { return "." }
  defer { unsafe free(path) }
  return unsafe String(cString: path)
}
