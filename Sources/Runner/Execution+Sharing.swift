import Columns
import Diagnostics
import Planning

extension Execution {
  /// The ingests that can be computed in shares: all that their rows reach are steps from row to row and aggregates whose states can travel.
  func shareableRoots() throws -> Set<Int> {
    var roots: Set<Int> = []
    for index in graph.nodes.indices {
      guard case .source = graph.nodes[index].kind, !graph.nodes[index].children.isEmpty else { continue }
      if try graph.tree(below: index).allSatisfy({ try isShareable($0) }) { roots.insert(index) }
    }
    while true {
      // What meets rows of an ingest that is read whole, or needs one that is shared, is read whole itself.
      let kept = roots.filter { root in
        graph.tree(below: root).allSatisfy { node in
          let meets = graph.sources(above: node, throughSides: false)
          let sides = (graph.nodes[node].step?.sides ?? []).flatMap {
            graph.sources(above: graph.keeps[$0]!, throughSides: true)
          }
          return meets.allSatisfy { roots.contains($0) } && sides.allSatisfy { !roots.contains($0) }
        }
      }
      if kept == roots { return roots }
      roots = kept
    }
  }

  private func isShareable(_ index: Int) throws -> Bool {
    switch graph.nodes[index].kind {
    case .pick, .rows: true
    case .aggregate(_, let operation, _): try operation.makePartial(contexts[0]) is any PortablePartial
    case .source, .table, .keep, .hold: false
    }
  }

  /// Computes one share of the ingests that can be shared.
  func share(_ place: Share.Place, identity: [String]) throws -> Share {
    let roots = try shareableRoots()
    guard !roots.isEmpty else {
      throw RunFailure(
        .shareMismatch, "no ingest of this pipeline can be computed in shares",
        help:
          "rows of a shared ingest go through steps from row to row into aggregates, and are not exported themselves")
    }
    expectIngests(share: place, of: roots)
    // Sides of joins first, each whole.
    while let root = drivable().first(where: { !roots.contains($0) && isReady($0) && sidesAreReady(below: $0) }) {
      try drive(root)
    }
    clearReports()
    plan.log.clear()
    var share = Share(place: place, identity: identity)
    for root in roots.sorted() {
      try drive(root, share: place)
      guard case .source(let number) = graph.nodes[root].kind else { continue }
      share.sources.append(
        Share.Source(
          number: number, byteCount: sources[number].byteCount, report: sourceReports[number],
          hashes: sources[number].splitHashes()))
    }
    for node in Set(roots.flatMap { graph.tree(below: $0) }).sorted() {
      for case let partial as any PortablePartial in partials(of: node) {
        share.states.append((node, try partial.encode()))
      }
    }
    share.reports = stepReports.values.sorted { $0.step < $1.step }
    share.quarantined = quarantined
    share.log = plan.log.lines
    return share
  }

  /// Takes in all shares: their ingests count as read.
  func load(_ shares: [Share]) throws {
    let roots = try shareableRoots()
    for share in shares {
      for source in share.sources {
        guard sources.indices.contains(source.number), sources[source.number].byteCount == source.byteCount else {
          throw RunFailure(
            .shareMismatch, "the inputs are not those that the shares were computed from: their sizes differ")
        }
        sourceReports[source.number].merge(source.report)
        for (split, hash) in source.hashes.enumerated() {
          if let hash { sources[source.number].record(hash, ofSplit: split) }
        }
      }
      for state in share.states { try absorb(state.bytes, into: state.node) }
      for report in share.reports { stepReports[report.step]?.merge(report) }
      quarantined += share.quarantined
      plan.log.add(share.log)
    }
    for root in roots { markDriven(root) }
  }
}
