/// A text that a person wrote, kept whole so that messages can quote it.
///
/// Offsets are UTF-8 byte offsets from 0; lines and columns count from 1, columns in characters.
public final class SourceFile: Sendable, Equatable {
  /// The path as the user would type it.
  public let path: String
  public let utf8: [UInt8]
  private let lineStarts: [Int]

  public init(path: String, text: String) {
    self.path = path
    self.utf8 = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in utf8.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    self.lineStarts = starts
  }

  public var text: String { String(decoding: utf8, as: UTF8.self) }

  public static func == (left: SourceFile, right: SourceFile) -> Bool { left === right }

  public func span(_ range: Range<Int>) -> SourceSpan {
    let upper = min(max(range.upperBound, 0), utf8.count)
    return SourceSpan(file: self, range: min(max(range.lowerBound, 0), upper)..<upper)
  }

  /// The line that holds `offset`, from 1.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The offset at which a line (from 1) begins; the end of the text where there is no such line.
  public func offset(ofLine line: Int) -> Int {
    line >= 1 && line <= lineStarts.count ? lineStarts[line - 1] : utf8.count
  }

  /// The column of `offset` in characters, from 1.
  public func column(at offset: Int) -> Int {
    characters(in: self.offset(ofLine: line(at: offset))..<max(offset, self.offset(ofLine: line(at: offset)))) + 1
  }

  /// The text of a line (from 1) without its end.
  public func text(ofLine line: Int) -> String {
    let start = offset(ofLine: line)
    var end = offset(ofLine: line + 1)
    while end > start, utf8[end - 1] == UInt8(ascii: "\n") || utf8[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }

  public func text(in range: Range<Int>) -> String {
    String(decoding: utf8[range.clamped(to: 0..<utf8.count)], as: UTF8.self)
  }

  func characters(in range: Range<Int>) -> Int { text(in: range).count }
}

/// A place in a source file: what a message points at.
public struct SourceSpan: Sendable, Equatable {
  public let file: SourceFile
  /// UTF-8 byte offsets.
  public let range: Range<Int>

  public init(file: SourceFile, range: Range<Int>) {
    self.file = file
    self.range = range
  }

  public var line: Int { file.line(at: range.lowerBound) }
  public var column: Int { file.column(at: range.lowerBound) }
  public var text: String { file.text(in: range) }

  /// `path:line:column`
  public var description: String { "\(file.path):\(line):\(column)" }

  /// The span from the start of this to the end of another in the same file.
  public func joined(with other: SourceSpan) -> SourceSpan {
    file.span(min(range.lowerBound, other.range.lowerBound)..<max(range.upperBound, other.range.upperBound))
  }
}
