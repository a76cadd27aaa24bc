import Columns
import Diagnostics
import LuaHost
import Memory
import Planning

/// `limits: { memory: 256MiB, steps: 5000000, seconds: 60 }` of a manifest, capped by those of the pipeline's entry and of
/// the command line.
public enum PluginLimits {
  /// What a limit is called, and how its text changes the limits; false where the text is no such amount.
  private static let known: [(name: String, set: @Sendable (inout LuaLimits, String) -> Bool)] = [
    ("memory", { limits, text in size(text).map { limits.memoryBytes = $0 } != nil }),
    ("block", { limits, text in size(text).map { limits.blockBytes = $0 } != nil }),
    ("output", { limits, text in size(text).map { limits.outputBytes = $0 } != nil }),
    ("steps", { limits, text in count(text).map { limits.steps = $0 } != nil }),
    ("batch_steps", { limits, text in count(text).map { limits.batchSteps = $0 } != nil }),
    ("seconds", { limits, text in seconds(text).map { limits.seconds = $0 } != nil }),
  ]

  private static func size(_ text: String) -> Int? { MemorySize(text)?.bytes }

  /// `5000000`, `5_000_000` or `5e6`.
  private static func count(_ text: String) -> Int? {
    let parts = text.split(separator: "e", omittingEmptySubsequences: false)
    guard parts.count <= 2, var number = Int(parts[0].filter { $0 != "_" }), number > 0 else { return nil }
    if parts.count == 2 {
      guard let zeros = Int(parts[1]), (0...18).contains(zeros) else { return nil }
      for _ in 0..<zeros {
        let (next, overflow) = number.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        number = next
      }
    }
    return number
  }

  /// `60` or `0.5`.
  private static func seconds(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let value = Double(text), value > 0 else {
      return nil
    }
    return value
  }

  /// Why a text holds no limits.
  public struct Mistake: Error {
    public let message: String
  }

  /// Limits as a command line has them: `steps=1e6,memory=16MiB`; what it does not name has no limit.
  public static func parse(_ text: String) throws(Mistake) -> LuaLimits {
    var limits = none
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2 else { throw Mistake(message: "limits are NAME=AMOUNT, not '\(part)'") }
      guard let limit = known.first(where: { $0.name == pair[0] }) else {
        let names = known.map(\.name)
        throw Mistake(
          message: "there is no limit '\(pair[0])': "
            + (suggestion(for: pair[0], among: names) ?? "limits are \(names.joined(separator: ", "))"))
      }
      guard limit.set(&limits, pair[1]) else {
        throw Mistake(message: "'\(pair[0])' takes \(amount(of: pair[0])), not '\(pair[1])'")
      }
    }
    return limits
  }

  private static func amount(of limit: String) -> String {
    switch limit {
    case "memory", "block", "output": "an amount such as 256MiB, at least 1MiB"
    case "seconds": "a number above 0, such as 0.5"
    default: "a whole number above 0"
    }
  }

  /// The limits with some of them set; reports what is no limit.
  static func read(_ entries: [DocumentNode.Entry], over base: LuaLimits, _ bag: inout DiagnosticBag) -> LuaLimits {
    var limits = base
    for entry in entries {
      guard let limit = known.first(where: { $0.name == entry.key }) else {
        let names = known.map(\.name)
        bag.report(
          .unknownKey, "there is no limit '\(entry.key)'", at: entry.keySpan,
          help: suggestion(for: entry.key, among: names) ?? "limits are \(names.joined(separator: ", "))")
        continue
      }
      if let text = entry.value.text?.text, limit.set(&limits, text) { continue }
      bag.report(
        .wrongValue, "'\(entry.key)' is \(entry.value.text.map { "'\($0.text)'" } ?? entry.value.kind)",
        at: entry.value.span, help: amount(of: entry.key))
    }
    return limits
  }

  /// Which limits a cap lowers and to what, as a command line has them; nil where it lowers none.
  static func lowered(_ own: LuaLimits, by cap: LuaLimits) -> String? {
    let sizes: [(String, KeyPath<LuaLimits, Int>)] = [
      ("memory", \.memoryBytes), ("block", \.blockBytes), ("output", \.outputBytes), ("steps", \.steps),
      ("batch_steps", \.batchSteps),
    ]
    var parts = sizes.filter { cap[keyPath: $0.1] < own[keyPath: $0.1] }.map { "\($0.0)=\(cap[keyPath: $0.1])" }
    if cap.seconds < own.seconds { parts.append("seconds=\(FloatText.string(cap.seconds))") }
    return parts.isEmpty ? nil : parts.joined(separator: ",")
  }

  /// The smaller of each.
  static func capped(_ own: LuaLimits, by cap: LuaLimits) -> LuaLimits {
    LuaLimits(
      steps: min(own.steps, cap.steps), batchSteps: min(own.batchSteps, cap.batchSteps),
      memoryBytes: min(own.memoryBytes, cap.memoryBytes), blockBytes: min(own.blockBytes, cap.blockBytes),
      outputBytes: min(own.outputBytes, cap.outputBytes), seconds: min(own.seconds, cap.seconds))
  }

  /// No limit at all, which a cap starts from.
  public static let none = LuaLimits(
    steps: .max, batchSteps: .max, memoryBytes: .max, blockBytes: .max, outputBytes: .max, seconds: .infinity)
}
