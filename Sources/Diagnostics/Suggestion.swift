/// The name that was probably meant, or nothing: silence beats a bad guess.
///
/// Edit distance with transpositions (Damerau, 1964; the restricted form). A candidate counts only when at most a
/// third of the longer name differs.
public func closestName<Names: Sequence<String>>(to name: String, among candidates: Names) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  var best: (name: String, distance: Int)?
  for candidate in candidates where candidate != name {
    let other = Array(candidate.lowercased().unicodeScalars)
    let ceiling = max(wanted.count, other.count) / 3
    let distance = editDistance(wanted, other)
    guard distance <= max(ceiling, distance == 0 ? 0 : 1), distance < min(wanted.count, other.count) || distance == 0
    else { continue }
    if best.map({ distance < $0.distance || (distance == $0.distance && candidate < $0.name) }) ?? true {
      best = (candidate, distance)
    }
  }
  return best?.name
}

/// `did you mean 'x'?`, where a candidate is close enough.
public func suggestion<Names: Sequence<String>>(for name: String, among candidates: Names) -> String? {
  closestName(to: name, among: candidates).map { "did you mean '\($0)'?" }
}

private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for i in 1...left.count {
    var row = [i] + [Int](repeating: 0, count: right.count)
    for j in 1...right.count {
      let substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
      row[j] = min(last[j] + 1, row[j - 1] + 1, substitution)
      if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
        row[j] = min(row[j], beforeLast[j - 2] + 1)
      }
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
