import Columns
import LuaHost

/// What is known before the run of a value that a fold computes: which kinds it can have, and its unit.
struct FoldFact: Equatable {
  struct Kinds: OptionSet {
    let rawValue: UInt16
    static let int = Kinds(rawValue: 1)
    static let float = Kinds(rawValue: 2)
    static let decimal = Kinds(rawValue: 4)
    static let text = Kinds(rawValue: 8)
    static let bool = Kinds(rawValue: 16)
    static let date = Kinds(rawValue: 32)
    static let timestamp = Kinds(rawValue: 64)
    static let table = Kinds(rawValue: 128)
    /// Anything at all.
    static let unknown = Kinds(rawValue: 256)

    static let plainNumbers: Kinds = [.int, .float]
    static let numbers: Kinds = [.int, .float, .decimal]
    static let days: Kinds = [.date, .timestamp]

    /// Whether a value that is there is of one of these.
    func isSurely(_ kinds: Kinds) -> Bool { !isEmpty && isSubset(of: kinds) }
  }

  enum Measure: Equatable {
    /// Numerals take the unit of what they meet.
    case numeral
    case known(Unit)
    case unknown

    func joined(_ other: Measure) -> Measure {
      if self == .numeral { return other }
      return other == .numeral || other == self ? self : .unknown
    }

    /// Of a sum: both sides have the same unit where the sum is none of the mistakes that are told of.
    func added(to other: Measure) -> Measure {
      if self == .unknown { return other == .numeral ? .unknown : other }
      return other == .unknown && self != .numeral ? self : joined(other)
    }

    func times(_ other: Measure, _ combine: (Unit, Unit) -> Unit) -> Measure {
      switch (self, other) {
      case (.numeral, .numeral): .numeral
      case (.unknown, _), (_, .unknown): .unknown
      case (.known(let a), .known(let b)): .known(combine(a, b))
      case (.known(let a), .numeral): .known(combine(a, .none))
      case (.numeral, .known(let b)): .known(combine(.none, b))
      }
    }
  }

  /// Empty where nothing but nil was seen.
  var kinds: Kinds = []
  var unit = Measure.numeral

  static let unknown = FoldFact(kinds: .unknown, unit: .unknown)
  static let bool = FoldFact(kinds: .bool)
  static let nothing = FoldFact()

  func joined(_ other: FoldFact) -> FoldFact {
    FoldFact(kinds: kinds.union(other.kinds), unit: unit.joined(other.unit))
  }

  init(kinds: Kinds = [], unit: Measure = .numeral) {
    self.kinds = kinds
    self.unit = unit
  }

  /// A column's or an output's.
  init(_ type: ValueType) {
    switch type.data {
    case .bool: kinds = .bool
    case .int: kinds = .int
    case .float: kinds = .float
    case .decimal: kinds = .decimal
    case .string: kinds = .text
    case .date: kinds = .date
    case .timestamp: kinds = .timestamp
    case .list: kinds = .table
    }
    unit = .known(type.unit)
  }

  /// A constant's; what a setting counts only its plugin says.
  init(_ value: LuaValue) {
    switch value {
    case .nil: kinds = []
    case .bool: kinds = .bool
    case .int: kinds = .int
    case .float: kinds = .float
    case .decimal: kinds = .decimal
    case .string: kinds = .text
    case .date: kinds = .date
    case .timestamp: kinds = .timestamp
    case .table, .function: kinds = .table
    }
  }

  /// A sum, product and so on. Where one of two numbers is surely a decimal the result is.
  static func result(_ operation: LuaBinaryOperator, _ left: FoldFact, _ right: FoldFact) -> FoldFact {
    if left.kinds.isEmpty || right.kinds.isEmpty { return nothing }
    let both = left.kinds.union(right.kinds)
    if !both.isDisjoint(with: .days) || both.contains(.unknown) || !both.isSubset(of: .numbers) {
      let isDecimal = left.kinds == .decimal || right.kinds == .decimal
      let unit = operation == .add || operation == .subtract ? left.unit.added(to: right.unit) : .unknown
      return isDecimal && operation != .power ? FoldFact(kinds: .decimal, unit: unit) : .unknown
    }
    var kinds: Kinds = []
    if both.contains(.decimal) { kinds.insert(.decimal) }
    if left.kinds != .decimal, right.kinds != .decimal {
      let isDivision = operation == .divide || operation == .power
      if isDivision || both.contains(.float) { kinds.insert(.float) }
      if !isDivision, left.kinds.contains(.int), right.kinds.contains(.int) { kinds.insert(.int) }
    }
    let unit: Measure
    switch operation {
    case .multiply: unit = left.unit.times(right.unit) { $0 * $1 }
    case .divide, .floorDivide: unit = left.unit.times(right.unit) { $0 / $1 }
    default: unit = left.unit.added(to: right.unit)
    }
    return FoldFact(kinds: kinds, unit: unit)
  }
}

/// What is known of the locals, fields and results of a fold, wherever in its functions they get their values.
struct FoldFacts: Equatable {
  /// A local, a parameter or a result: where it is declared, and which of several it is.
  struct Place: Hashable {
    enum Kind { case local, parameter, result, loop }
    var kind: Kind
    var offset: Int
    var index = 0
  }

  private var places: [Place: FoldFact] = [:]
  /// By name, whichever table has them.
  private var fields: [String: FoldFact] = [:]
  /// Whether a field is set whose name only the run knows.
  private var hasUnnamedFields = false

  subscript(place: Place) -> FoldFact { places[place] ?? .nothing }

  func field(_ name: String) -> FoldFact { hasUnnamedFields ? .unknown : fields[name] ?? .nothing }

  mutating func note(_ fact: FoldFact, at place: Place) {
    places[place, default: .nothing] = self[place].joined(fact)
  }

  mutating func note(_ fact: FoldFact, field name: String) {
    fields[name, default: .nothing] = (fields[name] ?? .nothing).joined(fact)
  }

  mutating func noteUnnamedField() { hasUnnamedFields = true }
}
