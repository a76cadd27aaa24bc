/// An amount of memory as a person writes it: `268435456`, `256MiB`, `2GB`.
public struct MemorySize: Equatable, Sendable {
  public var bytes: Int

  private static let units: [String: Int] = [
    "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000, "KIB": 1 << 10,
    "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
  ]

  /// nil where it is none, or less than 1 MiB.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    guard let count = Int(digits), let size = Self.units[unit] else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes >= 1 << 20 else { return nil }
    self.bytes = bytes
  }
}
