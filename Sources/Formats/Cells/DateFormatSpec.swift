import Columns

/// A pattern for dates and times, or a count since 1970.
///
/// `%d/%m/%Y`, as strftime has it, means `dd/MM/yyyy`.
/// Patterns are made of `yyyy yy MMM MM M dd d HH H hh h mm ss a`; every other character stands for itself. `yy` is 2000 to 2068 and 1969 to 1999
/// (POSIX). `M`, `d`, `H` and `h` take one or two digits, `MMM` an English abbreviation, `a` AM or PM, all without regard to case.
public struct DateFormatSpec: Hashable, Sendable, CustomStringConvertible {
  enum Form: Hashable, Sendable {
    case epochSeconds, epochMilliseconds
    case pattern([Element])
  }

  enum Element: Hashable, Sendable {
    case year, shortYear, monthName
    /// `digits` is 2 for a fixed width and 1 for one or two.
    case month(digits: Int)
    case day(digits: Int)
    case hour(digits: Int)
    case halfDayHour(digits: Int)
    case minute, second, halfDay
    case literal(UInt8)
  }

  let form: Form
  /// As the user wrote it.
  public let description: String

  /// A pattern of strftime in the words of this one.
  private static func translated(_ text: String) -> String {
    let words: [Character: String] = [
      "Y": "yyyy", "y": "yy", "m": "MM", "b": "MMM", "d": "dd", "e": "d", "H": "HH", "I": "hh", "M": "mm", "S": "ss",
      "p": "a", "%": "%",
    ]
    var result = ""
    var isWord = false
    for character in text {
      if isWord {
        result += words[character] ?? "%\(character)"
        isWord = false
      } else if character == "%" {
        isWord = true
      } else {
        result.append(character)
      }
    }
    return result
  }

  /// nil where the pattern names no year, month and day, or names one twice.
  public init?(_ text: String) {
    description = text
    if text == "epoch_s" || text == "epoch_ms" {
      form = text == "epoch_s" ? .epochSeconds : .epochMilliseconds
      return
    }
    let bytes = Array((text.contains("%") ? Self.translated(text) : text).utf8)
    var elements: [Element] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      var length = 1
      while index + length < bytes.count, bytes[index + length] == byte { length += 1 }
      switch (Unicode.Scalar(byte), length) {
      case ("y", 4): elements.append(.year)
      case ("y", 2): elements.append(.shortYear)
      case ("M", 3): elements.append(.monthName)
      case ("M", 1), ("M", 2): elements.append(.month(digits: length))
      case ("d", 1), ("d", 2): elements.append(.day(digits: length))
      case ("H", 1), ("H", 2): elements.append(.hour(digits: length))
      case ("h", 1), ("h", 2): elements.append(.halfDayHour(digits: length))
      case ("m", 2): elements.append(.minute)
      case ("s", 2): elements.append(.second)
      case ("a", 1): elements.append(.halfDay)
      case ("A"..."Z", _), ("a"..."z", _):
        guard byte == UInt8(ascii: "T") || byte == UInt8(ascii: "Z"), length == 1 else { return nil }
        elements.append(.literal(byte))
      default:
        for _ in 0..<length { elements.append(.literal(byte)) }
      }
      index += length
    }
    func count(_ matches: (Element) -> Bool) -> Int { elements.filter(matches).count }
    let years = count { $0 == .year || $0 == .shortYear }
    let months = count { if case .month = $0 { true } else { $0 == .monthName } }
    let days = count { if case .day = $0 { true } else { false } }
    guard years == 1, months == 1, days == 1 else { return nil }
    form = .pattern(elements)
  }

  private static let monthNames: [[UInt8]] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ].map { Array($0.utf8) }

  /// Microseconds since 1970-01-01T00:00 of the clock that the text shows (of UTC, for counts); nil where the text does not follow the pattern.
  func microseconds(_ text: Span<UInt8>) -> Int64? {
    switch form {
    case .epochSeconds: Self.count(text, microsecondsEach: 1_000_000)
    case .epochMilliseconds: Self.count(text, microsecondsEach: 1_000)
    case .pattern(let elements): Self.read(text, elements)
    }
  }

  var isCount: Bool {
    if case .pattern = form { false } else { true }
  }

  /// Whole counts, or with decimals down to the microsecond.
  private static func count(_ text: Span<UInt8>, microsecondsEach: Int64) -> Int64? {
    guard let value = DecimalText.parse(text),
      let whole = DecimalArithmetic.rescaleExactly(value.coefficient, from: value.scale, to: 6)
    else { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: Int128(microsecondsEach))
    guard !overflow, product % 1_000_000 == 0 else { return nil }
    return Int64(exactly: product / 1_000_000)
  }

  private static func read(_ text: Span<UInt8>, _ elements: [Element]) -> Int64? {
    var index = 0
    func number(atLeast least: Int, atMost most: Int) -> Int? {
      var value = 0
      var digits = 0
      while digits < most, index < text.count, text[index] >= 48, text[index] <= 57 {
        value = value * 10 + Int(text[index]) - 48
        index += 1
        digits += 1
      }
      return digits >= least ? value : nil
    }
    var (year, month, day, hour, minute, second) = (0, 0, 0, 0, 0, 0)
    var afternoon: Bool?
    for element in elements {
      switch element {
      case .year:
        guard let value = number(atLeast: 4, atMost: 4) else { return nil }
        year = value
      case .shortYear:
        guard let value = number(atLeast: 2, atMost: 2) else { return nil }
        year = value < 69 ? 2000 + value : 1900 + value
      case .monthName:
        guard index + 3 <= text.count else { return nil }
        let name = (index..<index + 3).map { text[$0] | 0x20 }
        guard let place = monthNames.firstIndex(of: name) else { return nil }
        month = place + 1
        index += 3
      case .month(let digits):
        guard let value = number(atLeast: digits, atMost: 2) else { return nil }
        month = value
      case .day(let digits):
        guard let value = number(atLeast: digits, atMost: 2) else { return nil }
        day = value
      case .hour(let digits):
        guard let value = number(atLeast: digits, atMost: 2), value < 24 else { return nil }
        hour = value
      case .halfDayHour(let digits):
        guard let value = number(atLeast: digits, atMost: 2), (1...12).contains(value) else { return nil }
        hour = value % 12
      case .minute:
        guard let value = number(atLeast: 2, atMost: 2), value < 60 else { return nil }
        minute = value
      case .second:
        guard let value = number(atLeast: 2, atMost: 2), value < 60 else { return nil }
        second = value
      case .halfDay:
        guard index + 2 <= text.count, text[index + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
        let letter = text[index] | 0x20
        guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return nil }
        afternoon = letter == UInt8(ascii: "p")
        index += 2
      case .literal(let byte):
        guard index < text.count, text[index] == byte else { return nil }
        index += 1
      }
    }
    guard index == text.count, let date = CalendarDate(year: year, month: month, day: day) else { return nil }
    if afternoon == true, hour < 12 { hour += 12 }
    return Int64(date.days) * Instant.microsecondsPerDay + Int64((hour * 60 + minute) * 60 + second) * 1_000_000
  }
}
