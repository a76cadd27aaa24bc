extension RuleGenerator {
  mutating func decimal(_ depth: Int) -> Term {
    switch random.below(16) {
    case 14: return exact(random.pick(["(@ or 0)", "(@ or 0.5)", "(@ or 1)"]), [optional(.decimal)].compactMap { $0 })
    case 15:
      let parts = [term(.bool, 0), term(.decimal, depth - 1), random.once(in: 3) ? term(.int, 0) : literal()]
      return exact(random.pick(["(@ and @ or @)", "math.abs(@ and @ or @)", "(- (@ and @ or @))"]), parts)
    case 0, 1: return exact(random.pick(["(@ + @)", "(@ - @)"]), two(.decimal, depth))
    case 2: return exact("(@ * @)", two(.decimal, depth))
    case 3: return exact("(@ / @)", two(.decimal, depth))
    case 4:
      let parts = [term(.decimal, depth - 1), number(depth)]
      let form = random.pick(["(@ + @)", "(@ - @)", "(@ * @)", "(@ / @)", "math.max(@, @)", "math.min(@, @)"])
      return exact(form, random.once(in: 2) ? parts : parts.reversed())
    case 5, 6: return exact("round(@, \(scale()), \(mode()))", [term(.decimal, depth - 1)])
    case 7:
      let parts = [term(random.pick([.decimal, .int]), depth - 1), term(random.pick([.decimal, .int]), depth - 1)]
      return exact("div(@, @, \(scale()), \(mode()))", parts)
    case 8:
      let parts = (0..<3).map { _ in term(random.pick([.decimal, .decimal, .int]), depth - 1) }
      return exact("mul_div(@, @, @, \(scale()))", parts)
    case 9:
      return exact(random.pick(["math.floor(@)", "math.ceil(@)", "math.abs(@)", "(- @)"]), [term(.decimal, depth - 1)])
    case 10:
      return exact("(ratio(@, @) or @)", two(random.pick([.decimal, .int, .money]), depth) + [term(.decimal, 0)])
    case 11: return exact(random.pick(["(@ / @)", "div(@, @, 4)"]), two(.money, depth))
    case 12:
      return exact(random.pick(["unit(@, \"\")", "decimal(@)"]), [term(random.pick([.decimal, .int]), depth - 1)])
    default: return exact(random.pick(Self.tierForms), [term(random.pick([.decimal, .decimal, .int]), depth - 1)])
    }
  }

  mutating func money(_ depth: Int) -> Term {
    switch random.below(13) {
    case 11: return dollars(random.pick(["(@ or 0)", "(@ or 0.5)", "(@ or 1)"]), [optional(.money)].compactMap { $0 })
    case 12: return dollars("(@ and @ or @)", [term(.bool, 0), term(.money, depth - 1), literal()])
    case 0, 1: return dollars(random.pick(["(@ + @)", "(@ - @)"]), two(.money, depth))
    case 2: return dollars("(@ * @)", [term(.money, depth - 1), term(.decimal, depth - 1)])
    case 3:
      return dollars(random.pick(["(@ * @)", "(@ / @)", "(@ + @)", "(@ - @)"]), [term(.money, depth - 1), number(1)])
    case 4: return dollars("(@ / @)", [term(.money, depth - 1), term(.decimal, depth - 1)])
    case 5, 6: return dollars("round(@, \(scale()), \(mode()))", [term(.money, depth - 1)])
    case 7:
      return dollars(
        random.pick(["math.max(@, @)", "math.min(@, @)"]),
        [term(.money, depth - 1), random.once(in: 2) ? literal() : term(.money, depth - 1)])
    case 8: return dollars(random.pick(["(- @)", "math.abs(@)", "math.floor(@)"]), [term(.money, depth - 1)])
    case 9:
      return dollars(
        "mul_div(@, @, @, \(scale()), \(mode()))", [term(.money, depth - 1), term(.money, 0), term(.money, 0)])
    default: return dollars(random.pick(Self.tierForms), [term(.money, depth - 1)])
    }
  }

  private static let tierForms = [
    "graduated(@, TIERS)", "volume(@, TIERS)",
    "graduated(@, { { up_to = 50, rate = 0.2 }, { up_to = 75.5, rate = 1 }, { rate = 0 } })",
    "volume(@, { { up_to = -1, rate = 0.2 }, { up_to = 0, rate = 0.125 }, { rate = 0.05 } })",
    "graduated(@, { { rate = 0.5 } })",
  ]

  private func exact(_ form: String, _ parts: [Term]) -> Term { Term(.decimal, form, parts, isStock: false) }
  private func dollars(_ form: String, _ parts: [Term]) -> Term { Term(.money, form, parts, isStock: false) }

  private mutating func scale() -> Int { random.pick([0, 2, 2, 3, 6, 18, 38]) }

  private mutating func mode() -> String { "\"\(random.pick(Self.modes))\"" }

  private mutating func literal() -> Term {
    Term(.decimal, random.pick(["0", "1", "2", "0.1", "0.15", "100", "1e3", "-0.5", "0.000001", "1000000", "12.50"]))
  }

  /// What may meet a decimal without being one: an int, or a numeral.
  private mutating func number(_ depth: Int) -> Term { random.once(in: 2) ? literal() : term(.int, depth - 1) }
}
