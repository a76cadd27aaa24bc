/// What a column holds, without unit and without saying whether values may be missing.
public indirect enum DataType: Hashable, Sendable {
  case bool
  /// 64 bits, two's complement.
  case int
  /// IEEE 754 binary64. Never money.
  case float
  /// An exact number of at most `precision` (1 to 38) digits, `scale` (0 to 38) of them after the point.
  case decimal(precision: Int, scale: Int)
  /// UTF-8.
  case string
  /// Days since 1970-01-01, proleptic Gregorian.
  case date
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp
  case list(DataType)

  /// The widest decimal of a scale.
  public static func decimal(scale: Int) -> DataType { .decimal(precision: maximumPrecision, scale: scale) }

  /// Digits that a decimal can have.
  public static let maximumPrecision = 38

  /// Digits that a 64-bit coefficient is sure to hold.
  public static let narrowPrecision = 18

  public var isNumeric: Bool {
    switch self {
    case .int, .float, .decimal: true
    default: false
    }
  }

  public var isDecimal: Bool { decimalScale != nil }

  public var decimalScale: Int? {
    if case .decimal(_, let scale) = self { scale } else { nil }
  }
}

extension DataType: CustomStringConvertible {
  /// As a pipeline file writes it.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
    case .string: "string"
    case .date: "date"
    case .timestamp: "timestamp"
    case .list(let element): "list<\(element)>"
    }
  }
}

/// The full type of a value: data type, unit, and whether it may be nil.
public struct ValueType: Hashable, Sendable, CustomStringConvertible {
  public var data: DataType
  public var unit: Unit
  public var isNullable: Bool

  public init(_ data: DataType, unit: Unit = .none, isNullable: Bool = false) {
    self.data = data
    self.unit = unit
    self.isNullable = isNullable
  }

  public func nullable(_ isNullable: Bool = true) -> ValueType { ValueType(data, unit: unit, isNullable: isNullable) }

  /// As a pipeline file writes it: `decimal(8,2)? USD`.
  public var description: String {
    "\(data)\(isNullable ? "?" : "")\(unit == .none ? "" : " \(unit)")"
  }
}

/// A named column of a schema.
public struct Field: Hashable, Sendable {
  public var name: String
  public var type: ValueType
  /// How the figure is called, defined and where it is from, for reports; empty where nobody said.
  public var provenance: Provenance

  public init(_ name: String, _ type: ValueType, provenance: Provenance = Provenance()) {
    self.name = name
    self.type = type
    self.provenance = provenance
  }
}

/// What a report says of a figure.
public struct Provenance: Hashable, Sendable {
  public var title: String?
  public var definition: String?
  /// The plugin and version that made it: `network 1.2.0`.
  public var source: String?

  public init(title: String? = nil, definition: String? = nil, source: String? = nil) {
    self.title = title
    self.definition = definition
    self.source = source
  }
}

/// The columns of a stage, in order; names are unique.
public struct Schema: Hashable, Sendable {
  public private(set) var fields: [Field]
  private var positions: [String: Int]

  public init(_ fields: [Field] = []) {
    self.fields = fields
    positions = [:]
    for (index, field) in fields.enumerated() {
      precondition(positions[field.name] == nil, "column '\(field.name)' is twice in a schema")
      positions[field.name] = index
    }
  }

  public var names: [String] { fields.map(\.name) }
  public var count: Int { fields.count }
  public subscript(index: Int) -> Field { fields[index] }
  public func index(of name: String) -> Int? { positions[name] }
  public subscript(name: String) -> Field? { positions[name].map { fields[$0] } }

  public mutating func append(_ field: Field) {
    precondition(positions[field.name] == nil, "column '\(field.name)' is twice in a schema")
    positions[field.name] = fields.count
    fields.append(field)
  }

  /// The same columns, one of them with another type.
  public func replacing(_ index: Int, type: ValueType) -> Schema {
    var result = self
    result.fields[index].type = type
    return result
  }
}
