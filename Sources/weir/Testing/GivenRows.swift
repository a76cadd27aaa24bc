import Columns
import Diagnostics
import LuaPlugins
import Planning

/// The inputs of a definition in the rows of a case: their types, and their values where they are single ones.
struct GivenRows {
  let inputs: [ScriptInput]
  let types: [ValueType]

  /// A decimal of any scale gets as many decimals as the given cells have, at least two.
  init(_ inputs: [ScriptInput], in rows: [DocumentNode]) {
    self.inputs = inputs
    types = inputs.map { input in
      guard input.type.data.isDecimal, input.acceptsAnyDecimal else { return input.type }
      let decimals = rows.compactMap { $0[input.name]?.text.flatMap { ExactDecimal($0.text)?.scale } }
      let scale = max(decimals.max() ?? 2, 2)
      return ValueType(
        .decimal(precision: min(scale + 16, 38), scale: scale), unit: input.type.unit,
        isNullable: input.type.isNullable)
    }
  }

  /// The inputs of one row; nil where one is not there or cannot be read, which the case itself will say.
  func values(of row: DocumentNode) -> [Scalar]? {
    var values: [Scalar] = []
    for (input, type) in zip(inputs, types) {
      guard let cell = row[input.name] else {
        guard type.isNullable else { return nil }
        values.append(.missing)
        continue
      }
      if cell.isNull {
        values.append(.missing)
      } else if let items = cell.items, case .list(let element) = type.data {
        let elements = items.map { item in item.text.flatMap { Scalar(parsing: $0.text, as: element) } }
        guard elements.allSatisfy({ $0 != nil }) else { return nil }
        values.append(.list(elements.compactMap { $0 }))
      } else if let value = cell.text.flatMap({ Scalar(parsing: $0.text, as: type.data) }) {
        values.append(value)
      } else {
        return nil
      }
    }
    return values
  }

  func evalInputs(_ row: [Scalar]) -> [EvalLine.Input] {
    zip(zip(inputs, types), row).map { EvalLine.Input(name: $0.0.name, type: $0.1, value: $1) }
  }

  /// `amount = 10.50, day = 2024-01-31`
  func text(_ row: [Scalar]) -> String {
    zip(inputs, row).map { "\($0.name) = \($1.text)" }.joined(separator: ", ")
  }

  func columns(_ rows: [[Scalar]]) -> [Column] {
    types.indices.map { index in Column(rows.map { $0[index] }, of: types[index].data) }
  }
}
