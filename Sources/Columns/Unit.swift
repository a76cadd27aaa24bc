/// A product of named units with whole exponents, such as `USD`, `USD/BTRST` or `1/USD`.
///
/// Units multiply and cancel: USD / (USD/BTRST) is BTRST. A number without a unit has `.none`.
public struct Unit: Hashable, Sendable {
  /// Symbol and exponent (never 0), ordered by symbol.
  private var powers: [Power]

  private struct Power: Hashable, Sendable {
    var symbol: String
    var exponent: Int
  }

  public static let none = Unit(powers: [])

  public init(_ symbol: String) { powers = [Power(symbol: symbol, exponent: 1)] }

  private init(powers: [Power]) { self.powers = powers }

  /// Reads `USD`, `USD/BTRST`, `USD*hours`, `1/USD`; nil where the text is none of these.
  public init?(parsing text: some StringProtocol) {
    var result = Unit.none
    var sign = 1
    var symbol = ""
    func finish(_ result: inout Unit) -> Bool {
      let name = symbol.trimmingSpaces()
      symbol = ""
      if name == "1" { return true }
      guard let first = name.first, first.isLetter || first == "_" || first == "%",
        name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "%" })
      else { return false }
      result = sign > 0 ? result * Unit(name) : result / Unit(name)
      return true
    }
    for character in text {
      if character == "/" || character == "*" {
        guard finish(&result) else { return nil }
        sign = character == "/" ? -1 : 1
      } else {
        symbol.append(character)
      }
    }
    guard finish(&result) else { return nil }
    self = result
  }

  public static func * (left: Unit, right: Unit) -> Unit { left.combined(with: right, sign: 1) }
  public static func / (left: Unit, right: Unit) -> Unit { left.combined(with: right, sign: -1) }

  private func combined(with other: Unit, sign: Int) -> Unit {
    var exponents: [String: Int] = [:]
    for power in powers { exponents[power.symbol, default: 0] += power.exponent }
    for power in other.powers { exponents[power.symbol, default: 0] += sign * power.exponent }
    return Unit(
      powers: exponents.filter { $0.value != 0 }.map { Power(symbol: $0.key, exponent: $0.value) }
        .sorted { $0.symbol < $1.symbol })
  }

  /// The symbols in it, ordered.
  public var symbols: [String] { powers.map(\.symbol) }

  /// The one symbol, where the unit is just that.
  public var singleSymbol: String? { powers.count == 1 && powers[0].exponent == 1 ? powers[0].symbol : nil }
}

extension Unit: CustomStringConvertible {
  /// As a pipeline file writes it; `none` is the empty text.
  public var description: String {
    func spell(_ powers: [Power]) -> [String] {
      powers.flatMap { Array(repeating: $0.symbol, count: abs($0.exponent)) }
    }
    let above = spell(powers.filter { $0.exponent > 0 }).joined(separator: "*")
    let below = spell(powers.filter { $0.exponent < 0 }).map { "/" + $0 }.joined()
    return below.isEmpty ? above : (above.isEmpty ? "1" : above) + below
  }
}

extension StringProtocol {
  func trimmingSpaces() -> String {
    var rest = self[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
