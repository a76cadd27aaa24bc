import Columns
import Diagnostics
import Planning

/// Makes up rows for a definition's inputs: extremes of their types, values that its file and its cases mention and their
/// neighbours (the borders of versions, tiers and caps are among them), nil where it may be, and anything else.
///
/// The same seed gives the same rows on every machine.
struct RowGenerator {
  private var random: SeededRandom
  private let inputs: [ScriptInput]
  /// The type of each input's values: a decimal of any scale gets that of the cases.
  private let types: [ValueType]
  private let pools: [[Scalar]]

  init(_ inputs: [ScriptInput], types: [ValueType], mentioned: [[String]], seed: UInt64) {
    self.inputs = inputs
    self.types = types
    random = SeededRandom(seed)
    pools = zip(types, mentioned).map { type, texts in
      var found: [Scalar] = []
      for text in texts {
        if let value = Scalar(parsing: text, as: type.data), !found.contains(value) { found.append(value) }
      }
      return found
    }
  }

  mutating func row() -> [Scalar] { types.indices.map { value(of: $0) } }

  mutating func count(upTo most: Int) -> Int { 1 + random.below(most) }

  /// A value of an input; nil at times where that may be.
  mutating func value(of input: Int) -> Scalar {
    let type = types[input]
    if type.isNullable, random.below(5) == 0 { return .missing }
    if !pools[input].isEmpty, random.below(2) == 0 {
      return neighbour(of: pools[input][random.below(pools[input].count)], type.data)
    }
    return random.below(3) == 0 ? extreme(type.data) : anything(type.data, input)
  }

  /// The value itself, or the one before or after it.
  private mutating func neighbour(of value: Scalar, _ type: DataType) -> Scalar {
    let step = random.below(3) - 1
    switch value {
    case .int(let number): return .int(number.addingReportingOverflow(Int64(step)).partialValue)
    case .date(let date):
      let days = CalendarDate(days: date.days + Int32(step))
      return .date(min(max(days, .earliest), .latest))
    case .decimal(let number):
      let moved = ExactDecimal(coefficient: number.coefficient + Int128(step), scale: number.scale)
      guard case .decimal(let precision, _) = type, moved.precision <= precision else { return value }
      return .decimal(moved)
    default: return value
    }
  }

  private mutating func extreme(_ type: DataType) -> Scalar {
    switch type {
    case .bool: return .bool(random.below(2) == 0)
    case .int: return .int([0, 1, -1, 1_000_000, .max, .min][random.below(6)])
    case .float: return .float([0, 1, -1, 0.1, 1e15, -1e300][random.below(6)])
    case .decimal(let precision, let scale):
      let most = DecimalArithmetic.powerOfTen(precision) - 1
      let one = scale < precision ? DecimalArithmetic.powerOfTen(scale) : 1
      return .decimal(ExactDecimal(coefficient: [0, 1, -1, one, -one, most, -most][random.below(7)], scale: scale))
    case .string: return .string(["", " ", "a", "Zoë ✓", "0", "nil"][random.below(6)])
    case .date:
      let texts = ["0001-01-01", "1970-01-01", "2000-02-29", "2023-02-28", "2024-12-31", "9999-12-31"]
      return .date(CalendarDate(texts[random.below(6)])!)
    case .timestamp:
      let texts = ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2000-01-01T00:00:00Z"]
      return .timestamp(Instant(texts[random.below(3)])!)
    case .list: return .list([])
    }
  }

  private mutating func anything(_ type: DataType, _ input: Int) -> Scalar {
    switch type {
    case .bool: return .bool(random.below(2) == 0)
    case .int: return .int(Int64(random.below(20_001) - 10_000))
    case .float: return .float(Double(random.below(2_000_001) - 1_000_000) / 64)
    case .decimal(let precision, let scale):
      // As many digits as come, so that small and large numbers are alike often.
      let digits = 1 + random.below(min(precision, scale + 9))
      var coefficient: Int128 = 0
      for _ in 0..<digits { coefficient = coefficient * 10 + Int128(random.below(10)) }
      return .decimal(ExactDecimal(coefficient: random.below(4) == 0 ? -coefficient : coefficient, scale: scale))
    case .string:
      let letters = Array("abcxyzABC 019-_,'é")
      return .string(String((0..<random.below(9)).map { _ in letters[random.below(letters.count)] }))
    case .date: return .date(CalendarDate(days: Int32(random.below(18_000) + 5_000)))
    case .timestamp: return .timestamp(Instant(microseconds: Int64(random.below(1_900_000_000)) * 1_000_000))
    case .list(let element):
      return .list((0..<random.below(4)).map { _ in anything(element, input) })
    }
  }
}

/// A generator of numbers that a seed decides (SplitMix64 of Steele, Lea and Flood, 2014).
struct SeededRandom {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `bound - 1`.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}

/// The texts and numbers that stand in a Lua file, as they are written: where its borders are.
enum MentionedValues {
  static func of(_ text: String) -> [String] {
    var found: [String] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "\"" || first == "'" {
        let body = rest.dropFirst().prefix { $0 != first && $0 != "\n" }
        found.append(String(body))
        rest = rest[body.endIndex...].dropFirst()
      } else if rest.hasPrefix("--") {
        rest = rest.drop { $0 != "\n" }
      } else if first.isLetter || first == "_" {
        rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "_" }
      } else if first.isNumber {
        let number = rest.prefix { $0.isNumber || $0 == "." }
        found.append(String(number))
        rest = rest[number.endIndex...]
      } else {
        rest = rest.dropFirst()
      }
    }
    return found
  }
}
