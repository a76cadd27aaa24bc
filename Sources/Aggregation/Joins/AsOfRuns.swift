/// The places of each key's rows in order.
struct AsOfRuns: Sendable {
  /// Key `n` has the places from `starts[n]` to `starts[n + 1]`.
  let starts: [Int32]
  /// Ascending for each key, and the rows that have them.
  let places: [Int64]
  let rows: [Int32]
  let direction: AsOfTable.Direction
  let tolerance: Int64?

  var keyCount: Int { starts.count - 1 }

  /// The row that answers for a key and a place, -1 for none; by binary search.
  func match(_ number: Int, _ place: Int64) -> Int32 {
    let low = Int(starts[number])
    let high = Int(starts[number + 1])
    // Places below `after` are at most `place`.
    var (first, after) = (low, high)
    while first < after {
      let middle = (first + after) / 2
      if places[middle] <= place { first = middle + 1 } else { after = middle }
    }
    let earlier = after > low ? after - 1 : nil
    var later: Int? = nil
    if let earlier, places[earlier] == place {
      later = earlier
    } else if after < high {
      // The last of the rows that share the next place.
      var last = after
      while last + 1 < high, places[last + 1] == places[after] { last += 1 }
      later = last
    }
    let chosen: Int?
    switch direction {
    case .backward: chosen = earlier
    case .forward: chosen = later
    case .nearest:
      if let earlier, let later {
        let isLater = Self.distance(places[later], place) < Self.distance(places[earlier], place)
        chosen = isLater ? later : earlier
      } else {
        chosen = earlier ?? later
      }
    }
    guard let chosen else { return -1 }
    if let tolerance, Self.distance(places[chosen], place) > UInt64(max(tolerance, 0)) { return -1 }
    return rows[chosen]
  }

  static func distance(_ left: Int64, _ right: Int64) -> UInt64 {
    left > right
      ? UInt64(bitPattern: left) &- UInt64(bitPattern: right) : UInt64(bitPattern: right) &- UInt64(bitPattern: left)
  }
}

/// The answer for each key and each place from the least to the greatest, found beforehand: days are few, and then a row costs one look.
struct AsOfAnswers: Sendable {
  /// Key after key, `span` of them each.
  private let rows: [Int32]
  private let span: Int
  private let least: Int64

  /// Answers that there may be for each row.
  private static let answersPerRow = 16

  /// nil where places lie too far apart.
  init?(_ runs: AsOfRuns) {
    guard let least = runs.places.min(), let greatest = runs.places.max() else { return nil }
    let distance = AsOfRuns.distance(greatest, least)
    let limit = runs.places.count * Self.answersPerRow + 1024
    guard distance < UInt64(limit), (Int(distance) + 1) * runs.keyCount <= limit else { return nil }
    span = Int(distance) + 1
    self.least = least
    var rows: [Int32] = []
    rows.reserveCapacity(span * runs.keyCount)
    for number in 0..<runs.keyCount {
      for offset in 0..<span { rows.append(runs.match(number, least + Int64(offset))) }
    }
    self.rows = rows
  }

  /// The answers for rows of which key and place are given; `runs` has those for places outside.
  func fill(_ matches: inout [Int32], _ numbers: [Int32], _ places: [Int64], otherwise runs: AsOfRuns) {
    precondition(matches.count == numbers.count && places.count == numbers.count)
    for row in 0..<numbers.count {
      let number = Int(numbers[row])
      if number < 0 { continue }
      let offset = UInt64(bitPattern: places[row] &- least)
      matches[row] =
        offset < UInt64(span)
        ? rows[number &* span &+ Int(truncatingIfNeeded: offset)] : runs.match(number, places[row])
    }
  }
}
