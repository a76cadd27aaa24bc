import Diagnostics
import Yams

/// Finds where the characters of a scalar stand in the file, by walking the written form beside the value.
struct ScalarLocator {
  let file: SourceFile

  /// - Parameter start: where the written form begins: the first character, the quote, or the `|` or `>` of a block.
  func locate(_ value: String, style: Node.Scalar.Style, at start: Int) -> LocatedText {
    let content: Int
    switch style {
    case .literal, .folded: content = file.offset(ofLine: file.line(at: start) + 1)
    case .singleQuoted, .doubleQuoted: content = start + 1
    default: content = start
    }
    var walk = Walk(bytes: file.utf8, position: content)
    for byte in value.utf8 { walk.advance(over: byte) }
    let end = style == .singleQuoted || style == .doubleQuoted ? walk.position + 1 : walk.position
    return LocatedText(
      text: value, file: file, pieces: walk.pieces.isEmpty ? [.init(textOffset: 0, fileOffset: content)] : walk.pieces,
      span: file.span(
        (walk.pieces.isEmpty || style == .singleQuoted || style == .doubleQuoted ? start : walk.pieces[0].fileOffset)..<max(
          end, start)))
  }

  /// Pairs each byte of the value with the next place in the file that holds it; what lies between (indentation,
  /// escapes, folds) is skipped.
  private struct Walk {
    let bytes: [UInt8]
    var position: Int
    var textOffset = 0
    var pieces: [LocatedText.Piece] = []
    private var expected = -1

    init(bytes: [UInt8], position: Int) {
      self.bytes = bytes
      self.position = position
    }

    mutating func advance(over byte: UInt8) {
      var place = position
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
        // A folded line break reads as a space, and an escape as what it stands for: then the value's byte is where
        // we are.
        if place < bytes.count, bytes[place] != byte, bytes[place] != UInt8(ascii: "\n") { place = position }
      } else {
        var probe = position
        while probe < bytes.count, bytes[probe] != byte, Walk.isSkippable(bytes[probe]) { probe += 1 }
        if probe < bytes.count, bytes[probe] == byte { place = probe }
      }
      if place != expected { pieces.append(.init(textOffset: textOffset, fileOffset: min(place, bytes.count))) }
      position = min(place + 1, bytes.count)
      expected = position
      textOffset += 1
    }

    /// Indentation, line ends, and the marks of escapes and doubled quotes.
    private static func isSkippable(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: "\\"),
        UInt8(ascii: "'"):
        true
      default: false
      }
    }
  }
}
