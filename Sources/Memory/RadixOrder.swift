/// The numbers of some words in ascending order, equal ones in the order in which they stand.
///
/// Digits of eleven bits, the least first: each pass counts, then deals words out. A digit that all words share costs
/// its count alone.
public struct RadixOrder {
  /// The places of the words, in order.
  public private(set) var places: [Int32]
  /// Whether the word at a place of the order differs from the one before it; true at the first.
  public private(set) var beginsAnew: [Bool]

  /// - Parameter bits: words are below 2 to the power of this.
  public init(_ words: [UInt64], bits: Int) {
    var entries = words.indices.map { Entry(word: words[$0], place: Int32(truncatingIfNeeded: $0)) }
    var other = entries
    for shift in stride(from: 0, to: bits, by: Self.digit) {
      let isDealt = unsafe entries.withUnsafeBufferPointer { source in
        unsafe other.withUnsafeMutableBufferPointer { target in
          unsafe Self.deal(source, to: target, shift: UInt64(shift))
        }
      }
      if isDealt { swap(&entries, &other) }
    }
    places = entries.map(\.place)
    beginsAnew = entries.map { _ in true }
    for place in entries.indices.dropFirst() { beginsAnew[place] = entries[place].word != entries[place - 1].word }
  }

  private struct Entry: BitwiseCopyable {
    var word: UInt64
    var place: Int32
  }

  private static let digit = 11

  /// Deals entries out by one digit; false where all share it.
  private static func deal(
    _ source: UnsafeBufferPointer<Entry>, to target: UnsafeMutableBufferPointer<Entry>, shift: UInt64
  ) -> Bool {
    let buckets = 1 << digit
    let mask = UInt64(buckets - 1)
    guard let entries = source.baseAddress, let out = target.baseAddress else { return false }
    return unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: buckets) { next in
      unsafe next.initialize(repeating: 0)
      let starts = unsafe next.baseAddress.unsafelyUnwrapped
      for index in 0..<source.count { unsafe starts[Int((entries + index).pointee.word &>> shift & mask)] &+= 1 }
      var total = 0
      for bucket in 0..<buckets {
        let count = unsafe starts[bucket]
        if count == source.count { return false }
        unsafe starts[bucket] = total
        total += count
      }
      for index in 0..<source.count {
        let entry = unsafe (entries + index).pointee
        let bucket = Int(entry.word &>> shift & mask)
        unsafe (out + starts[bucket]).pointee = entry
        unsafe starts[bucket] &+= 1
      }
      return true
    }
  }
}
