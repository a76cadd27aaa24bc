import Columns

extension Execution {
  /// Does some work, and notes what it took where the run is profiled.
  func measuring<Result>(_ label: String, _ work: () throws -> Result) rethrows -> Result {
    guard let recorder else { return try work() }
    return try recorder.measuring(label, work)
  }

  /// Writes a file, and notes what it took where the run is profiled.
  ///
  /// - Parameter write: adds up the bytes that it writes.
  func measuringOutput(_ path: String, _ write: (inout Int) throws -> Void) rethrows {
    guard let recorder else {
      var bytes = 0
      return try write(&bytes)
    }
    try recorder.measuringOutput(path, write)
  }

  /// Columns of what is driven.
  func schema(ofRoot root: Int) -> Schema {
    guard case .source(let number) = graph.nodes[root].kind else { return graph.nodes[root].step?.output ?? Schema() }
    return plan.sources[number].schema
  }
}
