import Planning
import Testing

struct RunLogTests {
  /// Which worker said what, and when, leaves no trace.
  @Test func isTheSameHoweverItsLinesAreShared() {
    let said = (0..<3000).map { number in
      (line: 1 + number % 2, text: "\(number % 2 == 0 ? number % 700 : number % 40)")
    }
    let whole = RunLog()
    for (row, entry) in said.enumerated() {
      whole.note(plugin: "p", file: "a.lua", line: entry.line, text: entry.text, position: Int128(row))
    }
    let parts = [RunLog(), RunLog(), RunLog()]
    for (number, (row, entry)) in said.enumerated().shuffled().enumerated() {
      parts[number % 3].note(plugin: "p", file: "a.lua", line: entry.line, text: entry.text, position: Int128(row))
    }
    let merged = RunLog()
    for part in parts.shuffled() { merged.add(part.lines) }
    #expect(merged.lines == whole.lines)
    #expect(whole.lines.reduce(0) { $0 + $1.times } == 3000)
    let first = whole.lines.filter { $0.line == 1 }
    #expect(first.count == RunLog.textsOfAPlace + 1 && first.last?.text == nil)
    let second = whole.lines.filter { $0.line == 2 }
    #expect(second.allSatisfy { $0.times == 75 && $0.text != nil })
    // In the order of the rows that said them first.
    #expect(second.map(\.text).prefix(3) == ["1", "3", "5"] && second.last?.text == "39")
  }
}
