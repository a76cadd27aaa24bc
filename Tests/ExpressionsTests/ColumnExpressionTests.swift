import Columns
import Diagnostics
import Testing

@testable import Expressions

struct ColumnExpressionTests {
  func program(_ texts: [String]) throws -> Program {
    var builder = ProgramBuilder(scope: ExpressionScope(columns: ProgramTests.schema))
    for text in texts { builder.add(LocatedText(text, path: "x")) }
    try builder.diagnostics.throwIfErrors()
    return builder.build()
  }

  func texts(_ expressions: Set<ColumnExpression>) -> [String] {
    expressions.map { $0.text(ProgramTests.schema.names) }.sorted()
  }

  func values(_ program: Program, common: [Column?] = []) throws -> [[String]] {
    let result = try program.evaluate(ProgramTests.columns(), common: common, count: 3, worker: ProgramWorker())
    return result.columns.map { column in (0..<3).map { column.scalar($0).text } }
  }

  @Test func findsWhatNoRowCanMakeFail() throws {
    let program = try program(["hours * rate * 1.15", "month(issued_on)", "n + 1", "status == \"paid\""])
    #expect(texts(program.expressions { $0 }) == ["(hours * rate) * 1.15", "hours * rate", "month(issued_on)"])
    #expect(texts(program.expressions { $0 == 0 || $0 == 1 ? $0 : nil }) == ["(hours * rate) * 1.15", "hours * rate"])
  }

  @Test func takesTheOutermostOfTheChosen() throws {
    let all = try program(["hours * rate * 1.15"]).expressions { $0 }
    let other = try program(["hours * rate * 1.15 + 1", "hours * rate"])
    #expect(texts(other.expressions({ $0 }, among: all)) == ["(hours * rate) * 1.15", "hours * rate"])
    #expect(
      texts(try program(["hours * rate * 1.15 + 1"]).expressions({ $0 }, among: all)) == ["(hours * rate) * 1.15"])
  }

  @Test func takesResultsThatAreAtHand() throws {
    let product = try #require(try program(["hours * rate"]).expressions { $0 }.first)
    let taking = try program(["hours * rate + 1", "hours"]).taking([product: 1]) { $0 }
    // Not the product, so that it shows.
    let given = Column(.decimals64([10_000, 20_000, 30_000], scale: 4))
    #expect(try values(taking, common: [nil, given]) == [["2", "3", "4"], ["1.5", "-0.05", "9999.99"]])
    let computed = [["151", "0.9995", "9999989901.0001"], ["1.5", "-0.05", "9999.99"]]
    #expect(try values(taking) == computed)
    #expect(try values(taking, common: [given]) == computed)
    #expect(try values(product.program) == [["150", "-0.0005", "9999989900.0001"]])
  }

  @Test func isOneExpressionWhereverTheColumnsStand() throws {
    let here = try program(["hours * rate"]).expressions { $0 == 0 ? 5 : 9 }
    let there = try program(["hours * rate"]).expressions { $0 == 0 ? 5 : 9 }
    #expect(here == there)
    #expect(here.first?.columns == [5, 9])
    #expect(here != (try program(["rate * hours"]).expressions { $0 == 0 ? 5 : 9 }))
  }
}
