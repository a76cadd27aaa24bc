import Columns
import Diagnostics

/// What one cell turned out to be.
enum CellOutcome<Value> {
  case value(Value)
  case missing
  case bad(DiagnosticCode, String)

  func map<Other>(_ change: (Value) -> Other) -> CellOutcome<Other> {
    switch self {
    case .value(let value): .value(change(value))
    case .missing: .missing
    case .bad(let code, let message): .bad(code, message)
    }
  }
}

/// Reads single cells of a column by the rules of its options: the slow twin of the kernels, which decides whatever they leave.
struct CellReader: Sendable {
  let reading: ColumnReading
  private let missing: [[UInt8]]
  private let emptyIsMissing: Bool

  init(_ reading: ColumnReading) {
    self.reading = reading
    missing = reading.missing.filter { !$0.isEmpty }.map { Array($0.utf8) }
    emptyIsMissing = reading.missing.contains("")
  }

  /// Whether only the empty cell is missing, as kernels take it.
  var hasPlainMissing: Bool { missing.isEmpty && emptyIsMissing }

  /// Whether the text stands for a missing value. An empty cell in quotes is the empty text of a string.
  func isMissing(_ text: Span<UInt8>, isQuoted: Bool) -> Bool {
    if text.count == 0 { return emptyIsMissing && !(isQuoted && reading.type.data == .string) }
    for token in missing where token.count == text.count {
      if token.indices.allSatisfy({ token[$0] == text[$0] }) { return true }
    }
    return false
  }

  func read<Value>(
    _ text: Span<UInt8>, isQuoted: Bool, _ value: (Span<UInt8>) -> CellOutcome<Value>
  ) -> CellOutcome<Value> {
    if isMissing(text, isQuoted: isQuoted) {
      return reading.type.isNullable ? .missing : .bad(.missingValue, "\(reading.name) has no value")
    }
    return value(text)
  }

  private func bad<Value>(_ text: Span<UInt8>, _ what: String) -> CellOutcome<Value> {
    .bad(.badCell, "\(quoted(text)) \(what)")
  }

  func bool(_ text: Span<UInt8>) -> CellOutcome<Bool> {
    switch string(text) {
    case "true", "TRUE", "True": .value(true)
    case "false", "FALSE", "False": .value(false)
    default: bad(text, "is neither true nor false")
    }
  }

  func int(_ text: Span<UInt8>) -> CellOutcome<Int64> {
    guard let digits = withoutThousands(text) else { return bad(text, "is not a whole number") }
    let span = digits.span
    var index = 0
    let negative = span.count > 0 && span[0] == UInt8(ascii: "-")
    if negative || (span.count > 0 && span[0] == UInt8(ascii: "+")) { index = 1 }
    guard index < span.count else { return bad(text, "is not a whole number") }
    var value: Int64 = 0
    while index < span.count {
      guard span[index] >= 48, span[index] <= 57 else { return bad(text, "is not a whole number") }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(span[index]) - 48
      let (sum, carry) = negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || carry { return bad(text, "does not fit into 64 bits") }
      value = sum
      index += 1
    }
    return .value(value)
  }

  /// A coefficient of the column's scale.
  func decimal(_ text: Span<UInt8>, precision: Int, scale: Int) -> CellOutcome<Int128> {
    guard let plain = withoutThousands(text) else { return bad(text, "is not a number") }
    let span = plain.span
    var index = 0
    let negative = span.count > 0 && span[0] == UInt8(ascii: "-")
    if negative || (span.count > 0 && span[0] == UInt8(ascii: "+")) { index = 1 }
    var coefficient: Int128 = 0
    var (digits, decimals, lost) = (0, 0, 0)
    var seenPoint = false
    var chunk: UInt64 = 0
    var chunkPower: Int128 = 1
    var tooLong = false
    while index < span.count {
      let byte = span[index]
      index += 1
      if byte == reading.decimalPoint, !seenPoint {
        seenPoint = true
        continue
      }
      guard byte >= 48, byte <= 57 else { return bad(text, notANumber(span)) }
      digits += 1
      if seenPoint {
        decimals += 1
        if byte != 48 { lost = decimals }
        if decimals > scale { continue }
      }
      chunk = chunk * 10 + UInt64(byte - 48)
      chunkPower *= 10
      if chunkPower == 1_000_000_000_000_000_000 {
        tooLong = tooLong || !append(chunk, chunkPower, to: &coefficient)
        (chunk, chunkPower) = (0, 1)
      }
    }
    guard digits > 0, !(seenPoint && decimals == 0) else { return bad(text, notANumber(span)) }
    if lost > scale { return bad(text, "has \(lost) decimals where \(reading.name) has \(scale)") }
    tooLong = tooLong || !append(chunk, chunkPower, to: &coefficient)
    if !tooLong, decimals < scale {
      if let scaled = DecimalArithmetic.multiply(coefficient, DecimalArithmetic.powerOfTen(scale - decimals)) {
        coefficient = scaled
      } else {
        tooLong = true
      }
    }
    if tooLong || (precision < 38 && coefficient >= DecimalArithmetic.powerOfTen(precision)) {
      return bad(text, "has more digits than \(reading.name), a decimal(\(precision),\(scale)), can hold")
    }
    return .value(negative ? -coefficient : coefficient)
  }

  private func append(_ chunk: UInt64, _ power: Int128, to coefficient: inout Int128) -> Bool {
    guard let shifted = DecimalArithmetic.multiply(coefficient, power),
      let sum = DecimalArithmetic.add(shifted, Int128(chunk))
    else { return false }
    coefficient = sum
    return true
  }

  func float(_ text: Span<UInt8>) -> CellOutcome<Double> {
    // Only digits, sign, point and exponent may reach the parser: it also knows nan, inf and hexadecimal.
    guard let plain = withoutThousands(text) else { return bad(text, "is not a number") }
    var characters = plain
    for index in characters.indices {
      let byte = characters[index]
      if byte == reading.decimalPoint {
        characters[index] = UInt8(ascii: ".")
      } else if !(byte >= 48 && byte <= 57 || byte | 0x20 == UInt8(ascii: "e") || byte == 43 || byte == 45) {
        return bad(text, notANumber(plain.span))
      }
    }
    guard let value = Double(String(decoding: characters, as: UTF8.self)) else {
      return bad(text, notANumber(plain.span))
    }
    return value.isFinite ? .value(value) : bad(text, "is too large for a float")
  }

  func date(_ text: Span<UInt8>) -> CellOutcome<Int32> {
    guard let format = reading.format else {
      if let date = CalendarDate(iso: text) { return .value(date.days) }
      return bad(text, "is not a date of the form yyyy-MM-dd")
    }
    guard let time = format.microseconds(text) else { return bad(text, "is not a date of the form \(format)") }
    let shift = format.isCount ? Int64(reading.zone.minutes) * 60_000_000 : 0
    let (local, overflow) = time.addingReportingOverflow(shift)
    guard !overflow, isWithinCalendar(local) else { return bad(text, "is not within the years 1 to 9999") }
    return .value(Instant(microseconds: local).date.days)
  }

  func timestamp(_ text: Span<UInt8>) -> CellOutcome<Int64> {
    var time: Int64?
    if let format = reading.format {
      time = format.microseconds(text)
      if let read = time, !format.isCount {
        let (utc, overflow) = read.subtractingReportingOverflow(Int64(reading.zone.minutes) * 60_000_000)
        time = overflow ? nil : utc
      }
      if time == nil { return bad(text, "is not a time of the form \(format)") }
    } else {
      time = Instant(rfc3339: text, offsetMinutes: reading.zone.minutes)?.microseconds
    }
    guard let time else { return bad(text, "is not a time of the form yyyy-MM-ddTHH:mm:ssZ") }
    return isWithinCalendar(time) ? .value(time) : bad(text, "is not within the years 1 to 9999")
  }

  private func isWithinCalendar(_ microseconds: Int64) -> Bool {
    let first = Int64(CalendarDate.earliest.days) * Instant.microsecondsPerDay
    let end = (Int64(CalendarDate.latest.days) + 1) * Instant.microsecondsPerDay
    return microseconds >= first && microseconds < end
  }

  /// The digits without the marks between thousands, which must stand before groups of three; nil where they do not.
  private func withoutThousands(_ text: Span<UInt8>) -> [UInt8]? {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    guard let mark = reading.thousands else {
      for index in text.indices { plain.append(text[index]) }
      // Only columns of JSON have a path.
      return reading.path.isEmpty ? plain : JSONExponent.plain(plain)
    }
    var digits = 0
    var marks = 0
    var ended = false
    for index in text.indices {
      let byte = text[index]
      if byte == mark, !ended {
        guard marks == 0 ? (1...3).contains(digits) : digits == 3 else { return nil }
        marks += 1
        digits = 0
        continue
      }
      if byte >= 48, byte <= 57 {
        digits += 1
      } else if byte == reading.decimalPoint {
        guard marks == 0 || digits == 3 else { return nil }
        ended = true
      }
      plain.append(byte)
    }
    return marks == 0 || ended || digits == 3 ? plain : nil
  }

  /// What stands in the way of reading a number, as precisely as can be said.
  private func notANumber(_ text: Span<UInt8>) -> String {
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): return "has spaces where \(reading.name) takes a number"
      case UInt8(ascii: ","), UInt8(ascii: "_"), UInt8(ascii: "'"):
        return "is not a number; the column's options thousands and decimal_point say how its marks are read"
      default: continue
      }
    }
    return "is not a number"
  }

  private func string(_ text: Span<UInt8>) -> String {
    String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
  }

  private func quoted(_ text: Span<UInt8>) -> String { CellText.shown(string(text)) }
}

/// Cells as messages show them.
enum CellText {
  /// In quotes, cut at 60 characters, without line breaks.
  static func shown(_ text: String) -> String {
    let flat = String(text.map { $0.isNewline ? " " : $0 })
    return flat.count > 60 ? "'\(flat.prefix(59))…'" : "'\(flat)'"
  }
}
