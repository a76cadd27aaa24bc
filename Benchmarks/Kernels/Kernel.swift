/// One inner loop of the engine over inputs that are the same on every run.
struct Kernel {
  let name: String
  /// Rows that one round goes over.
  let rows: Int
  /// Makes the inputs and gives one round, which returns a number that depends on its result.
  let prepare: () throws -> () throws -> Int

  static var all: [Kernel] { scanning + computing + grouping + scripting + folding }
}

/// Numbers that look random and are the same on every run (splitmix64).
struct Numbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }
}
