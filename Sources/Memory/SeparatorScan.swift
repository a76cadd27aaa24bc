import CScan

/// Finds the delimiters and line feeds that stand outside quotes.
public struct SeparatorScan: Sendable {
  public enum Implementation: CInt, Sendable, CaseIterable {
    case best, portable, avx2, avx512, neon
  }

  public enum State: CInt, Sendable {
    case cellStart, inCell, inQuotes, afterQuote, rowStart
  }

  public var delimiter: UInt8
  /// nil where no byte is a quote.
  public var quote: UInt8?
  public var implementation: Implementation

  public init(delimiter: UInt8, quote: UInt8?, implementation: Implementation = .best) {
    self.delimiter = delimiter
    self.quote = quote
    self.implementation = implementation
  }

  /// Scans `window` positions `from..<to` until `rowLimit` rows have ended (a few more may be found) and writes to `found`.
  ///
  /// `found.separators` has one leading slot: entry 0 is left to the caller, so that cells lie between neighbouring entries.
  public func run(
    _ window: borrowing ByteWindow, from: Int, to: Int, state: State = .rowStart, rowLimit: Int,
    into found: inout Separators
  ) {
    precondition(from >= ByteWindow.padding && to <= window.end && window.storage.count < Int(UInt32.max))
    let room = ByteWindow.padding
    if found.rowEnds.count < rowLimit + room {
      found.rowEnds = [UInt32](repeating: 0, count: rowLimit + room)
    }
    var result = weir_scan_result()
    let capacity = found.separators.count - 1 - room
    unsafe window.storage.withUnsafeBufferPointer { bytes in
      unsafe found.separators.withUnsafeMutableBufferPointer { separators in
        unsafe found.rowEnds.withUnsafeMutableBufferPointer { rowEnds in
          unsafe found.malformed.withUnsafeMutableBufferPointer { malformed in
            var scan = unsafe weir_scan(
              bytes: bytes.baseAddress!, from: from, to: to, delimiter: delimiter, has_quote: quote == nil ? 0 : 1,
              quote: quote ?? 0, state: UInt8(state.rawValue), row_limit: UInt32(rowLimit), capacity: capacity,
              separators: separators.baseAddress! + 1, row_ends: rowEnds.baseAddress!,
              malformed: malformed.baseAddress!)
            unsafe _ = weir_scan_separators(&scan, &result, implementation.rawValue)
          }
        }
      }
    }
    found.separatorCount = result.separators
    found.rowCount = result.rows
    found.malformedCount = result.malformed
    found.scannedTo = result.scanned_to
    found.hasQuotes = result.has_quotes != 0
    found.hasNonASCII = result.has_non_ascii != 0
    found.endsInQuotes = result.ends_in_quotes != 0
  }

  /// The state after a window's bytes that were entered in `state`.
  public func state(after window: borrowing ByteWindow, from: Int, to: Int, enteredIn state: State) -> State {
    precondition(from >= 0 && from <= to && to <= window.storage.count)
    let code = unsafe window.storage.withUnsafeBufferPointer { bytes in
      unsafe weir_state_after(bytes.baseAddress! + from, to - from, delimiter, quote ?? 0, state.rawValue)
    }
    return State(rawValue: code) ?? .inCell
  }
}

/// What a scan found. Reused from block to block.
public struct Separators: Sendable {
  /// Entry 0 is the caller's; entries `1...separatorCount` are positions in the window, ascending.
  public var separators: [UInt32]
  /// Entries `0..<rowCount` count separators up to a row's line feed, itself left out.
  public var rowEnds: [UInt32] = []
  /// Entries `0..<malformedCount` are positions of quotes that close but are followed by text; at most 64 are listed.
  public var malformed = [UInt32](repeating: 0, count: 64)
  public var separatorCount = 0
  public var rowCount = 0
  public var malformedCount = 0
  public var scannedTo = 0
  public var hasQuotes = false
  public var hasNonASCII = false
  public var endsInQuotes = false

  public init(capacity: Int) {
    separators = [UInt32](repeating: 0, count: capacity + 1 + ByteWindow.padding)
  }

  public mutating func grow() { separators.append(contentsOf: repeatElement(0, count: separators.count)) }
}

/// Looks at bytes in bulk.
public enum ByteScan {
  public static func contains(_ bytes: [UInt8], in range: Range<Int>, _ byte: UInt8) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe weir_contains($0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count, byte) != 0
    }
  }

  public static func firstIndex(_ bytes: [UInt8], in range: Range<Int>, of byte: UInt8) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    let found = unsafe bytes.withUnsafeBufferPointer {
      unsafe weir_scan_find($0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count, byte)
    }
    return found == range.count ? nil : range.lowerBound + found
  }

  public static func count(_ bytes: [UInt8], in range: Range<Int>, of byte: UInt8) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe weir_count($0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count, byte)
    }
  }

  /// The position of the first byte of the range that is not well-formed UTF-8; nil where all are.
  public static func firstInvalidUTF8(_ bytes: [UInt8], in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    if range.isEmpty { return nil }
    let valid = unsafe bytes.withUnsafeBufferPointer {
      unsafe weir_valid_utf8($0.baseAddress! + range.lowerBound, range.count)
    }
    return valid == range.count ? nil : range.lowerBound + valid
  }
}
