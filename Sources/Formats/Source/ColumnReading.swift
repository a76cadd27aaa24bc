import Columns

/// How one declared column is found in an input and how its cells are read: the column options of a pipeline file.
public struct ColumnReading: Hashable, Sendable {
  /// The column's name in the stage.
  public var name: String
  /// The name in the file's header, where it is another.
  public var header: String?
  public var type: ValueType
  /// Texts that stand for a missing value; the empty text among them means an empty cell.
  public var missing: [String]
  /// The character between groups of digits, dropped from numbers.
  public var thousands: UInt8?
  public var decimalPoint: UInt8
  /// How dates and times are written, where they are not ISO 8601.
  public var format: DateFormatSpec?
  /// The zone of times that name none.
  public var zone: ZoneOffset
  /// What stands between the elements of a list.
  public var split: String?
  /// Whether the file may lack the column: its values are missing then.
  public var absent: Bool
  /// Keys and array indices that lead to the value in a row of JSON; empty for the column's name alone.
  public var path: [String]

  public init(
    _ name: String, _ type: ValueType, header: String? = nil, missing: [String] = [""], thousands: UInt8? = nil,
    decimalPoint: UInt8 = UInt8(ascii: "."), format: DateFormatSpec? = nil, zone: ZoneOffset = .utc,
    split: String? = nil, absent: Bool = false, path: [String] = []
  ) {
    self.name = name
    self.type = type
    self.header = header
    self.missing = missing
    self.thousands = thousands
    self.decimalPoint = decimalPoint
    self.format = format
    self.zone = zone
    self.split = split
    self.absent = absent
    self.path = path
  }

  /// What the header of a file has to say.
  public var headerName: String { header ?? name }
}

/// A fixed distance from UTC.
public struct ZoneOffset: Hashable, Sendable {
  public let minutes: Int

  public static let utc = ZoneOffset(minutes: 0)

  public init(minutes: Int) { self.minutes = minutes }

  /// Reads `UTC`, `Z`, `+02:00`, `-0530`; nil for anything else (names of places have rules that change).
  public init?(parsing text: String) {
    let bytes = Array(text.utf8)
    if text == "UTC" || text == "Z" {
      self = .utc
      return
    }
    guard let first = bytes.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return nil }
    let digits = bytes.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 4, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    let numbers = digits.map { Int($0) - 48 }
    let (hours, minutes) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
    guard hours < 24, minutes < 60 else { return nil }
    self.minutes = (first == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
  }
}
