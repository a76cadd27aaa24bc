import Columns

/// Random numbers that a failing test can repeat (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Types that columns of tests have.
enum SampleType {
  static let all: [DataType] = [
    .bool, .int, .float, .decimal(precision: 10, scale: 2), .decimal(precision: 38, scale: 6), .string, .date,
    .timestamp, .list(.string),
  ]

  /// A value with many repetitions, now and then an extreme one or none.
  static func scalar(_ type: DataType, using random: inout SeededGenerator) -> Scalar {
    if Int.random(in: 0..<7, using: &random) == 0 { return .missing }
    let isExtreme = Int.random(in: 0..<20, using: &random) == 0
    let small = Int64.random(in: -6...6, using: &random)
    switch type {
    case .bool: return .bool(small > 0)
    case .int: return .int(isExtreme ? small * 1_000_000_000_000 : small)
    case .float: return .float(isExtreme ? Double(small) * 1e18 : Double(small) / 10)
    case .decimal(let precision, let scale):
      let coefficient = isExtreme && precision > 18 ? Int128(small) * 10_000_000_000_000_000_000 : Int128(small) * 5
      return .decimal(ExactDecimal(coefficient: coefficient, scale: scale))
    case .string: return .string(["", "a", "b", "ab", "z", "zebra crossing", "Ärger", "10", "9"][Int(small + 6) % 9])
    case .date: return .date(CalendarDate(days: Int32(isExtreme ? small * 40_000 : small)))
    case .timestamp: return .timestamp(Instant(microseconds: isExtreme ? small * 4_000_000_000_000_000 : small))
    case .list(let element):
      return .list((0..<Int(abs(small) % 3)).map { _ in scalar(element, using: &random) }.filter { $0 != .missing })
    }
  }

  static func column(_ type: DataType, _ count: Int, using random: inout SeededGenerator) -> Column {
    Column((0..<count).map { _ in scalar(type, using: &random) }, of: type)
  }
}

extension Column {
  var scalars: [Scalar] { (0..<count).map { scalar($0) } }

  /// The same texts as codes of a new dictionary.
  func coded() -> Column {
    guard case .texts(let texts) = values else { return self }
    let dictionary = TextDictionary()
    _ = dictionary.code(for: "unused")
    let codes = (0..<count).map { dictionary.code(for: texts.string($0)) }
    return Column(.texts(.coded(codes, dictionary)), present: present)
  }
}
