import Columns
import Testing

@Suite struct ColumnTests {
  private static let columns: [(DataType, [Scalar])] = [
    (.bool, [.bool(true), .missing, .bool(false), .bool(true)]),
    (.int, [.int(.min), .int(7), .missing, .int(.max)]),
    (.float, [.float(0.1), .missing, .float(-3), .float(1e300)]),
    (
      .decimal(precision: 8, scale: 2),
      ["1.25", "-3.00", "0.01", "9.99"].map { .decimal(ExactDecimal($0)!) }
    ),
    (
      .decimal(precision: 38, scale: 18),
      [.missing, .decimal(ExactDecimal("0.000000000000000001")!), .missing, .decimal(ExactDecimal("5")!)]
    ),
    (.string, [.string("a"), .string(""), .missing, .string("é\n")]),
    (.date, [.date(CalendarDate(days: 0)), .missing, .date(.earliest), .date(.latest)]),
    (.timestamp, [.timestamp(Instant(microseconds: -1)), .missing, .missing, .timestamp(Instant(microseconds: 9))]),
    (.list(.string), [.list([.string("x"), .string("y")]), .list([]), .missing, .list([.string("z")])]),
  ]

  private static func scalars(_ column: Column) -> [Scalar] { (0..<column.count).map { column.scalar($0) } }

  @Test(arguments: columns.indices)
  func gatheringPicksValuesInTheOrderAsked(_ index: Int) {
    let (type, values) = Self.columns[index]
    let column = Column(values, of: type)
    #expect(Self.scalars(column) == values)
    let rows: [Int32] = [3, 0, 0, 2, 1]
    #expect(Self.scalars(column.gathered(rows)) == rows.map { values[Int($0)] })
    let twice = column.gathered(rows).gathered([4, 1])
    #expect(Self.scalars(twice) == Self.scalars(column.gathered([rows[4], rows[1]])))
    let holes = column.gatheredOrMissing([-1, 1, -1, 3])
    #expect(Self.scalars(holes) == [.missing, values[1], .missing, values[3]])
  }

  @Test(arguments: columns.indices)
  func concatenatingPartsGivesTheWhole(_ index: Int) {
    let (type, values) = Self.columns[index]
    let column = Column(values, of: type)
    let parts = [column.gathered([0]), column.gathered([1, 2]), column.gathered([3]), column.gathered([0, 3])]
    #expect(Self.scalars(Column.concatenated(parts)) == values + [values[0], values[3]])
  }

  @Test func textsOfTwoDictionariesKeepTheirCharactersWhenJoined() {
    let (first, second) = (TextDictionary(), TextDictionary())
    let left = Column(.texts(.coded([first.code(for: "a"), first.code(for: "b")], first)))
    let right = Column(.texts(.coded([second.code(for: "b"), second.code(for: "c")], second)))
    #expect(Self.scalars(Column.concatenated([left, right])) == ["a", "b", "b", "c"].map { .string($0) })
  }

  @Test func originsOrderByFileThenByte() {
    let origins = [RowOrigin(file: 0, byte: 9), RowOrigin(file: 0, byte: 1 << 39), RowOrigin(file: 3, byte: 2)]
    #expect(origins == origins.sorted())
    #expect(origins.map(\.file) == [0, 0, 3] && origins.map(\.byte) == [9, 1 << 39, 2])
  }
}
