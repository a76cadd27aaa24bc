/// A version of Weir: up to three numbers, those that are left out being 0.
public struct Version: Comparable, CustomStringConvertible, Sendable {
  public let numbers: [Int]

  /// The version of this program.
  public static let current = Version([0, 1, 0])

  private init(_ numbers: [Int]) { self.numbers = numbers }

  /// nil where the text is no version.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil }
    guard numbers.count == parts.count, (1...3).contains(numbers.count) else { return nil }
    self.init(numbers + [Int](repeating: 0, count: 3 - numbers.count))
  }

  public var description: String { numbers.map(String.init).joined(separator: ".") }

  public static func < (left: Version, right: Version) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }
}

/// Which versions something runs under: `>=0.1`, or several conditions that all have to hold, `>=0.1 <2`.
public struct VersionRange: Sendable {
  private var conditions: [(comparison: String, version: Version)] = []

  /// nil where the text is no range.
  public init?(_ text: String) {
    let marks = text.split { $0 == " " || $0 == "," }
    for mark in marks {
      let comparison = String(mark.prefix { "<>=".contains($0) })
      guard [">=", ">", "<=", "<", "="].contains(comparison), let version = Version(mark.dropFirst(comparison.count))
      else { return nil }
      conditions.append((comparison, version))
    }
    if conditions.isEmpty { return nil }
  }

  public func contains(_ version: Version) -> Bool {
    conditions.allSatisfy { comparison, wanted in
      switch comparison {
      case ">=": version >= wanted
      case ">": version > wanted
      case "<=": version <= wanted
      case "<": version < wanted
      default: version == wanted
      }
    }
  }
}
