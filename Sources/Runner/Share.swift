import Aggregation
import Columns
import Diagnostics
import Memory
import Planning

/// What one process has computed of a pipeline: its share of the inputs, up to the first aggregates.
public struct Share: Sendable {
  /// Which share of how many, from 1.
  public struct Place: Hashable, Sendable {
    public var number: Int
    public var count: Int

    /// `2/3`
    public init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else { return nil }
      self.init(number: number, count: count)
    }

    init?(number: Int, count: Int) {
      guard (1...1_000_000).contains(count), (1...count).contains(number) else { return nil }
      self.number = number
      self.count = count
    }

    /// Which of so many splits belong to the share.
    func splits(of total: Int) -> Range<Int> { total * (number - 1) / count..<total * number / count }
  }

  /// What was computed of one ingest.
  struct Source: Sendable {
    var number: Int
    var byteCount: Int
    var report: StepReport
    var hashes: [ContentHash?]
  }

  public var place: Place
  /// Of the pipeline, its parameters and its plugins.
  var identity: [String]
  var sources: [Source] = []
  /// Encoded states by node of the graph.
  var states: [(node: Int, bytes: [UInt8])] = []
  var reports: [StepReport] = []
  var quarantined: [QuarantinedRow] = []
  var log: [RunLog.Line] = []

  /// All that a share must agree on with the run that it is merged into.
  static func identity(of plan: Plan, weirVersion: String) -> [String] {
    ["weir \(weirVersion)", "pipeline \(ContentHash(plan.spec.file.utf8))"]
      + plan.parameters.map { "parameter \($0.name) = \($0.value.text)" }
      + plan.plugins.map { "plugin \($0.name) \($0.hash)" }
  }
}

// MARK: As bytes

extension Share {
  private static var stateName: String { "share" }

  public func encode() -> [UInt8] {
    var writer = StateWriter()
    writer.put(UInt32(place.number))
    writer.put(UInt32(place.count))
    writer.put(UInt32(identity.count))
    for line in identity { writer.put(line) }
    writer.put(UInt32(sources.count))
    for source in sources {
      writer.put(UInt32(source.number))
      writer.put(UInt64(source.byteCount))
      Self.put(source.report, &writer)
      writer.put(source.hashes.map { $0 == nil ? UInt8(0) : 1 })
      writer.put(source.hashes.map { $0?.high ?? 0 })
      writer.put(source.hashes.map { $0?.low ?? 0 })
    }
    writer.put(UInt32(states.count))
    for state in states {
      writer.put(UInt32(state.node))
      writer.put(state.bytes)
    }
    writer.put(UInt32(reports.count))
    for report in reports { Self.put(report, &writer) }
    writer.put(UInt32(quarantined.count))
    for row in quarantined {
      writer.put(UInt32(row.origin.file))
      writer.put(UInt64(row.origin.byte))
      writer.put(Int32(row.step))
      writer.put(row.code.rawValue)
      writer.put(row.message)
    }
    writer.put(UInt32(log.count))
    for line in log {
      for text in [line.plugin, line.file, line.text ?? ""] { writer.put(text) }
      for number in [line.line, line.times, line.text == nil ? 0 : 1] { writer.put(Int64(number)) }
      writer.put(line.position ?? .max)
    }
    return PartialState.framed(writer.bytes, as: Self.stateName)
  }

  private static func put(_ report: StepReport, _ writer: inout StateWriter) {
    let counts = report.counts
    writer.put(Int32(report.step))
    writer.put(
      [
        counts.rowsIn, counts.added, counts.rowsOut, counts.filtered, counts.grouped, counts.suppressed,
        counts.quarantined,
      ].map { Int64($0) })
  }

  /// Throws `.unreadableFile` where the bytes are no share of this version, or damaged.
  public init(decoding bytes: [UInt8]) throws {
    var reader = try PartialState.unframed(bytes, as: Self.stateName)
    let number = Int(try reader.integer(UInt32.self))
    guard let place = Place(number: number, count: Int(try reader.integer(UInt32.self))) else {
      throw StateReader.damaged
    }
    self.place = place
    identity = []
    for _ in 0..<(try reader.integer(UInt32.self)) { identity.append(try reader.text()) }
    for _ in 0..<(try reader.integer(UInt32.self)) {
      let number = Int(try reader.integer(UInt32.self))
      let byteCount = Int(truncatingIfNeeded: try reader.integer(UInt64.self))
      let report = try Self.report(&reader)
      let known = try reader.array(UInt8.self)
      let high = try reader.array(UInt64.self, count: known.count)
      let low = try reader.array(UInt64.self, count: known.count)
      sources.append(
        Source(
          number: number, byteCount: byteCount, report: report,
          hashes: known.indices.map { known[$0] == 1 ? ContentHash(high: high[$0], low: low[$0]) : nil }))
    }
    for _ in 0..<(try reader.integer(UInt32.self)) {
      let node = Int(try reader.integer(UInt32.self))
      states.append((node, try reader.array(UInt8.self)))
    }
    for _ in 0..<(try reader.integer(UInt32.self)) { reports.append(try Self.report(&reader)) }
    for _ in 0..<(try reader.integer(UInt32.self)) {
      let file = Int(try reader.integer(UInt32.self))
      let byte = Int(truncatingIfNeeded: try reader.integer(UInt64.self))
      let step = Int(try reader.integer(Int32.self))
      guard let code = DiagnosticCode(rawValue: try reader.text()) else { throw StateReader.damaged }
      quarantined.append(
        QuarantinedRow(origin: RowOrigin(file: file, byte: byte), step: step, code: code, message: try reader.text()))
    }
    for _ in 0..<(try reader.integer(UInt32.self)) {
      let texts = [try reader.text(), try reader.text(), try reader.text()]
      var values: [Int64] = [0, 0, 0]
      for index in values.indices { values[index] = try reader.integer() }
      let position: Int128 = try reader.integer()
      log.append(
        RunLog.Line(
          plugin: texts[0], file: texts[1], line: Int(values[0]), text: values[2] == 1 ? texts[2] : nil,
          times: Int(values[1]), position: position == .max ? nil : position))
    }
    guard reader.isAtEnd else { throw StateReader.damaged }
  }

  private static func report(_ reader: inout StateReader) throws -> StepReport {
    var report = StepReport(step: Int(try reader.integer(Int32.self)), label: "")
    let counts = try reader.array(Int64.self, count: 7).map { Int($0) }
    report.counts.rowsIn = counts[0]
    report.counts.added = counts[1]
    report.counts.rowsOut = counts[2]
    report.counts.filtered = counts[3]
    report.counts.grouped = counts[4]
    report.counts.suppressed = counts[5]
    report.counts.quarantined = counts[6]
    return report
  }
}

// MARK: All shares of a run

extension Share {
  /// Checks that the shares are those of one run of this plan: each there once, of the same pipeline, parameters, plugins and inputs.
  ///
  /// - Parameter names: of the files that hold them, for messages.
  static func check(_ shares: [Share], names: [String], against identity: [String]) throws {
    var seen: [Int: String] = [:]
    for (share, name) in zip(shares, names) {
      if share.identity != identity {
        let mine = Set(identity)
        let theirs = Set(share.identity)
        let difference = share.identity.first { !mine.contains($0) } ?? identity.first { !theirs.contains($0) } ?? ""
        throw RunFailure(
          .shareMismatch, "'\(name)' was computed from something else: they differ in \(difference)",
          help: "run 'weir partial' again for it, with this pipeline, its parameters and plugins")
      }
      if share.place.count != shares[0].place.count {
        throw RunFailure(
          .shareMismatch,
          "'\(name)' is one share of \(share.place.count), '\(names[0])' one of \(shares[0].place.count)"
        )
      }
      if let twin = seen.updateValue(name, forKey: share.place.number) {
        throw RunFailure(
          .shareMismatch, "share \(share.place.number)/\(share.place.count) is there twice: '\(twin)' and '\(name)'")
      }
      for (mine, theirs) in zip(shares[0].sources, share.sources) where mine.byteCount != theirs.byteCount {
        throw RunFailure(
          .shareMismatch, "'\(name)' and '\(names[0])' were computed from inputs of different sizes",
          help: "compute all shares again from inputs that nothing writes to")
      }
    }
    let missing = (1...shares[0].place.count).filter { seen[$0] == nil }
    if !missing.isEmpty {
      let list = missing.prefix(10).map { "\($0)/\(shares[0].place.count)" }.joined(separator: ", ")
      throw RunFailure(.shareMismatch, "missing: share \(list)\(missing.count > 10 ? " and more" : "")")
    }
  }
}
