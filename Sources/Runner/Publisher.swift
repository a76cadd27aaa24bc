import Diagnostics
import Memory

/// Writes a run's outputs under temporary names and gives them their own when all are complete; `run.json`, last,
/// marks the run.
///
/// One run at a time writes into a folder: a lock file says so. Whatever ends the run before its end, no temporary
/// file is left.
final class Publisher {
  private let directory: String
  private let lock: (descriptor: Int32, path: String)
  private var staged: [(temporary: String, target: String, relative: String)] = []
  private var earlier: [String] = []
  private let stop: StopFlag

  init(directory: String, stop: StopFlag) throws {
    self.directory = directory.isEmpty ? "." : directory
    self.stop = stop
    try OutputFile.makeFolder(self.directory)
    let path = "\(self.directory)/.weir.lock"
    guard let descriptor = try OutputFile.lock(path) else {
      throw RunFailure(
        .outputInUse, "another run is writing into '\(self.directory)'",
        help: "wait for it, or choose another folder with --out DIR")
    }
    lock = (descriptor, path)
  }

  deinit {
    for file in staged { OutputFile.remove(file.temporary) }
    OutputFile.unlock(lock.descriptor, path: lock.path)
  }

  /// Writes a file under a temporary name beside its own.
  func stage(_ relative: String, _ produce: ((([UInt8]) throws -> Void)) throws -> Void) throws {
    let target = relative.hasPrefix("/") ? relative : "\(directory)/\(relative)"
    let slash = target.lastIndex(of: "/")!
    try OutputFile.makeFolder(String(target[..<slash]))
    let temporary = "\(target[..<slash])/.\(target[target.index(after: slash)...]).weir-partial"
    staged.append((temporary, target, relative))
    if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
    try OutputFile.write(temporary, stop: stop, produce)
  }

  /// Removes a file that an earlier run left, when this one is published.
  func removeEarlier(_ relative: String) {
    earlier.append(relative.hasPrefix("/") ? relative : "\(directory)/\(relative)")
  }

  /// Gives all files their names. The manifest goes last: where it is, the outputs are whole.
  func publish(manifest: String) throws -> [String] {
    let manifestPath = "\(directory)/run.json"
    OutputFile.remove(manifestPath)
    for path in earlier { OutputFile.remove(path) }
    let outputs = staged
    if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
    try stage("run.json") { write in try write(Array(manifest.utf8)) }
    for file in staged { try OutputFile.move(file.temporary, to: file.target) }
    staged = []
    return outputs.map(\.target)
  }
}
