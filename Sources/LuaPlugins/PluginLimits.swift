import Diagnostics
import LuaHost
import Memory
import Planning

/// `limits: { memory: 256MiB, steps: 5000000, seconds: 60 }` of a manifest, capped by those of the pipeline's entry.
enum PluginLimits {
  /// What a limit is called, and how its text changes the limits; false where the text is no such amount.
  private static let known: [(name: String, set: @Sendable (inout LuaLimits, String) -> Bool)] = [
    ("memory", { limits, text in size(text).map { limits.memoryBytes = $0 } != nil }),
    ("block", { limits, text in size(text).map { limits.blockBytes = $0 } != nil }),
    ("output", { limits, text in size(text).map { limits.outputBytes = $0 } != nil }),
    ("steps", { limits, text in count(text).map { limits.steps = $0 } != nil }),
    ("batch_steps", { limits, text in count(text).map { limits.batchSteps = $0 } != nil }),
    ("seconds", { limits, text in count(text).map { limits.seconds = Double($0) } != nil }),
  ]

  private static func size(_ text: String) -> Int? { MemorySize(text)?.bytes }
  private static func count(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

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
        at: entry.value.span,
        help: ["memory", "block", "output"].contains(entry.key)
          ? "an amount such as 256MiB, at least 1MiB" : "a whole number above 0")
    }
    return limits
  }

  /// The smaller of each.
  static func capped(_ own: LuaLimits, by cap: LuaLimits) -> LuaLimits {
    LuaLimits(
      steps: min(own.steps, cap.steps), batchSteps: min(own.batchSteps, cap.batchSteps),
      memoryBytes: min(own.memoryBytes, cap.memoryBytes), blockBytes: min(own.blockBytes, cap.blockBytes),
      outputBytes: min(own.outputBytes, cap.outputBytes), seconds: min(own.seconds, cap.seconds))
  }

  /// No limit at all, which a cap starts from.
  static let none = LuaLimits(
    steps: .max, batchSteps: .max, memoryBytes: .max, blockBytes: .max, outputBytes: .max, seconds: .infinity)
}
