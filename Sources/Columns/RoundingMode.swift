/// How a number that has more digits than it may keep loses them. Names as in General Decimal Arithmetic.
public enum RoundingMode: String, Sendable, CaseIterable {
  /// To the nearest; a tie goes to the even neighbour.
  case halfEven = "half_even"
  /// To the nearest; a tie goes away from zero.
  case halfUp = "half_up"
  /// To the nearest; a tie goes towards zero.
  case halfDown = "half_down"
  /// Away from zero.
  case up
  /// Towards zero.
  case down
  /// Towards positive infinity.
  case ceiling
  /// Towards negative infinity.
  case floor

  /// Whether a truncated magnitude must be raised by one.
  ///
  /// - Parameters:
  ///   - isNegative: of the true result.
  ///   - isOdd: of the truncated magnitude's last digit.
  ///   - rest: how what was cut compares with one half of the last place; nil where nothing was cut.
  @inlinable
  func raises(isNegative: Bool, isOdd: Bool, rest: Remainder?) -> Bool {
    guard let rest else { return false }
    switch self {
    case .halfEven: return rest == .aboveHalf || (rest == .half && isOdd)
    case .halfUp: return rest != .belowHalf
    case .halfDown: return rest == .aboveHalf
    case .up: return true
    case .down: return false
    case .ceiling: return !isNegative
    case .floor: return isNegative
    }
  }

  @usableFromInline
  enum Remainder: Sendable { case belowHalf, half, aboveHalf }
}
