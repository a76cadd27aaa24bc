import Testing

@testable import Memory

struct ByteWindowTests {
  @Test func droppingKeepsTheRestAndItsPlaceInTheInput() {
    var window = ByteWindow()
    window.reset(toInputOffset: 1000)
    window.append((0..<200).map { UInt8($0) })
    window.drop(before: window.start + 150)
    window.append([7, 8])
    #expect(Array(window.storage[window.start..<window.end]) == (150..<200).map { UInt8($0) } + [7, 8])
    #expect(window.inputOffset(at: window.start) == 1150)
    #expect(window.storage.count >= window.end + ByteWindow.padding)
  }

  @Test func utf8IsCheckedAsTheStandardSays() {
    let good: [[UInt8]] = [
      [0x41], [0xC2, 0x80], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC2], [0xE1, 0x80], [0xFF],
    ]
    for before in [0, 3, 8, 13] {
      let prefix = [UInt8](repeating: 0x61, count: before)
      for text in good {
        #expect(ByteScan.firstInvalidUTF8(prefix + text + prefix, in: 0..<before * 2 + text.count) == nil)
      }
      for text in bad {
        #expect(ByteScan.firstInvalidUTF8(prefix + text + prefix, in: 0..<before * 2 + text.count) == before)
      }
    }
  }

  @Test func theStateAfterATextDoesNotDependOnWhereItIsCut() {
    let scan = SeparatorScan(delimiter: 44, quote: 34)
    let pieces = Array("a,\"b\"\"c,\n\",d\"e\n\"\",\"x\"y\"\n,\"\"\"\"\n\"open".utf8)
    var window = ByteWindow()
    for _ in 0..<9 { window.append(pieces) }
    let whole = scan.state(after: window, from: window.start, to: window.end, enteredIn: .rowStart)
    for cut in window.start...window.end {
      let middle = scan.state(after: window, from: window.start, to: cut, enteredIn: .rowStart)
      #expect(scan.state(after: window, from: cut, to: window.end, enteredIn: middle) == whole)
    }
  }
}
