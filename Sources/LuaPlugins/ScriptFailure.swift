import Columns
import Diagnostics
import Expressions
import LuaHost
import Planning

/// What is said of a failure of a script: where it happened, on which values, by which calls, and how to repeat it.
extension LuaScript {
  /// What messages and `weir eval` call a function of a definition.
  struct Identity: Sendable {
    /// The key that has the function: `fee`, `value`, `finish`.
    var key: String
    /// What `weir eval` runs it by, `network.client_fee`; nil for a function that rows alone cannot repeat.
    var address: String?

    /// What messages call its results, the fee and its branch among them.
    var resultNames: [String] { [key, "branch"] }
  }

  /// What stops the run, with the inputs of the row on which it happened.
  ///
  /// - Parameter rows: those that repeat it, in order; none where nothing short does.
  func runFailure(_ failure: LuaFailure, _ arguments: [Column], repeatedBy rows: [Int]? = nil) -> RunFailure {
    RunFailure(diagnostic(failure, arguments, repeatedBy: rows), row: failure.row.map { Int32($0) })
  }

  /// A row that has no result, on one line; the first of a batch has the whole message as well, since it may end the run.
  func problem(
    _ failure: LuaFailure, _ arguments: [Column], isFirst: Bool, repeatedBy rows: [Int]? = nil
  ) -> RowProblem {
    let row = failure.row ?? 0
    let inputs = inputs(arguments, row: row)
    let frames = scripts.frames(failure, of: self)
    let path = (failure.path.flatMap { scripts.file(calledByLua: $0) } ?? script.file).path
    var place = failure.line.map { "\(path):\($0)" } ?? path
    if frames.count > 1 {
      place += " in \(frames[0].name)"
      place += frames.dropFirst().map { ", called from \($0.place) in \($0.name)" }.joined()
    }
    let values =
      inputs.isEmpty ? "" : ", with \(inputs.map { "\($0.name) = \($0.value.text)" }.joined(separator: ", "))"
    let whole = diagnostic(failure, arguments, repeatedBy: rows)
    var message = "\(whole.message)\(values) (\(place))"
    // What a script rejects it has judged: there is nothing to look for.
    if failure.kind != .rejected, let line = evalLine(arguments, rows: rows ?? [row]) {
      message += "; repeat it: \(line.text)"
    }
    return RowProblem(
      row: Int32(row), code: whole.code, message: message.onOneLine, full: isFirst ? FullMessage(whole) : nil)
  }

  /// The whole message: the script's line, the inputs, the plugin's own calls, the command that repeats it.
  private func diagnostic(_ failure: LuaFailure, _ arguments: [Column], repeatedBy rows: [Int]?) -> Diagnostic {
    var diagnostic = scripts.diagnostic(failure, of: self)
    guard let row = failure.row else { return diagnostic }
    let inputs = inputs(arguments, row: row)
    if !inputs.isEmpty { diagnostic.notes.insert(Self.note(of: inputs), at: 0) }
    if let line = evalLine(arguments, rows: rows ?? [row]) { diagnostic.notes.append(.init("repeat it", line.text)) }
    return diagnostic
  }

  static func note(of inputs: [EvalLine.Input]) -> Diagnostic.Note {
    .init("inputs", inputs.map { "\($0.name) = \($0.value.text) (\($0.type))".onOneLine }.joined(separator: ", "))
  }

  /// A command line of more rows than these is not written.
  static let longestRepetition = 20

  /// nil where no rows, or too many, would repeat it. What takes several rows gets them one after the other.
  func evalLine(_ arguments: [Column], rows: [Int]) -> EvalLine? {
    guard let address = identity.address, let last = rows.last, rows.count <= Self.longestRepetition else { return nil }
    return scripts.evalLine(
      address, rows.flatMap { inputs(arguments, row: $0) }, terms: terms(arguments, row: last))
  }

  /// The declared inputs and their values in a row.
  private func inputs(_ arguments: [Column], row: Int) -> [EvalLine.Input] {
    var inputs: [EvalLine.Input] = []
    var next = 0
    for parameter in parameters {
      switch parameter {
      case .row(let fields):
        for (index, field) in fields.enumerated() { inputs.append(input(field, next + index, arguments, row)) }
      case .value(let name): inputs.append(input(name, next, arguments, row))
      case .choice: break
      }
      next += parameter.argumentCount
    }
    return inputs
  }

  /// The terms that a table gives in a row.
  private func terms(_ arguments: [Column], row: Int) -> [EvalLine.Input] {
    var terms: [EvalLine.Input] = []
    var next = 0
    for parameter in parameters {
      if case .choice(_, let overridden) = parameter {
        for (index, name) in overridden.enumerated() where arguments[next + 1 + index].isPresent(row) {
          terms.append(input(name, next + 1 + index, arguments, row))
        }
      }
      next += parameter.argumentCount
    }
    return terms
  }

  private func input(_ name: String, _ index: Int, _ arguments: [Column], _ row: Int) -> EvalLine.Input {
    EvalLine.Input(name: name, type: argumentTypes[index], value: arguments[index].scalar(row))
  }
}

extension PluginScripts {
  /// A call of a plugin's function on the way to a failure.
  struct Frame {
    var place: String
    var name: String
  }

  /// The plugin's own calls, innermost first.
  func frames(_ failure: LuaFailure, of script: LuaScript? = nil) -> [Frame] {
    failure.traceback.map { frame in
      let file = file(calledByLua: frame.path)
      let isEntry = frame.firstLine == script?.function.firstLine && frame.name == nil
      let name =
        isEntry
        ? script?.identity.key ?? ""
        : frame.name ?? (frame.firstLine == 0 ? "the file" : "the function of line \(frame.firstLine)")
      return Frame(place: "\(file?.path ?? frame.path):\(frame.line)", name: name)
    }
  }

  /// A failure of a script at its line, with the calls that led there where there are several.
  func diagnostic(_ failure: LuaFailure, of script: LuaScript? = nil) -> Diagnostic {
    let file = failure.path.flatMap { self.file(calledByLua: $0) }
    // A result of a wrong type is found by the host, behind the script's last line; a file that is not read has none.
    let span = (file ?? script?.script.file).map { file -> SourceSpan in
      guard let line = failure.line ?? script?.function.firstLine else { return file.span(0..<0) }
      let start = file.offset(ofLine: line)
      let text = file.text(ofLine: line)
      let indent = text.utf8.prefix { $0 == 32 || $0 == 9 }.count
      return file.span(start + indent..<start + text.utf8.count)
    }
    var diagnostic = Diagnostic(code(failure.kind), "plugin '\(name)': \(failure.message)", at: span)
    if failure.kind == .syntax, failure.message.hasPrefix("'}' expected") {
      diagnostic.help = "entries of a table have a comma between them: look at the end of the line before"
    }
    let frames = frames(failure, of: script)
    if frames.count > 1 {
      diagnostic.notes.append(.init("calls", frames.map { "\($0.place) in \($0.name)" }.joined(separator: "\n")))
    }
    return diagnostic
  }

  func evalLine(
    _ address: String, _ inputs: [EvalLine.Input], file: String? = nil, terms: [EvalLine.Input] = []
  ) -> EvalLine {
    EvalLine(
      plugin: files.folder, settings: given, address: address, inputs: inputs, file: file, terms: terms,
      limits: loweredLimits)
  }

  private func code(_ kind: LuaFailure.Kind) -> DiagnosticCode {
    switch kind {
    case .syntax: .luaSyntax
    case .runtime, .host: .scriptError
    case .instructions, .memory, .deadline: .scriptLimit
    case .result: .scriptResult
    case .rejected: .rejectedRow
    }
  }
}

extension String {
  /// Line breaks and other control characters as spaces, for messages that are a line of a file.
  var onOneLine: String {
    guard utf8.contains(where: { $0 < 32 }) else { return self }
    return String(decoding: utf8.map { $0 < 32 ? 32 : $0 }, as: UTF8.self)
  }
}
