import Columns
import Diagnostics
import Expressions
import LuaHost

extension Kernel {
  /// Folds over eight keys of 512 rows, on the machine and in the interpreter.
  static var folding: [Kernel] {
    let folds = [
      ("balance", balance, outputs(of: [("balance", 4), ("above", 0)])), ("fifo", fifo, outputs(of: [("gain", 4)])),
    ]
    return folds.flatMap { name, source, outputs in
      [compiled("fold-\(name)", source, outputs), interpreted("lua-fold-\(name)", source, outputs)]
    }
  }

  private static let balance = """
    return {
      init = function() return { balance = decimal(0), above = 0 } end,
      step = function(state, row, emit)
        state.balance = state.balance + row.hours * row.rate
        if state.balance > 1000 then state.above = state.above + 1 end
        emit { balance = state.balance, above = state.above }
      end,
    }
    """

  private static let fifo = """
    return {
      init = function() return { lots = {} } end,
      step = function(state, row, emit)
        local lots = state.lots
        if row.kind == "buy" and #lots < 24 then
          lots[#lots + 1] = { hours = row.hours, rate = row.rate }
          return
        end
        local wanted, gain = row.hours, decimal(0)
        while wanted > 0 and lots[1] do
          local lot = lots[1]
          local used = math.min(lot.hours, wanted)
          gain = gain + used * (row.rate - lot.rate)
          lot.hours = lot.hours - used
          wanted = wanted - used
          if lot.hours <= 0 then table.remove(lots, 1) end
        end
        emit { gain = gain }
      end,
    }
    """

  private static let inputs = ["hours", "rate", "kind"]

  private static func outputs(of given: [(name: String, scale: Int)]) -> [Field] {
    given.map { Field($0.name, ValueType($0.scale == 0 ? .int : .decimal(precision: 18, scale: $0.scale))) }
  }

  private static func rows() -> (columns: [Column], keyOfRow: [UInt32]) {
    var numbers = Numbers(9)
    let dictionary = TextDictionary()
    let kinds = [dictionary.code(for: "buy"), dictionary.code(for: "sell")]
    let columns = [
      Column(.decimals64((0..<4096).map { _ in Int64(numbers.below(10_000)) }, scale: 2)),
      Column(.decimals64((0..<4096).map { _ in Int64(numbers.below(20_000)) }, scale: 2)),
      Column(.texts(.coded((0..<4096).map { _ in kinds[numbers.below(2)] }, dictionary))),
    ]
    return (columns, (0..<4096).map { UInt32($0 / 512) })
  }

  private static func compiled(_ name: String, _ source: String, _ outputs: [Field]) -> Kernel {
    Kernel(name: name, rows: 4096) {
      let state = try LuaState(name: name)
      let text = LocatedText(source, path: "\(name).lua")
      let definition = try state.load(source, path: "\(name).lua")
      func function(_ key: String) throws -> FoldCompiler.Function {
        guard let function = definition[key].asFunction,
          let node = try FunctionCompiler.function(
            in: text, firstLine: function.firstLine, lastLine: function.lastLine, named: key)
        else { preconditionFailure("the script has '\(key)'") }
        return FoldCompiler.Function(node, upvalues: [:])
      }
      let compiler = FoldCompiler(text: text, inputs: inputs, outputs: outputs, settings: .table([]))
      guard
        case .compiled(let program) = compiler.compile(
          initial: try function("init"), step: try function("step"), finish: nil),
        let runner = FoldRunner(program, limits: LuaLimits())
      else { preconditionFailure("the fold is of the pure subset") }
      let (columns, keyOfRow) = rows()
      return {
        guard let run = runner.run(columns, keyOfRow: keyOfRow), run.returned.isEmpty else {
          preconditionFailure("the machine folds every key")
        }
        return run.sourceRows.count
      }
    }
  }

  private static func interpreted(_ name: String, _ source: String, _ outputs: [Field]) -> Kernel {
    Kernel(name: name, rows: 4096) {
      let state = try LuaState(name: name)
      let definition = try state.load(source, path: "\(name).lua")
      guard let initial = definition["init"].asFunction, let step = definition["step"].asFunction else {
        preconditionFailure("the script has 'init' and 'step'")
      }
      let (columns, keyOfRow) = rows()
      let row = LuaRowArgument.row(names: inputs, columns: columns)
      let results = outputs.map { LuaResult(name: $0.name, type: $0.type.data) }
      return {
        try state.fold(
          initial: initial, step: step, finish: nil, keyOfRow: keyOfRow, arguments: [row], results: results
        ).sourceRows.count
      }
    }
  }
}
