import Columns
import Diagnostics
import LuaHost
import Planning

/// The function of a source: `rows(input, emit)`.
struct LuaSourceScript: SourceScript {
  let script: LuaScript
  let results: [LuaResult]

  func open(name: String, path: String, _ more: @escaping () throws -> [UInt8]) throws -> any SourceScriptReader {
    let state = try script.scripts.takeState()
    let input = LuaInput(name: name, more: more)
    return Reader(
      script, path, LuaSource(script.function, input: input, results: results, in: state), state)
  }

  private final class Reader: SourceScriptReader {
    private let script: LuaScript
    private let path: String
    private var source: LuaSource?
    private let state: LuaState

    init(_ script: LuaScript, _ path: String, _ source: LuaSource, _ state: LuaState) {
      self.script = script
      self.path = path
      self.source = source
      self.state = state
    }

    func next() throws -> SourceScriptRows? {
      guard let source else { return nil }
      do {
        guard let rows = try source.next() else {
          self.source = nil
          script.scripts.giveBack(state)
          return nil
        }
        return SourceScriptRows(
          columns: rows.columns, count: rows.count, starts: rows.starts, refused: rows.refused.map(refusal))
      } catch let failure as LuaFailure {
        var diagnostic = script.scripts.diagnostic(failure, of: script)
        if source.line > 0 { diagnostic.message += ", at line \(source.line) of '\(path)'" }
        if let address = script.identity.address {
          diagnostic.notes.append(.init("repeat it", script.scripts.evalLine(address, [], file: path).text))
        }
        throw RunFailure(diagnostic)
      }
    }

    private func refusal(_ refused: LuaSourceRows.Refusal) -> SourceScriptRows.Refusal {
      let place = refused.line > 0 ? " (\(script.script.file.path):\(refused.line))" : ""
      return SourceScriptRows.Refusal(
        start: refused.start, code: refused.isRejected ? .rejectedRow : .scriptError,
        message: "plugin '\(script.scripts.name)': \(refused.message)\(place)")
    }
  }
}

/// The function of an export: `write(rows, out)`.
struct LuaExportScript: ExportScript {
  let script: LuaScript
  let names: [String]

  func write(_ arguments: [Column], count: Int, to write: ([UInt8]) throws -> Void) throws {
    try script.scripts.withState { state in
      do {
        try state.export(script.function, names: names, columns: arguments, count: count, to: write)
      } catch let failure as LuaFailure {
        var diagnostic = script.scripts.diagnostic(failure, of: script)
        if let number = failure.row {
          diagnostic.message += row(arguments, number)
          if let line = script.evalLine(arguments, rows: Array(0...number)) {
            diagnostic.notes.append(.init("repeat it", line.text))
          }
        }
        throw RunFailure(diagnostic)
      }
    }
  }

  private func row(_ arguments: [Column], _ row: Int) -> String {
    ", at row \(row + 1): " + zip(names, arguments).map { "\($0) = \($1.scalar(row).text)" }.joined(separator: ", ")
  }
}
