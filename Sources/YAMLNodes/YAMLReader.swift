import Diagnostics
import Yams

/// Reads the one document of a YAML file into nodes with positions. Tags are not interpreted; anchors and aliases are
/// followed.
public struct YAMLReader {
  private let file: SourceFile
  private let locator: ScalarLocator
  private var nodeCount = 0
  private var bag = DiagnosticBag()

  /// Aliases of aliases can make a small file huge; no pipeline has this many nodes.
  private static let nodeLimit = 200_000

  /// nil for an empty document. Throws the syntax error that stopped the reading, or the traps that the text fell into.
  public static func read(_ file: SourceFile) throws(InvalidInput) -> DocumentNode? {
    var bag = DiagnosticBag()
    let root = try read(file, &bag)
    try bag.throwIfErrors()
    return root
  }

  /// Like `read(_:)`, with the traps reported: what YAML cut at a comma is put together again, so that reading can go
  /// on.
  public static func read(_ file: SourceFile, _ bag: inout DiagnosticBag) throws(InvalidInput) -> DocumentNode? {
    let root: Node?
    do {
      root = try Parser(yaml: file.text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw InvalidInput([diagnostic(for: error, in: file)])
    } catch {
      throw InvalidInput([Diagnostic(.yamlSyntax, "this is not YAML: \(error)", at: file.span(0..<0))])
    }
    guard let root else { return nil }
    var reader = YAMLReader(file: file, locator: ScalarLocator(file: file))
    let node = try reader.node(root)
    bag.report(contentsOf: reader.bag.diagnostics)
    return node
  }

  private init(file: SourceFile, locator: ScalarLocator) {
    self.file = file
    self.locator = locator
  }

  private mutating func node(_ node: Node) throws(InvalidInput) -> DocumentNode {
    nodeCount += 1
    let start = offset(of: node.mark)
    guard nodeCount < Self.nodeLimit else {
      throw InvalidInput([
        Diagnostic(
          .yamlSyntax, "the document has too many nodes (aliases count as often as they are used)",
          at: file.span(start..<start))
      ])
    }
    switch node {
    case .scalar(let scalar):
      let text = locator.locate(scalar.string, style: scalar.style, at: start)
      return DocumentNode(.scalar(text, isPlain: scalar.style == .plain), span: text.span)
    case .sequence(let sequence):
      var items: [DocumentNode] = []
      for item in sequence { items.append(try self.node(item)) }
      return DocumentNode(.sequence(items), span: file.span(start..<start + 1))
    case .mapping(let mapping):
      var entries: [DocumentNode.Entry] = []
      for (key, value) in mapping {
        let keyNode = try self.node(key)
        guard let text = keyNode.text else {
          throw InvalidInput([Diagnostic(.yamlSyntax, "a key must be a word", at: keyNode.span)])
        }
        entries.append(DocumentNode.Entry(key: text.text, keySpan: keyNode.span, value: try self.node(value)))
      }
      // The style that Yams gives is that of the mapping's end, so the text decides.
      if start < file.utf8.count, file.utf8[start] == UInt8(ascii: "{") {
        entries = FlowTrap.rejoined(entries, in: file, &bag)
      }
      return DocumentNode(.mapping(entries), span: file.span(start..<start + 1))
    case .alias:
      throw InvalidInput([Diagnostic(.yamlSyntax, "this alias has no anchor", at: file.span(start..<start))])
    }
  }

  private func offset(of mark: Mark?) -> Int { mark.map { Self.offset(of: $0, in: file) } ?? 0 }

  /// libYAML counts columns in Unicode scalars.
  private static func offset(of mark: Mark, in file: SourceFile) -> Int {
    let lineStart = file.offset(ofLine: mark.line)
    let line = file.text(ofLine: mark.line).unicodeScalars
    return lineStart + line.prefix(max(mark.column - 1, 0)).reduce(0) { $0 + UTF8.width($1) }
  }

  /// Where a key stands again: in a later line at the same column, or later in the line.
  private static func secondPlace(of key: String, after mark: Mark, in file: SourceFile) -> Int {
    let first = offset(of: mark, in: file)
    let key = Array(key.utf8) + [UInt8(ascii: ":")]
    let column = first - file.offset(ofLine: mark.line)
    func stands(at place: Int) -> Bool {
      place + key.count <= file.utf8.count && Array(file.utf8[place..<place + key.count]) == key
    }
    let lineEnd = file.offset(ofLine: mark.line + 1)
    for place in (first + 1)..<max(lineEnd, first + 1) where stands(at: place) { return place }
    var line = mark.line + 1
    while file.offset(ofLine: line) < file.utf8.count {
      let place = file.offset(ofLine: line) + column
      if stands(at: place), file.utf8[file.offset(ofLine: line)..<place].allSatisfy({ $0 == 32 }) { return place }
      line += 1
    }
    return first
  }

  private static func diagnostic(for error: YamlError, in file: SourceFile) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = offset(of: mark, in: file)
      let lead = context.map { "\($0.text) (line \($0.mark.line)): " } ?? ""
      return Diagnostic(
        .yamlSyntax, "\(lead)\(problem)", at: file.span(place..<place + 1), help: FlowTrap.help(in: file, near: place))
    case .duplicatedKeysInMapping(let keys, let context):
      let name = keys.first ?? ""
      let place = secondPlace(of: name, after: context.mark, in: file)
      return Diagnostic(
        .duplicateKey, "key '\(name)' is twice in this mapping", at: file.span(place..<place + name.utf8.count),
        help: "keep one of them")
    case .reader(let problem, let offset, _, _):
      let place = offset ?? 0
      return Diagnostic(.yamlSyntax, "the file is not UTF-8 text: \(problem)", at: file.span(place..<place))
    default:
      return Diagnostic(.yamlSyntax, "this is not YAML: \(error)", at: file.span(0..<0))
    }
  }
}
