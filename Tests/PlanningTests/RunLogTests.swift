import Planning
import Testing

struct RunLogTests {
  /// Which worker said what, and when, leaves no trace.
  @Test func isTheSameHoweverItsLinesAreShared() {
    let said = (0..<3000).map { number in
      (line: 1 + number % 2, text: "\(number % 2 == 0 ? number % 700 : number % 40)")
    }
    let whole = RunLog()
    for entry in said { whole.note(plugin: "p", file: "a.lua", line: entry.line, text: entry.text) }
    let parts = [RunLog(), RunLog(), RunLog()]
    for (number, entry) in said.shuffled().enumerated() {
      parts[number % 3].note(plugin: "p", file: "a.lua", line: entry.line, text: entry.text)
    }
    let merged = RunLog()
    for part in parts.shuffled() { merged.add(part.lines) }
    #expect(merged.lines == whole.lines)
    #expect(whole.lines.reduce(0) { $0 + $1.times } == 3000)
    let first = whole.lines.filter { $0.line == 1 }
    #expect(first.count == RunLog.textsOfAPlace + 1 && first.last?.text == nil)
    #expect(whole.lines.filter { $0.line == 2 }.allSatisfy { $0.times == 75 && $0.text != nil })
  }
}
