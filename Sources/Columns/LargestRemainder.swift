/// Shares that sum to their total exactly: the largest remainder method (Hamilton).
public enum LargestRemainder {
  /// Every share is first rounded towards zero; the units that are left go one each to the largest remainders, ties to
  /// those that stand first.
  ///
  /// - Parameters:
  ///   - weights: none below 0.
  ///   - sum: of the weights, above 0 unless there is no total.
  public static func shares(of total: Int128, by weights: [Int128], sum: Int128) -> [Int128] {
    var shares = [Int128](repeating: 0, count: weights.count)
    if total == 0 { return shares }
    var remainders: [(remainder: UInt128, place: Int)] = []
    remainders.reserveCapacity(weights.count)
    var left = total.magnitude
    for place in weights.indices {
      // A weight is at most the sum, so the quotient is at most the total: it fits.
      let (quotient, remainder) = sum.magnitude.dividingFullWidth(
        total.magnitude.multipliedFullWidth(by: weights[place].magnitude))
      shares[place] = Int128(quotient)
      left -= quotient
      remainders.append((remainder, place))
    }
    // What is left is less than the number of remainders that are not 0.
    remainders.sort { $0.remainder != $1.remainder ? $0.remainder > $1.remainder : $0.place < $1.place }
    for index in 0..<Int(left) { shares[remainders[index].place] += 1 }
    return total < 0 ? shares.map { -$0 } : shares
  }
}
