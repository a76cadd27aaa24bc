/// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
///
/// Conversions follow Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Years 0001 to 9999 are written
/// and read.
public struct CalendarDate: Hashable, Comparable, Sendable {
  public let days: Int32

  public init(days: Int32) { self.days = days }

  /// nil where there is no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...9999).contains(year), day >= 1, day <= Self.daysIn(month: month, year: year)
    else { return nil }
    self.init(days: Int32(Self.days(year: year, month: month, day: day)))
  }

  public static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.days < right.days }

  public static let earliest = CalendarDate(days: Int32(days(year: 1, month: 1, day: 1)))
  public static let latest = CalendarDate(days: Int32(days(year: 9999, month: 12, day: 31)))

  public struct Parts: Hashable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int
  }

  public var parts: Parts {
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return Parts(year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: day)
  }

  /// Days since the epoch of a day that exists.
  public static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Monday is 1, Sunday 7 (ISO 8601).
  public var isoWeekday: Int { (((Int(days) + 3) % 7) + 7) % 7 + 1 }

  public var firstOfMonth: CalendarDate {
    let parts = parts
    return CalendarDate(days: days - Int32(parts.day - 1))
  }

  public var lastOfMonth: CalendarDate {
    let parts = parts
    return CalendarDate(days: days + Int32(Self.daysIn(month: parts.month, year: parts.year) - parts.day))
  }

  /// The first day of the quarter, for a year that begins with `firstMonth`.
  public func firstOfQuarter(firstMonth: Int = 1) -> CalendarDate {
    let parts = parts
    return firstOfMonth.addingMonths(-(((parts.month - firstMonth) % 12 + 12) % 12 % 3))
  }

  /// The first day of the year that begins with `firstMonth`.
  public func firstOfYear(firstMonth: Int = 1) -> CalendarDate {
    let parts = parts
    return firstOfMonth.addingMonths(-(((parts.month - firstMonth) % 12 + 12) % 12))
  }

  /// The first day of the week that begins on `firstWeekday` (Monday 1 to Sunday 7).
  public func firstOfWeek(firstWeekday: Int = 1) -> CalendarDate {
    CalendarDate(days: days - Int32(((isoWeekday - firstWeekday) % 7 + 7) % 7))
  }

  /// The same day so many months later; the last day of the month where it has no such day.
  public func addingMonths(_ months: Int) -> CalendarDate {
    let parts = parts
    let index = parts.year * 12 + (parts.month - 1) + months
    let year = index >= 0 ? index / 12 : (index - 11) / 12
    let month = index - year * 12 + 1
    let day = min(parts.day, Self.daysIn(month: month, year: year))
    return CalendarDate(days: Int32(Self.days(year: year, month: month, day: day)))
  }

  /// Whole months from `start` to `self`: 31 January to 28 February is 0, to 1 March 1; negative backwards.
  public func wholeMonths(since start: CalendarDate) -> Int {
    if self < start { return -start.wholeMonths(since: self) }
    let (from, to) = (start.parts, parts)
    let months = (to.year - from.year) * 12 + to.month - from.month
    return to.day < from.day ? months - 1 : months
  }
}

extension CalendarDate: CustomStringConvertible, LosslessStringConvertible {
  /// ISO 8601: `2026-10-31`.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func append(to bytes: inout [UInt8]) {
    let parts = parts
    func digits(_ value: Int, _ count: Int) {
      var divisor = count == 4 ? 1000 : 10
      while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
    digits(parts.year, 4)
    bytes.append(UInt8(ascii: "-"))
    digits(parts.month, 2)
    bytes.append(UInt8(ascii: "-"))
    digits(parts.day, 2)
  }

  /// Reads exactly `YYYY-MM-DD`.
  public init?(_ text: String) {
    guard let date = CalendarDate(iso: Array(text.utf8).span) else { return nil }
    self = date
  }

  /// Reads exactly `YYYY-MM-DD`.
  public init?(iso text: Span<UInt8>) {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
    var numbers = (0, 0, 0)
    for index in 0..<10 where index != 4 && index != 7 {
      let digit = Int(text[index]) - 48
      guard digit >= 0, digit <= 9 else { return nil }
      if index < 4 {
        numbers.0 = numbers.0 * 10 + digit
      } else if index < 7 {
        numbers.1 = numbers.1 * 10 + digit
      } else {
        numbers.2 = numbers.2 * 10 + digit
      }
    }
    self.init(year: numbers.0, month: numbers.1, day: numbers.2)
  }
}
