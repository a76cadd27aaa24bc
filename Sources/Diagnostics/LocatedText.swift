/// A text that was taken out of a source file, and where each of its parts stands there.
///
/// What a YAML scalar says and how it is written differ where it is quoted, folded or a block; messages must point at
/// what is written.
public struct LocatedText: Sendable, Equatable {
  public let text: String
  public let file: SourceFile
  /// Where pieces of the text begin in the file: ascending offsets into `text`, each followed without gap until the
  /// next. Never empty.
  public let pieces: [Piece]
  /// The whole scalar as written.
  public let span: SourceSpan

  public struct Piece: Sendable, Equatable {
    public var textOffset: Int
    public var fileOffset: Int

    public init(textOffset: Int, fileOffset: Int) {
      self.textOffset = textOffset
      self.fileOffset = fileOffset
    }
  }

  public init(text: String, file: SourceFile, pieces: [Piece], span: SourceSpan) {
    precondition(!pieces.isEmpty)
    self.text = text
    self.file = file
    self.pieces = pieces
    self.span = span
  }

  /// A text that stands as it is at one place, such as a key.
  public init(_ text: String, at span: SourceSpan) {
    self.init(
      text: text, file: span.file, pieces: [Piece(textOffset: 0, fileOffset: span.range.lowerBound)], span: span)
  }

  /// The whole of a file.
  public init(_ file: SourceFile) {
    self.init(
      text: file.text, file: file, pieces: [Piece(textOffset: 0, fileOffset: 0)], span: file.span(0..<file.utf8.count))
  }

  /// A text that stands nowhere else, such as an argument of a command.
  public init(_ text: String, path: String) { self.init(SourceFile(path: path, text: text)) }

  /// The place in the file of a range of UTF-8 offsets into `text`.
  public func span(_ range: Range<Int>) -> SourceSpan {
    let lower = fileOffset(range.lowerBound)
    let upper = range.isEmpty ? lower : fileOffset(range.upperBound - 1) + 1
    return file.span(lower..<max(lower, upper))
  }

  private func fileOffset(_ offset: Int) -> Int {
    let piece = pieces.last { $0.textOffset <= offset } ?? pieces[0]
    return min(piece.fileOffset + offset - piece.textOffset, max(span.range.upperBound, span.range.lowerBound))
  }
}
