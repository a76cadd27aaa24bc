import Columns

/// The columns that generated rules read, and what values they hold.
struct RuleColumn {
  let name: String
  let kind: Kind
  let type: ValueType

  init(_ name: String, _ kind: Kind, _ type: DataType, unit: Unit = .none, isNullable: Bool = false) {
    self.name = name
    self.kind = kind
    self.type = ValueType(type, unit: unit, isNullable: isNullable)
  }

  private static let dollars = Unit("USD")

  static let all: [RuleColumn] = [
    RuleColumn("i", .int, .int), RuleColumn("j", .int, .int), RuleColumn("io", .int, .int, isNullable: true),
    RuleColumn("f", .float, .float), RuleColumn("g", .float, .float),
    RuleColumn("fo", .float, .float, isNullable: true),
    RuleColumn("b", .bool, .bool), RuleColumn("bo", .bool, .bool, isNullable: true),
    RuleColumn("s", .string, .string), RuleColumn("t", .string, .string),
    RuleColumn("so", .string, .string, isNullable: true),
    RuleColumn("d", .date, .date), RuleColumn("e", .date, .date), RuleColumn("do_", .date, .date, isNullable: true),
    RuleColumn("z", .timestamp, .timestamp), RuleColumn("zo", .timestamp, .timestamp, isNullable: true),
    RuleColumn("p", .decimal, .decimal(precision: 9, scale: 4)),
    RuleColumn("q", .decimal, .decimal(precision: 38, scale: 18)),
    RuleColumn("r", .decimal, .decimal(precision: 38, scale: 0)),
    RuleColumn("qo", .decimal, .decimal(precision: 30, scale: 10), isNullable: true),
    RuleColumn("m", .money, .decimal(precision: 18, scale: 2), unit: dollars),
    RuleColumn("n", .money, .decimal(precision: 38, scale: 6), unit: dollars),
    RuleColumn("mo", .money, .decimal(precision: 10, scale: 2), unit: dollars, isNullable: true),
    RuleColumn("l", .list, .list(.string)),
  ]

  static func of(_ kind: Kind, isNullable: Bool) -> [RuleColumn] {
    all.filter { $0.kind == kind && $0.type.isNullable == isNullable }
  }

  /// Values of a batch: half of them ordinary, half of them hostile.
  func column(_ count: Int, _ random: inout Random) -> Column {
    let values = (0..<count).map { _ in
      type.isNullable && random.once(in: 4) ? Scalar.missing : value(type.data, &random)
    }
    let column = Column(values, of: type.data)
    guard type.data == .string, random.once(in: 2), case .texts(let texts) = column.values else { return column }
    let dictionary = TextDictionary()
    let codes = (0..<count).map { dictionary.code(for: texts.string($0)) }
    return Column(.texts(.coded(codes, dictionary)), present: column.present)
  }

  func value(_ type: DataType, _ random: inout Random) -> Scalar {
    value(type, isHostile: random.once(in: 2), &random)
  }

  func value(_ type: DataType, isHostile: Bool, _ random: inout Random) -> Scalar {
    switch type {
    case .bool: return .bool(random.once(in: 2))
    case .int:
      return .int(isHostile ? random.pick(Self.ints) : Int64(random.below(2001)) - 1000)
    case .float:
      return .float(isHostile ? random.pick(Self.floats) : Double(random.below(200_001) - 100_000) / 100)
    case .decimal(let precision, let scale):
      let limit = DecimalArithmetic.powerOfTen(precision) - 1
      let unit = DecimalArithmetic.powerOfTen(scale)
      let hostile: [Int128] = [
        0, 1, -1, 5, -5, limit, -limit, limit / 2, unit / 2, -unit / 2, unit, -unit, unit * 3 / 2,
      ]
      let ordinary = Int128(random.below(200_001) - 100_000) * unit / 100
      let value = isHostile ? random.pick(hostile) : ordinary
      return .decimal(ExactDecimal(coefficient: min(max(value, -limit), limit), scale: scale))
    case .string: return .string(random.pick(isHostile ? Self.hostileTexts : Self.texts))
    case .date:
      let days = isHostile ? random.pick(Self.days) : Int32(random.below(20_000))
      return .date(CalendarDate(days: days))
    case .timestamp:
      let micros = isHostile ? random.pick(Self.instants) : Int64(random.below(2_000_000_000)) * 1_000_003
      return .timestamp(Instant(microseconds: micros))
    case .list(let element): return .list((0..<random.below(4)).map { _ in value(element, &random) })
    }
  }

  static let ints: [Int64] = [
    0, 1, -1, 2, -2, 7, 10, 12, 31, .max, .min, .max - 1, .min + 1, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1, 1 << 31,
    1 << 62, -(1 << 62), 999_999_999_999,
  ]
  static let floats: [Double] = [
    0, -0.0, .nan, .infinity, -.infinity, 1e308, -1e308, .leastNonzeroMagnitude, 0.1, 0.5, -0.5, 2.5, -1.5, 1e15, 1e16,
    1e100,
    0x1p53, 0x1p63, -0x1p63, 0x1.fffffffffffffp62, 1e19, 3, -3, 0.1 + 0.2, 123_456_789.125,
  ]
  static let texts = ["paid", "a", "b", "ab", "AB", "x,y", "10", " pad ", "draft"]
  static let hostileTexts = [
    "", " ", "\u{FC}", "\u{65E5}\u{672C}", "\u{C0}\u{C9}", "a\0b", "\t\n", "-1.50", "1e3", "0x10", "nan", "%d", ",",
    ",,",
    "\u{A0}x\u{A0}", "e\u{301}", "9223372036854775808", "\u{1F600}", "1.0000000000000000001", "\u{130}",
  ]
  static let days: [Int32] = [
    CalendarDate.earliest.days, CalendarDate.latest.days, 0, -1, 19_782, 19_783, 19_722, 10_957, 20_000,
    CalendarDate.latest.days - 1, CalendarDate.earliest.days + 40,
  ]
  static let instants: [Int64] = [
    0, -1, 1, Int64(CalendarDate.earliest.days) * Instant.microsecondsPerDay,
    (Int64(CalendarDate.latest.days) + 1) * Instant.microsecondsPerDay - 1, 1_700_000_000_000_000,
    1_709_164_800_000_000, 1_709_251_199_999_999,
  ]
}
