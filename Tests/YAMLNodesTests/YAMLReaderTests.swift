import Diagnostics
import Testing
import YAMLNodes

@Suite struct YAMLReaderTests {
  private func read(_ text: String) throws -> DocumentNode {
    try #require(try YAMLReader.read(SourceFile(path: "p.yaml", text: text)))
  }

  private func mistake(_ text: String) -> Diagnostic? {
    do throws(InvalidInput) {
      _ = try YAMLReader.read(SourceFile(path: "p.yaml", text: text))
      return nil
    } catch {
      return error.diagnostics.count == 1 ? error.diagnostics[0] : nil
    }
  }

  /// The word of the scalar under `key` must point at the same word of the file.
  @Test(arguments: [
    "key: houers * rate", "key: \"a houers\"", "key: 'it''s houers'", "key: >\n  a\n  houers b\n",
    "key: |\n  return\n    houers\n", "{ other: ä, key: \"x houers\" }", "other: ü\nkey: é houers # houers",
    "key: \"a\n  b houers\"", "key: |-\n\n  houers",
  ])
  func aWordOfAScalarPointsAtItselfInTheFile(_ text: String) throws {
    let scalar = try #require(try read(text)["key"]?.text)
    let found = try #require(Self.range(of: "houers", in: scalar.text))
    let span = scalar.span(found)
    #expect(span.text == "houers")
    #expect(Self.range(of: "houers", in: text)?.lowerBound == span.range.lowerBound)
  }

  private static func range(of word: String, in text: String) -> Range<Int>? {
    let (bytes, wanted) = (Array(text.utf8), Array(word.utf8))
    return (0...max(bytes.count - wanted.count, 0)).first { Array(bytes[$0...].prefix(wanted.count)) == wanted }
      .map { $0..<$0 + wanted.count }
  }

  @Test func theCoreSchemaHasNoSurprises() throws {
    let root = try read("a: no\nb: true\nc: 010\nd: ~\ne: 'true'\nf: 1.50\ng: on\nh:\ni: \"\"\n")
    #expect(root["a"]?.bool == nil && root["a"]?.text?.text == "no")
    #expect(root["b"]?.bool == true && root["e"]?.bool == nil)
    #expect(root["f"]?.text?.text == "1.50" && root["f"]?.int == nil)
    #expect(root["d"]?.isNull == true && root["h"]?.isNull == true && root["i"]?.isNull == false)
    #expect(root["g"]?.bool == nil && root["c"]?.text?.text == "010")
  }

  @Test func aKeyThatStandsTwiceIsRefused() {
    let found = mistake("a: 1\nb: 2\na: 3\n")
    #expect(found?.code == .duplicateKey)
    #expect(found?.message.contains("'a'") == true)
  }

  @Test func aSyntaxErrorHasItsLine() {
    let found = mistake("weir: 1\nname: [a, b\nx: 2\n")
    #expect(found?.code == .yamlSyntax)
    #expect((found?.span?.line ?? 0) >= 2)
    #expect(mistake("a: *nowhere\n")?.code == .yamlSyntax)
  }

  @Test func aliasesThatMultiplyAreRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...8 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\([String](repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    #expect(mistake(text)?.code == .yamlSyntax)
  }

  @Test func anEmptyFileHasNoDocument() throws {
    #expect(try YAMLReader.read(SourceFile(path: "p.yaml", text: "# nothing\n")) == nil)
  }
}
