import Columns
import Foundation
import Testing

@testable import LuaHost

/// Decimals of scripts and of columns beside vectors of General Decimal Arithmetic (`Decimals/generate.py` makes them).
@Suite struct DecimalVectorTests {
  struct Vector {
    var operation: String
    var arguments: [String]
    /// nil where the exact result has more than 38 digits.
    var result: String?
  }

  static func vectors() throws -> [Vector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Decimals/vectors.txt")
    return try String(decoding: Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      let result = words[words.count - 1]
      return Vector(
        operation: words[0], arguments: Array(words[1..<(words.count - 2)]), result: result == "!" ? nil : result)
    }
  }

  private static let script = """
    return {
      add = function(a, b) return tostring(a + b) end, subtract = function(a, b) return tostring(a - b) end,
      multiply = function(a, b) return tostring(a * b) end,
      compare = function(a, b) return a < b and "-1" or a == b and "0" or a > b and a >= b and "1" or "?" end,
      round = function(a, scale, mode) return tostring(round(a, scale, mode)) end,
    }
    """

  @Test func scriptsComputeAsGeneralDecimalArithmeticSays() throws {
    let state = try LuaState(name: "vectors")
    let functions = try state.load(Self.script, path: "v.lua")
    for vector in try Self.vectors() {
      let function = try #require(functions[vector.operation].asFunction)
      let given: [LuaValue] = try vector.arguments.enumerated().map { index, text in
        if vector.operation == "round", index > 0 {
          return index == 1 ? .int(try #require(Int64(text))) : .string(text)
        }
        return .decimal(try #require(ExactDecimal(text)))
      }
      let label = "\(vector.operation) \(vector.arguments)"
      do throws(LuaFailure) {
        let result = try state.call(function, given)
        #expect(result.first?.asString == vector.result, "\(label)")
      } catch {
        #expect(vector.result == nil && error.message.contains("38 digits"), "\(label): \(error.message)")
      }
    }
  }

  /// Columns keep one scale for all rows, so they refuse what needs more digits at that scale; what they give is the same.
  @Test func columnsComputeAsGeneralDecimalArithmeticSays() throws {
    var given = 0
    for vector in try Self.vectors() {
      let a = try #require(ExactDecimal(vector.arguments[0]))
      let result: ExactDecimal?
      switch vector.operation {
      case "add", "subtract":
        let b = try #require(ExactDecimal(vector.arguments[1]))
        let scale = max(a.scale, b.scale)
        guard let x = a.rescaledExactly(to: scale), let y = b.rescaledExactly(to: scale) else { continue }
        let add = vector.operation == "add" ? DecimalArithmetic.add : DecimalArithmetic.subtract
        result = add(x.coefficient, y.coefficient).map { ExactDecimal(coefficient: $0, scale: scale) }
      case "multiply":
        let b = try #require(ExactDecimal(vector.arguments[1]))
        guard a.scale + b.scale <= 38 else { continue }
        result = DecimalArithmetic.multiply(a.coefficient, b.coefficient)
          .map { ExactDecimal(coefficient: $0, scale: a.scale + b.scale) }
      case "compare":
        let b = try #require(ExactDecimal(vector.arguments[1]))
        result = ExactDecimal(
          Int64(DecimalArithmetic.compare(a.coefficient, scale: a.scale, b.coefficient, scale: b.scale)))
      default:
        let (scale, mode) = (
          try #require(Int(vector.arguments[1])), try #require(RoundingMode(rawValue: vector.arguments[2]))
        )
        result = DecimalArithmetic.rescale(a.coefficient, from: a.scale, to: scale, mode: mode)
          .map { ExactDecimal(coefficient: $0, scale: scale) }
        #expect((result == nil) == (vector.result == nil), "\(vector)")
      }
      guard let result else { continue }
      given += 1
      #expect(result.normalized.description == vector.result, "\(vector)")
    }
    #expect(given > 2000)
  }
}
