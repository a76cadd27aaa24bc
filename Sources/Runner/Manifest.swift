import Columns
import Diagnostics
import Memory
import Planning

/// `run.json`: what went in, what was done to it and by which rules. The same run over the same inputs writes the
/// same bytes.
struct Manifest {
  let plan: Plan
  let inputs: [InputSummary]
  let ledger: Ledger
  let verdict: RunOutcome.Verdict
  let diagnostics: [Diagnostic]
  let weirVersion: String
  /// Times differ from run to run, so only where it was asked for.
  let profile: RunProfile?

  var text: String {
    var members: [(String, JSONValue)] = [
      ("weir", .string(weirVersion)),
      (
        "pipeline",
        .object([
          "name": .string(plan.spec.name), "path": .string(plan.spec.file.path),
          "hash": .string(ContentHash(plan.spec.file.utf8).description),
        ])
      ),
      ("verdict", .string(verdictText)),
      ("params", .object(plan.parameters.map { ($0.name, JSONValue.string($0.value.text)) })),
      (
        "plugins",
        .array(
          plan.plugins.map {
            .object(["name": .string($0.name), "version": .string($0.version), "hash": .string($0.hash)])
          })
      ),
      (
        "inputs",
        .array(
          inputs.map {
            .object([
              "path": .string($0.path), "bytes": .int($0.byteCount),
              "xxh3": $0.hash.map { .string($0.description) } ?? .null,
            ])
          })
      ),
      ("ledger", ledger.json),
      (
        "exports",
        .array(
          verdict == .done
            ? plan.exports.map { .object(["name": .string($0.name), "path": .string($0.path)]) } : [])
      ),
      ("log", .array(plan.log.lines.map(\.json))),
      (
        "problems",
        .array(diagnostics.map { .object(["code": .string($0.code.rawValue), "message": .string($0.message)]) })
      ),
    ]
    if let profile { members.append(("profile", profile.json)) }
    return JSONValue.object(members).text
  }

  private var verdictText: String {
    switch verdict {
    case .done: "done"
    case .checkFailed: "check-failed"
    case .refused: "refused"
    }
  }
}

extension RunLog.Line {
  /// A text with the number of times, or the number of those that were left out.
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [("plugin", .string(plugin))]
    if line > 0 { members += [("file", .string(file)), ("line", .int(line))] }
    if let text { members.append(("text", .string(text))) }
    members.append((text == nil ? "omitted" : "times", .int(times)))
    return .object(members)
  }
}
