/// Distinct texts, each stored once and numbered densely from 0 in the order of arrival.
///
/// Open addressing over a power of two of slots, at most half full. Bytes live in one arena; entries are never moved or dropped, so a number that was
/// handed out stays good. One owner appends; reading entries that exist needs no lock once appending has stopped or stays on the same thread.
public struct TextInterner: Sendable {
  private var arena: [UInt8] = []
  /// `ends[n]` is where text `n` ends in the arena; it starts where `n - 1` ends.
  private var ends: [Int] = []
  private var hashes: [UInt32] = []
  /// Number + 1 of the text in each slot; 0 is free.
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 64)

  public init() {}

  public var count: Int { ends.count }

  /// Bytes held, for the memory budget.
  public var byteCount: Int { arena.capacity + ends.capacity * 8 + hashes.capacity * 4 + slots.capacity * 4 }

  public func range(of number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

  /// A hash of the bytes of a text alone: the same in every interner.
  public func hash(of number: Int) -> UInt32 { hashes[number] }

  /// The bytes of all texts, one after the other; `range(of:)` cuts it.
  public var bytes: [UInt8] { arena }

  /// Where each text ends in `bytes`; it starts where the one before it ends.
  public var textEnds: [Int] { ends }

  /// The number of a text that is already here.
  public func number(of text: Span<UInt8>) -> Int? {
    let hash = Self.hash(text)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, holds(text, at: number) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The number of a text, given one now if it is new.
  public mutating func intern(_ text: Span<UInt8>) -> Int {
    let hash = Self.hash(text)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, holds(text, at: number) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = ends.count
    unsafe text.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
    ends.append(arena.count)
    hashes.append(hash)
    slots[slot] = UInt32(number + 1)
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  private func holds(_ text: Span<UInt8>, at number: Int) -> Bool {
    let range = range(of: number)
    return range.count == text.count && BytewiseOrder.compare(arena.span.extracting(range), text) == 0
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for number in 0..<ends.count {
      var slot = Int(hashes[number]) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(number + 1)
    }
    slots = larger
  }

  /// FNV-1a over 8-byte words, finished with a multiply-shift so that low bits depend on all.
  public static func hash(_ text: Span<UInt8>) -> UInt32 {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    var index = 0
    let raw = unsafe text.bytes
    while index + 8 <= text.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
      state ^= state >> 29
      index += 8
    }
    while index < text.count {
      state = (state ^ UInt64(text[index])) &* 0x100_0000_01b3
      index += 1
    }
    state = (state ^ UInt64(text.count)) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: state >> 32)
  }
}
