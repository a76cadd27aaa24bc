import Aggregation
import Columns
import Diagnostics
import LuaPlugins
import Planning

/// One call of a definition that takes several rows: a fold over the rows of one key, a transform, an export, or a metric
/// that is scripted throughout.
struct RowsCall {
  private enum Form {
    case fold(FoldDefinition)
    case transform(TransformDefinition)
    case export(ExportScriptDefinition)
    case metric(MetricDefinition, any ScriptedAggregate)
  }

  private let name: String
  private let inputs: [ScriptInput]
  private let form: Form

  /// nil where the plugins have nothing of that name that takes several rows.
  init?(_ address: String, in catalogue: PluginCatalogue) {
    name = address
    if let fold = catalogue.folds[address] {
      (inputs, form) = (fold.inputs, .fold(fold))
    } else if let transform = catalogue.transforms[address] {
      (inputs, form) = (transform.inputs, .transform(transform))
    } else if let export = catalogue.exports[address] {
      (inputs, form) = (export.inputs, .export(export))
    } else if let metric = catalogue.metrics[address], case .scripted(let script) = metric.form {
      (inputs, form) = (metric.inputs, .metric(metric, script))
    } else {
      return nil
    }
  }

  /// What the definition gives. Throws what keeps it from being called, and what it fails with.
  func rows(_ arguments: [EvalArgument]) throws -> [[NamedValue]] {
    let given = try given(arguments)
    let (columns, types) = try columns(given)
    do {
      return try call(columns, types, count: given.count)
    } catch var failure as RunFailure {
      failure.diagnostic.notes.removeAll { $0.label == "repeat it" }
      throw failure
    } catch let failure as GroupFailure {
      var failure = failure.failure
      failure.diagnostic.notes.removeAll { $0.label == "repeat it" }
      throw failure
    }
  }

  private func call(_ columns: [Column], _ types: [ValueType], count: Int) throws -> [[NamedValue]] {
    switch form {
    case .fold(let fold):
      if count == 0 { return [] }
      let folded = try fold.script.bind(types).makeInstance(WorkerContext()).fold(
        columns, keyOfRow: [UInt32](repeating: 0, count: count))
      // Rows that the script rejects leave the state as it was.
      if let problem = folded.problems.first(where: { $0.code != .rejectedRow }) ?? folded.problems.last {
        throw RunFailure(problem.full?.diagnostic ?? Diagnostic(problem.code, problem.message))
      }
      return named(folded.columns, fold.outputs, count: folded.sourceRows.count)
    case .transform(let transform):
      let made = try transform.script.run(columns, count: count, WorkerContext())
      return named(made.columns, transform.outputs, count: made.count)
    case .export(let export):
      var bytes: [UInt8] = []
      try export.script.write(columns, count: count) { bytes += $0 }
      let text = String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
      return [[NamedValue(name: export.name, type: ValueType(.string), value: .string(text))]]
    case .metric(let metric, let script):
      let partial = script.reduction(over: types).makePartial()
      partial.grow(to: 1)
      if count > 0 {
        partial.add(
          columns + [.constant(.missing, count: count, of: .int)], groups: [UInt32](repeating: 0, count: count),
          positions: .consecutive(from: 0))
      }
      let value = try partial.finish(groupCount: 1)
      return [[NamedValue(name: metric.name, type: script.result, value: value.scalar(0))]]
    }
  }

  private func named(_ columns: [Column], _ fields: [Field], count: Int) -> [[NamedValue]] {
    (0..<count).map { row in
      zip(columns, fields).map { NamedValue(name: $1.name, type: $1.type, value: $0.scalar(row)) }
    }
  }

  // MARK: Rows

  /// An input that is given again begins the next row.
  private func given(_ arguments: [EvalArgument]) throws -> [[String: EvalLine.Input]] {
    var rows: [[String: EvalLine.Input]] = []
    for argument in arguments {
      guard let input = inputs.first(where: { $0.name == argument.name }) else {
        let names = inputs.map(\.name)
        throw RunFailure(
          .wrongUsage, "'\(name)' has no input '\(argument.name)'",
          help: suggestion(for: argument.name, among: names) ?? "it takes \(names.joined(separator: ", "))")
      }
      if rows.last.map({ $0[argument.name] != nil }) ?? true { rows.append([:]) }
      let value = try argument.input(as: input)
      guard input.accepts(value.type) else {
        throw RunFailure(.typeMismatch, "'\(name)' takes '\(input.name)' as \(input.type), not as \(value.type)")
      }
      rows[rows.count - 1][input.name] = value
    }
    for (number, row) in rows.enumerated() {
      for input in inputs where row[input.name] == nil {
        throw RunFailure(
          .wrongUsage, "'\(name)' needs '\(input.name)' (\(input.type)) in row \(number + 1)",
          help: "give it with --set '\(input.name)=…'; an input that is given again begins the next row")
      }
    }
    return rows
  }

  /// A column for each input; its decimals at the scale of all.
  private func columns(_ rows: [[String: EvalLine.Input]]) throws -> (columns: [Column], types: [ValueType]) {
    var columns: [Column] = []
    var types: [ValueType] = []
    for input in inputs {
      let values = rows.map { $0[input.name]! }
      let decimals = values.compactMap { if case .decimal(let value) = $0.value { value } else { nil } }
      var type = values.first?.type ?? input.type
      if !decimals.isEmpty {
        type = ValueType(
          .decimal(precision: DataType.maximumPrecision, scale: decimals.map(\.scale).max() ?? 0),
          unit: input.type.unit,
          isNullable: input.type.isNullable)
      }
      let scalars = try values.map { value in
        guard value.value != .missing else { return Scalar.missing }
        guard let scalar = Scalar(written: value.value.written, as: type.data) else {
          throw RunFailure(.overflow, "'\(input.name)' is \(value.value.text), which does not fit \(type)")
        }
        return scalar
      }
      columns.append(Column(scalars, of: type.data))
      types.append(type)
    }
    return (columns, types)
  }
}
