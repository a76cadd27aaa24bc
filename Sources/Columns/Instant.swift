/// A point in time, as microseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static let microsecondsPerDay: Int64 = 86_400_000_000

  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  /// The day in UTC.
  public var date: CalendarDate {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
    return CalendarDate(days: Int32(truncatingIfNeeded: remainder < 0 ? quotient - 1 : quotient))
  }
}

extension Instant: CustomStringConvertible, LosslessStringConvertible {
  /// RFC 3339 in UTC, with as many digits of the second as it has: `2021-09-15T08:30:00.5Z`.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func append(to bytes: inout [UInt8]) {
    date.append(to: &bytes)
    let inDay = Int(microseconds - Int64(date.days) * Self.microsecondsPerDay)
    func twoDigits(_ value: Int, before mark: Unicode.Scalar) {
      bytes.append(UInt8(ascii: mark))
      bytes.append(UInt8(ascii: "0") + UInt8(value / 10))
      bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
    twoDigits(inDay / 3_600_000_000, before: "T")
    twoDigits(inDay / 60_000_000 % 60, before: ":")
    twoDigits(inDay / 1_000_000 % 60, before: ":")
    var fraction = inDay % 1_000_000
    if fraction > 0 {
      bytes.append(UInt8(ascii: "."))
      var divisor = 100_000
      while fraction > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor))
        fraction %= divisor
        divisor /= 10
      }
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Reads RFC 3339 and its common looser forms: `T` or a space between, seconds and fraction optional, `Z`,
  /// `±hh:mm`, `±hhmm` or no zone (UTC).
  public init?(_ text: String) {
    guard let instant = Instant(rfc3339: Array(text.utf8).span) else { return nil }
    self = instant
  }

  /// Reads RFC 3339 and its common looser forms; digits past the microsecond must be zeros.
  ///
  /// - Parameter offsetMinutes: of the zone that applies where the text names none.
  public init?(rfc3339 text: Span<UInt8>, offsetMinutes: Int = 0) {
    guard text.count >= 10, let date = CalendarDate(iso: text.extracting(0..<10)) else { return nil }
    var index = 10
    func number(_ digits: Int) -> Int? {
      guard index + digits <= text.count else { return nil }
      var value = 0
      for _ in 0..<digits {
        let digit = Int(text[index]) - 48
        guard digit >= 0, digit <= 9 else { return nil }
        value = value * 10 + digit
        index += 1
      }
      return value
    }
    func skip(_ byte: Unicode.Scalar) -> Bool {
      guard index < text.count, text[index] == UInt8(ascii: byte) else { return false }
      index += 1
      return true
    }
    var inDay: Int64 = 0
    if index < text.count {
      guard skip("T") || skip("t") || skip(" "), let hour = number(2), hour < 24, skip(":"), let minute = number(2),
        minute < 60
      else { return nil }
      inDay = Int64(hour) * 3_600_000_000 + Int64(minute) * 60_000_000
      if skip(":") {
        guard let second = number(2), second < 60 else { return nil }
        inDay += Int64(second) * 1_000_000
        if skip(".") {
          var unit: Int64 = 100_000
          var digits = 0
          while index < text.count, let digit = number(1) {
            digits += 1
            guard unit > 0 || digit == 0 else { return nil }
            inDay += Int64(digit) * unit
            unit /= 10
          }
          guard digits > 0 else { return nil }
        }
      }
    }
    var offset = offsetMinutes
    if skip(" "), index == text.count { return nil }
    if skip("Z") || skip("z") {
      offset = 0
    } else if index < text.count {
      let negative = text[index] == UInt8(ascii: "-")
      guard negative || text[index] == UInt8(ascii: "+") else {
        guard text.count - index == 3, text[index] == UInt8(ascii: "U"), text[index + 1] == UInt8(ascii: "T"),
          text[index + 2] == UInt8(ascii: "C")
        else { return nil }
        self.init(microseconds: Int64(date.days) * Self.microsecondsPerDay + inDay)
        return
      }
      index += 1
      guard let hours = number(2), hours < 24 else { return nil }
      _ = skip(":")
      let minutes = index < text.count ? number(2) : 0
      guard let minutes, minutes < 60 else { return nil }
      offset = (negative ? -1 : 1) * (hours * 60 + minutes)
    }
    guard index == text.count else { return nil }
    self.init(microseconds: Int64(date.days) * Self.microsecondsPerDay + inDay - Int64(offset) * 60_000_000)
  }
}
