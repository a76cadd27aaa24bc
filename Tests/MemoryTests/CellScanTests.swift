import CScan
import Testing

@testable import Memory

/// Cells one after the other, each ended by a comma, in a padded buffer.
private struct Cells {
  var bytes = [UInt8](repeating: 0, count: ByteWindow.padding)
  var bounds: [UInt32] = [UInt32(ByteWindow.padding - 1)]

  init(_ texts: [String]) {
    for text in texts {
      bytes += Array(text.utf8)
      bounds.append(UInt32(bytes.count))
      bytes.append(UInt8(ascii: ","))
    }
    bytes += [UInt8](repeating: 0, count: ByteWindow.padding)
  }

  /// Runs one of the C loops over all cells; `nil` where it has no value.
  func read<Value: FixedWidthInteger>(
    _ body: (inout weir_cells, UnsafeMutablePointer<Value>, inout weir_unread) -> CInt
  ) -> [Value?] {
    let count = bounds.count - 1
    var values = [Value](repeating: 77, count: count)
    var room = [UInt32](repeating: 0, count: 2 * count)
    var lacking: [Int] = []
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe bounds.withUnsafeBufferPointer { bounds in
        unsafe room.withUnsafeMutableBufferPointer { room in
          unsafe values.withUnsafeMutableBufferPointer { values in
            var cells = unsafe weir_cells(
              bytes: bytes.baseAddress!, bounds: bounds.baseAddress!, stride: 1, rows: nil, count: count,
              first: UInt32(ByteWindow.padding), limit: UInt32(bytes.count - ByteWindow.padding))
            var unread = unsafe weir_unread(
              empty: room.baseAddress!, empty_count: 0, others: room.baseAddress! + count, other_count: 0)
            #expect(unsafe body(&cells, values.baseAddress!, &unread) == 1)
            for place in 0..<(unsafe unread.empty_count) { unsafe lacking.append(Int(unread.empty[place])) }
            for place in 0..<(unsafe unread.other_count) { unsafe lacking.append(Int(unread.others[place])) }
          }
        }
      }
    }
    var result: [Value?] = values.map { $0 }
    for place in lacking {
      #expect(values[place] == 0)
      result[place] = nil
    }
    return result
  }
}

private let implementations = [WEIR_PORTABLE, WEIR_AVX2, WEIR_AVX512].map { CInt($0.rawValue) }

struct CellScanTests {
  /// The coefficient of a plain number, read digit by digit; nil for what no loop may take for one.
  private func coefficient(_ text: String, precision: Int, scale: Int) -> Int64? {
    var rest = Substring(text)
    let isNegative = rest.hasPrefix("-")
    if isNegative { rest.removeFirst() }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0 >= "0" && $0 <= "9" } }) else { return nil }
    let decimals = parts.count == 2 ? String(parts[1]) : ""
    guard !(parts.count == 2 && decimals.isEmpty), !(parts[0] + decimals).isEmpty, decimals.count <= scale else {
      return nil
    }
    let digits = parts[0] + decimals + String(repeating: "0", count: scale - decimals.count)
    var bound: Int128 = 1
    for _ in 0..<precision { bound *= 10 }
    guard let value = Int128(digits), value < bound else { return nil }
    return Int64(isNegative ? -value : value)
  }

  @Test func numbersAreReadAlikeByAllOrLeft() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("0123456789012345678901234567890123456789..--+ ,eE/:")
    for (precision, scale) in [(6, 2), (8, 2), (16, 0), (18, 7), (18, 10), (3, 3), (18, 18), (9, 1)] {
      var texts: [String] = ["", "-", ".", "-.", "0", "-0", "00000000", "99999999", "0.0", "0.00", "1.", ".5", "-.5"]
      for _ in 0..<20_000 {
        let length = Int.random(in: 0...20, using: &random)
        if Bool.random(using: &random) {
          let point = Int.random(in: 0...length, using: &random)
          let digits = (0..<length).map { $0 == point ? "." : String(Int.random(in: 0...9, using: &random)) }
          texts.append((Bool.random(using: &random) ? "-" : "") + digits.joined())
        } else {
          texts.append(String((0..<length).map { _ in alphabet.randomElement(using: &random)! }))
        }
      }
      let cells = Cells(texts)
      let results = implementations.map { implementation in
        unsafe cells.read { (all: inout weir_cells, values: UnsafeMutablePointer<Int64>, unread: inout weir_unread) in
          var form = weir_decimal_form(CInt(precision), CInt(scale), UInt8(ascii: "."))
          return unsafe weir_cells_decimals(&all, &form, values, &unread, implementation)
        }
      }
      var readCount = 0
      for (place, text) in texts.enumerated() {
        guard let value = results[0][place] else { continue }
        readCount += 1
        #expect(value == coefficient(text, precision: precision, scale: scale), "\(text) as \(precision),\(scale)")
      }
      #expect(readCount > 400)
      #expect(results[1] == results[0] && results[2] == results[0])
      for text in ["12", "12.5", "-1.25"] where scale >= 2 && precision >= scale + 2 {
        #expect(results[0][texts.firstIndex(of: text) ?? 4] != nil)
      }
    }
  }

  @Test func onlyDaysThatThereAreAreRead() {
    var random = SystemRandomNumberGenerator()
    var texts: [String] = []
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    var expected: [Int32?] = []
    for _ in 0..<40_000 {
      let (year, month, day) = (
        Int.random(in: 0...9999, using: &random), Int.random(in: 0...13, using: &random),
        Int.random(in: 0...32, using: &random)
      )
      var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      var days: Int32?
      if year > 0, (1...12).contains(month), day > 0, day <= lengths[month - 1] {
        let before = year - 1
        let sinceYearOne = before * 365 + before / 4 - before / 100 + before / 400
        days = Int32(sinceYearOne + lengths.prefix(month - 1).reduce(0, +) + day - 1 - 719_162)
      }
      if Int.random(in: 0..<8, using: &random) == 0 {
        var characters = Array(text)
        characters[Int.random(in: 0..<10, using: &random)] = "/:- a".randomElement(using: &random)!
        if String(characters) != text { days = nil }
        text = String(characters)
      }
      texts.append(text)
      expected.append(days)
    }
    for implementation in implementations {
      let found = unsafe Cells(texts).read {
        (all: inout weir_cells, values: UnsafeMutablePointer<Int32>, unread: inout weir_unread) in
        unsafe weir_cells_dates(&all, values, &unread, implementation)
      }
      #expect(found == expected)
    }
  }

  @Test func cellsOutsideTheBytesAreRefused() {
    let bytes = [UInt8](repeating: UInt8(ascii: "1"), count: 256)
    for bounds in [[63, 300], [10, 70], [80, 70], [UInt32.max, 70]] as [[UInt32]] {
      var value: Int64 = 0
      var room: [UInt32] = [0, 0]
      let answer = unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe bounds.withUnsafeBufferPointer { bounds in
          unsafe room.withUnsafeMutableBufferPointer { room in
            var cells = unsafe weir_cells(
              bytes: bytes.baseAddress!, bounds: bounds.baseAddress!, stride: 1, rows: nil, count: 1, first: 64,
              limit: 192)
            var unread = unsafe weir_unread(
              empty: room.baseAddress!, empty_count: 0, others: room.baseAddress! + 1, other_count: 0)
            var form = weir_decimal_form(6, 2, UInt8(ascii: "."))
            return unsafe weir_cells_decimals(&cells, &form, &value, &unread, CInt(WEIR_BEST.rawValue))
          }
        }
      }
      #expect(answer == 0)
    }
  }
}
