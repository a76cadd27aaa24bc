/// Times written as RFC 3339 has them, `T` or a space between, with seconds: as microseconds since 1970-01-01T00:00:00Z.
struct TimestampKernel: CellKernel {
  static var zero: Int64 { 0 }

  /// Of the zone that applies where the cell names none.
  let offsetMinutes: Int

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int64? {
    guard length >= 19, let days = unsafe ISODateKernel().parse(start, 10) else { return nil }
    let mark = unsafe start[10]
    guard mark == UInt8(ascii: "T") || mark == UInt8(ascii: " ") else { return nil }
    // "HH:MM:SS" as values: digits at most 9, colons 0.
    let clock = unsafe EightBytes.load(start + 11) ^ 0x3030_3A30_303A_3030
    guard ((clock &+ 0x7676_7F76_767F_7676) | clock) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = clock &* 10 &+ (clock >> 8)
    let (hour, minute, second) = ((pairs & 0xFF), (pairs >> 24) & 0xFF, (pairs >> 48) & 0xFF)
    guard hour < 24, minute < 60, second < 60 else { return nil }
    var time = Int64(days) &* 86_400_000_000
    time &+= Int64(hour &* 3600 &+ minute &* 60 &+ second) &* 1_000_000
    var index = 19
    if length > 19, unsafe start[19] == UInt8(ascii: ".") {
      var unit: Int64 = 100_000
      index = 20
      while index < length, unsafe start[index] &- 48 < 10, unit > 0 {
        time &+= Int64(unsafe start[index] &- 48) &* unit
        unit /= 10
        index &+= 1
      }
      // No digit at all, or more than six, is for the slow reader.
      if unit == 100_000 { return nil }
      if index < length, unsafe start[index] &- 48 < 10 { return nil }
    }
    return unsafe zone(start + index, length &- index, time)
  }

  /// The time in UTC; nil where the zone has a form of its own, or could lead out of the years 1 to 9999.
  @inline(__always)
  private func zone(_ start: UnsafePointer<UInt8>, _ length: Int, _ local: Int64) -> Int64? {
    if length == 1, unsafe start[0] == UInt8(ascii: "Z") { return local }
    var minutes = offsetMinutes
    if length == 6 {
      let sign = unsafe start[0]
      // "hh:mm" as values, in the low five bytes.
      let digits = (unsafe EightBytes.load(start + 1) ^ 0x30_303A_3030) & 0xFF_FFFF_FFFF
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
        ((digits &+ 0x76_767F_7676) | digits) & 0x80_8080_8080 == 0
      else { return nil }
      let pairs = digits &* 10 &+ (digits >> 8)
      let (hour, minute) = (Int(pairs & 0xFF), Int((pairs >> 24) & 0xFF))
      guard hour < 24, minute < 60 else { return nil }
      minutes = (hour &* 60 &+ minute) &* (sign == UInt8(ascii: "-") ? -1 : 1)
    } else if length != 0 {
      return nil
    }
    if minutes == 0 { return local }
    let time = local &- Int64(minutes) &* 60_000_000
    return time >= Self.first && time < Self.end ? time : nil
  }

  /// 0001-01-01 and 10000-01-01.
  private static let first: Int64 = -719_162 * 86_400_000_000
  private static let end: Int64 = 2_932_897 * 86_400_000_000
}

/// `true` and `false`, also in capitals.
struct BoolKernel: CellKernel {
  static var zero: Bool { false }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Bool? {
    guard length == 4 || length == 5 else { return nil }
    let word = unsafe EightBytes.load(start) & (length == 4 ? 0xFFFF_FFFF : 0xFF_FFFF_FFFF)
    switch word {
    case 0x6575_7274, 0x4555_5254, 0x6575_7254: return true  // true, TRUE, True
    case 0x65_736C_6166, 0x45_534C_4146, 0x65_736C_6146: return false  // false, FALSE, False
    default: return nil
    }
  }
}
