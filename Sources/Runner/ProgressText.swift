/// A run's progress as one line of text, with a rate and an estimate of the time left.
public struct ProgressText {
  /// Moments of the last seconds, for the rate.
  private var recent: [(seconds: Double, moment: RunProgress.Moment)] = []
  private static let window = 5.0
  /// Seconds that a rate is taken over at least: over fewer it says little.
  private static let least = 0.3

  public init() {}

  /// The line for a moment, at most `width` characters long: what matters least is left out first.
  ///
  /// - Parameter seconds: since the run began.
  public mutating func line(_ moment: RunProgress.Moment, at seconds: Double, width: Int) -> String {
    guard let ingest = moment.ingest else {
      recent = []
      return Self.fitting([(moment.activity, 0), (Self.clock(seconds), 1)], width)
    }
    if recent.last?.moment.ingest != ingest { recent = [] }
    recent.append((seconds, moment))
    recent.removeAll { seconds - $0.seconds > Self.window }
    var parts = [(moment.activity, 0)]
    if moment.ingestCount > 1 { parts.append(("(\(ingest) of \(moment.ingestCount))", 2)) }
    let passed = seconds - recent[0].seconds
    let rowRate = passed >= Self.least ? Double(moment.rows - recent[0].moment.rows) / passed : 0
    if let limit = moment.rowLimit {
      parts.append(("\(Self.count(moment.rows)) of \(Self.count(limit)) rows", 1))
    } else {
      parts += Self.bytes(moment)
      parts.append((Self.rows(moment), 3))
    }
    if rowRate > 0 { parts.append(("\(Self.count(Int(rowRate))) rows/s", 4)) }
    if let left = timeLeft(moment, passed) { parts.append(("\(left) left", 1)) }
    return Self.fitting(parts, width)
  }

  private static func bytes(_ moment: RunProgress.Moment) -> [(String, Int)] {
    guard moment.byteCount > 0, moment.bytesOfAll > 0 else { return [] }
    let done = (moment.bytesBefore + moment.bytes) * 100 / max(moment.bytesOfAll, 1)
    return [
      ("\(min(done, 100))%", 0), ("\(size(moment.bytes, like: moment.byteCount)) of \(size(moment.byteCount))", 2),
    ]
  }

  /// Rows so far, with an estimate of how many there are.
  private static func rows(_ moment: RunProgress.Moment) -> String {
    guard moment.bytes > 0, moment.bytes < moment.byteCount else { return "\(count(moment.rows)) rows" }
    let all = Double(moment.rows) * Double(moment.byteCount) / Double(moment.bytes)
    return "\(count(moment.rows)) of about \(count(Int(all))) rows"
  }

  private func timeLeft(_ moment: RunProgress.Moment, _ passed: Double) -> String? {
    let fresh = moment.bytes - recent[0].moment.bytes
    guard moment.rowLimit == nil, fresh > 0, passed >= Self.least else { return nil }
    let left = Double(moment.bytesOfAll - moment.bytesBefore - moment.bytes) * passed / Double(fresh)
    return Self.clock(left.rounded(.up))
  }

  /// The parts that fit, parted by two spaces; those of the highest rank go first.
  private static func fitting(_ parts: [(text: String, rank: Int)], _ width: Int) -> String {
    for rank in stride(from: 4, through: 0, by: -1) {
      let line = parts.filter { $0.rank <= rank }.map(\.text).joined(separator: "  ")
      if line.count <= width { return line }
    }
    return String(parts[0].text.prefix(max(width, 0)))
  }

  /// `0:07`, `1:02:03`
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }

  /// `763 MB`, `1.2 GB`
  static func size(_ bytes: Int) -> String { "\(size(bytes, like: bytes)) \(unit(of: bytes))" }

  /// A number of bytes in the unit of another.
  private static func size(_ bytes: Int, like other: Int) -> String {
    switch unit(of: other) {
    case "GB": tenths(bytes, 1_000_000_000)
    case "MB": "\(bytes / 1_000_000)"
    default: "\(bytes / 1000)"
    }
  }

  private static func unit(of bytes: Int) -> String {
    bytes >= 1_000_000_000 ? "GB" : bytes >= 1_000_000 ? "MB" : "kB"
  }

  /// `950`, `9.5 k`, `12.4 M`
  static func count(_ number: Int) -> String {
    switch number {
    case 1_000_000_000...: "\(tenths(number, 1_000_000_000)) G"
    case 1_000_000...: "\(tenths(number, 1_000_000)) M"
    case 1000...: "\(tenths(number, 1000)) k"
    default: "\(number)"
    }
  }

  private static func tenths(_ number: Int, _ unit: Int) -> String {
    let tenths = number / (unit / 10)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
