import Testing

@testable import Memory

@Suite struct TextInternerTests {
  @Test func equalTextsGetOneNumberAndOthersTheirOwn() {
    var interner = TextInterner()
    var numbers: [String: Int] = [:]
    for index in 0..<5_000 {
      let text = "text-\(index % 1_000)-\(String(repeating: "x", count: index % 17))"
      let number = interner.intern(Array(text.utf8).span)
      if let known = numbers[text] {
        #expect(number == known)
      } else {
        #expect(number == numbers.count)
        numbers[text] = number
      }
    }
    for (text, number) in numbers {
      #expect(String(decoding: interner.bytes[interner.range(of: number)], as: UTF8.self) == text)
    }
  }

  @Test func aTextThatNeverCameHasNoNumber() {
    var interner = TextInterner()
    _ = interner.intern(Array("paid".utf8).span)
    #expect(interner.number(of: Array("open".utf8).span) == nil)
    #expect(interner.number(of: Array("paid".utf8).span) == 0)
    #expect(interner.number(of: Array("".utf8).span) == nil)
  }
}

@Suite struct ThreadsTests {
  @Test func everyWorkerRunsOnceAndAllAreDoneAtReturn() {
    let tickets = Tickets()
    concurrently(7) { _ in _ = tickets.draw() }
    #expect(tickets.draw() == 7)
  }
}
