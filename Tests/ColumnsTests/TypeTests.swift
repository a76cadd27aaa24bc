import Columns
import Testing

@Suite struct TypeTests {
  @Test(arguments: [
    "bool", "int?", "float", "decimal(8,2)", "decimal(38,38)? USD", "string", "date?", "timestamp", "list<string>",
    "list<decimal(8,2)>", "decimal(8,2) USD/BTRST", "int hours",
  ])
  func aTypeReadsBackFromItsDescription(_ text: String) throws {
    let type = try ValueType(parsing: text)
    #expect(type.description == text)
    #expect(try ValueType(parsing: type.description) == type)
  }

  @Test(arguments: [
    ("strin", TypeSyntaxError.Kind.unknownType), ("", .unknownType), ("decimal", .wrongValue),
    ("decimal(39,2)", .wrongValue), ("decimal(8,9)", .wrongValue), ("decimal(0,0)", .wrongValue),
    ("decimal(8,2", .wrongValue), ("string USD", .wrongValue), ("list<int?>", .wrongValue),
    ("list<list<int>>", .wrongValue), ("int 5x", .unknownUnit), ("int USD/", .unknownUnit),
  ])
  func whatIsNoTypeSaysWhy(_ text: String, _ kind: TypeSyntaxError.Kind) {
    do throws(TypeSyntaxError) {
      _ = try ValueType(parsing: text)
      Issue.record("'\(text)' was read")
    } catch {
      #expect(error.kind == kind)
    }
  }

  @Test func unitsAreAnAbelianGroup() throws {
    let units = try ["USD", "BTRST", "USD/BTRST", "1/hours", "USD*USD/BTRST"].map { try #require(Unit(parsing: $0)) }
    for a in units {
      #expect(a * .none == a && a / a == .none)
      #expect(Unit(parsing: a.description) == a)
      for b in units {
        #expect(a * b == b * a && a / b * b == a)
        for c in units { #expect(a * b * c == a * (b * c)) }
      }
    }
    #expect(Unit("USD") / (Unit("USD") / Unit("BTRST")) == Unit("BTRST"))
  }
}
