import Columns

/// What an expression of a generated rule is: the types of columns, with money apart from plain decimals.
enum Kind: String, CaseIterable {
  case bool, int, float, decimal, money, string, date, timestamp, list
}

/// A part of a rule's text: characters, or something that can be made smaller on its own.
indirect enum Piece {
  case text(String)
  case term(Term)
  case block([Statement])
}

/// An expression of one kind.
struct Term {
  var kind: Kind
  var pieces: [Piece]
  /// Plain Lua, in which the stock interpreter must agree.
  var isStock = true

  init(_ kind: Kind, _ text: String, isStock: Bool = true) {
    self.kind = kind
    self.pieces = [.text(text)]
    self.isStock = isStock
  }

  /// - Parameter template: the text, with a `@` for each of the parts.
  init(_ kind: Kind, _ template: String, _ parts: [Term], isStock: Bool = true) {
    self.kind = kind
    self.pieces = Piece.filled(template, parts.map { .term($0) })
    self.isStock = isStock && parts.allSatisfy(\.isStock)
  }

  var text: String { pieces.map(\.text).joined() }
}

struct Statement {
  var pieces: [Piece]
  var isStock = true

  init(_ template: String, _ parts: [Piece] = []) {
    pieces = Piece.filled(template, parts)
    isStock = parts.allSatisfy {
      switch $0 {
      case .text: true
      case .term(let term): term.isStock
      case .block(let statements): statements.allSatisfy(\.isStock)
      }
    }
  }

  var text: String { pieces.map(\.text).joined() }
}

extension Piece {
  static func filled(_ template: String, _ parts: [Piece]) -> [Piece] {
    let texts = template.split(separator: "@", omittingEmptySubsequences: false)
    precondition(texts.count == parts.count + 1, "\(template) has another number of parts than \(parts.count)")
    var pieces: [Piece] = [.text(String(texts[0]))]
    for (part, text) in zip(parts, texts.dropFirst()) { pieces += [part, .text(String(text))] }
    return pieces
  }

  var text: String {
    switch self {
    case .text(let text): text
    case .term(let term): term.text
    case .block(let statements): statements.map { "\($0.text)\n" }.joined()
    }
  }
}

/// A rule: a metric's value over a row, a fee rule with terms, or a function of its inputs.
struct Rule {
  enum Form: String {
    case metric = "metrics"
    case fee = "fees"
    case function = "functions"
  }

  var form: Form
  var body: [Statement]
  /// What a metric or a function declares; nil where the type follows from the code.
  var returns: String?
  /// Of a fee rule: what comes after `versions`.
  var rest = ""
  var versions = ""

  var isStock: Bool { form == .metric && returns == nil && body.allSatisfy(\.isStock) }

  var bodyText: String { body.map { "    \($0.text)\n" }.joined() }

  /// The inputs: what the body reads, and the date that decides the version.
  var columns: [RuleColumn] {
    let text = bodyText
    return RuleColumn.all.filter { column in
      (form == .fee && column.name == "d") || Self.reads(text, column.name)
    }
  }

  private static func reads(_ text: String, _ name: String) -> Bool {
    text.ranges(of: "row.\(name)").contains { range in
      guard range.upperBound < text.endIndex else { return true }
      let next = text[range.upperBound]
      return !(next.isLetter || next.isNumber || next == "_")
    }
  }

  /// What `plugin.yaml` says of settings.
  static let settings = """
    settings:
      most: { type: decimal USD, default: "99.50" }
      part: { type: float, default: 0.125 }
      times: { type: int, default: 3 }
      word: { type: string, default: paid }
      from: { type: date, default: 2024-02-29 }

    """

  /// Locals of the file that rules read.
  static let upvalues = """
    local COUNT, SHARE, LABEL = 3, 0.25, "tier"
    local RATES = { 0.05, 0.1, 2 }
    local STEPS = { 1, 2, 3 }
    local function half(x) return x / 2 end
    local function least(x, y)
      local small = x
      if y < x then small = y end
      return small, "least"
    end
    local TIERS = { { up_to = 100, rate = 0.1 }, { up_to = 1000.5, rate = 0.05 }, { rate = 0.01 } }
    """

  /// The Lua file.
  var file: String {
    let used = columns.isEmpty ? [RuleColumn.all[0]] : columns
    let inputs = used.map { "\($0.name) = \"\($0.type)\"" }.joined(separator: ", ")
    switch form {
    case .metric:
      return """
        \(Self.upvalues)
        return metric {
          name = "rule", inputs = { \(inputs) }, aggregate = "count",\(returns.map { " returns = \"\($0)\"," } ?? "")
          value = function(row)
        \(bodyText)  end,
        }
        """
    case .function:
      return """
        \(Self.upvalues)
        return func {
          name = "rule", inputs = { \(inputs) }, returns = "\(returns ?? "")",
          value = function(\(used.map(\.name).joined(separator: ", ")))
        \(bodyText.replacing("row.", with: ""))  end,
        }
        """
    case .fee:
      return """
        \(Self.upvalues)
        return fee_rule {
          name = "rule", inputs = { \(inputs) }, priced_by = "d", unit = "USD",
          versions = { \(versions) },\(rest)
          fee = function(row, terms)
        \(bodyText)  end,
        }
        """
    }
  }
}
