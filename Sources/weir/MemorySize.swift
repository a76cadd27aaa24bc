import ArgumentParser

/// An amount of memory as a person writes it: `268435456`, `256MiB`, `2GB`.
struct MemorySize: ExpressibleByArgument, Equatable {
  var bytes: Int

  private static let units: [String: Int] = [
    "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000, "KIB": 1 << 10,
    "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
  ]

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    guard let count = Int(digits), let size = Self.units[unit] else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes >= 1 << 20 else { return nil }
    self.bytes = bytes
  }
}
