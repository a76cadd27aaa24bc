import Memory

/// Processor time of one worker in one pass, where a profile was asked for. All times in nanoseconds.
final class LaneProfile {
  /// Reading, finding separators and hashing.
  private(set) var reading = 0
  private(set) var bytes = 0
  /// By node of the graph.
  private(set) var nodes: [Int: Int] = [:]
  /// By column of the source: parsing, and for how many rows.
  private(set) var columns: [Int: (nanoseconds: Int, cells: Int)] = [:]
  /// By number of what steps have in common: computing it, and for how many rows.
  private(set) var common: [Int: (nanoseconds: Int, rows: Int)] = [:]
  private(set) var total = 0
  private let begin = ProcessorTime.ofThread

  func start() -> Int { ProcessorTime.ofThread }

  func noteReading(since start: Int, bytes more: Int) {
    reading += ProcessorTime.ofThread - start
    bytes += more
  }

  func note(node: Int, since start: Int) { nodes[node, default: 0] += ProcessorTime.ofThread - start }

  func note(common number: Int, rows: Int, since start: Int) {
    let passed = ProcessorTime.ofThread - start
    let before = common[number] ?? (0, 0)
    common[number] = (before.nanoseconds + passed, before.rows + rows)
  }

  func note(column: Int, cells: Int, since start: Int) {
    let passed = ProcessorTime.ofThread - start
    let before = columns[column] ?? (0, 0)
    columns[column] = (before.nanoseconds + passed, before.cells + cells)
  }

  /// The worker has done its share.
  func end() { total = ProcessorTime.ofThread - begin }
}
