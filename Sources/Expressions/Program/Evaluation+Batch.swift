import Columns
import Diagnostics

extension Evaluation {
  /// A column as the program expects it: decimals in the storage of their precision.
  func input(_ column: Column, _ node: Node) -> Evaluated {
    precondition(column.count == count, "an input column has \(column.count) rows, the batch \(count)")
    var values = column.values
    if case .decimal(let precision, let scale) = node.type {
      let isNarrow = precision <= DataType.narrowPrecision
      switch values {
      case .decimals128(let wide, _) where isNarrow:
        values = .decimals64(wide.map { Int64(truncatingIfNeeded: $0) }, scale: scale)
      case .decimals64(let narrow, _) where !isNarrow: values = .decimals128(narrow.map { Int128($0) }, scale: scale)
      default: break
      }
    }
    return Evaluated(values: values, present: column.present)
  }

  func failures(of result: Evaluated, output: Int) -> [RowFailure] {
    guard let marks = result.marks else { return [] }
    return marks.indices.filter { marks[$0] != 0 }.map { row in
      let failure = failures[Int(marks[row]) - 1]
      return RowFailure(
        row: Int32(row), code: failure.code, message: failure.message, output: output, full: failure.full)
    }
  }

  /// Calls an interpreted function for the rows that have all their arguments.
  func call(_ function: any RowFunction, _ number: Int, _ inputs: [Evaluated]) throws -> Evaluated {
    let instance = try worker.instance(of: function, number, program: program)
    let arguments = inputs.map { $0.broadcast(count) }
    var marks = arguments.contains { $0.marks != nil } ? [Int32](repeating: 0, count: count) : nil
    var isCalled = [Bool](repeating: true, count: count)
    for (argument, type) in zip(arguments, function.inputs).reversed() {
      for row in 0..<count {
        if argument.mark(row) != 0 {
          marks?[row] = argument.mark(row)
          isCalled[row] = false
        }
        if !type.isNullable, !argument.isPresent(row) { isCalled[row] = false }
      }
    }
    let rows = [Int32](rowsWhere: isCalled)
    let columns = arguments.map { Column($0.values, present: $0.present) }
    guard rows.count < count else {
      let (column, failures) = try instance.map(columns, count: count)
      return mapped(column, failures, rows: nil, marks: marks)
    }
    guard !rows.isEmpty else {
      return Evaluated(values: Column.missing(count, of: function.result.data).values, marks: marks)
    }
    let (column, failures): (Column, [RowFailure])
    do {
      (column, failures) = try instance.map(columns.map { $0.gathered(rows) }, count: rows.count)
    } catch let failure as RunFailure {
      throw failure.moved(to: rows)
    }
    var places = [Int32](repeating: -1, count: count)
    for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
    return mapped(column.gatheredOrMissing(places), failures, rows: rows, marks: marks)
  }

  private func mapped(_ column: Column, _ failures: [RowFailure], rows: [Int32]?, marks: [Int32]?) -> Evaluated {
    var marks = marks
    for failure in failures {
      let row = rows.map { Int($0[Int(failure.row)]) } ?? Int(failure.row)
      if marks == nil { marks = [Int32](repeating: 0, count: count) }
      marks?[row] = mark(failure)
    }
    return Evaluated(values: column.values, present: column.present, marks: marks)
  }
}

extension ProgramWorker {
  func instance(of function: any RowFunction, _ number: Int, program: ObjectIdentifier?) throws
    -> any RowFunctionInstance
  {
    let key = InstanceKey(program: program, function: number)
    if let known = instances[key] { return known }
    let made = try function.makeInstance()
    instances[key] = made
    return made
  }
}
