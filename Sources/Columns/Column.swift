import Memory

/// The values of one column over the rows of a batch.
///
/// A missing value still has a slot in `values` (0, false or the empty text), so kernels run over whole arrays and
/// look at `present` once at the end.
public struct Column: Sendable {
  public var values: Values
  /// Whether row `n` has a value; nil where every row has one.
  public var present: [Bool]?

  public enum Values: Sendable {
    case bools([Bool])
    case ints([Int64])
    case floats([Double])
    /// Coefficients of a decimal whose every value has at most 18 digits; `scale` decimals.
    case decimals64([Int64], scale: Int)
    /// Coefficients below 10^38 in magnitude; `scale` decimals.
    case decimals128([Int128], scale: Int)
    case texts(TextValues)
    /// Days since 1970-01-01.
    case dates([Int32])
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamps([Int64])
    case lists(ListValues)
  }

  public init(_ values: Values, present: [Bool]? = nil) {
    precondition(present == nil || present!.count == values.count)
    self.values = values
    self.present = present
  }

  public var count: Int { values.count }

  public func isPresent(_ row: Int) -> Bool { present.map { $0[row] } ?? true }

  /// Bytes held, for the memory budget; the dictionary of texts, which many columns share, left out.
  public var byteCount: Int {
    let mask = present?.count ?? 0
    switch values {
    case .bools(let values): return mask + values.count
    case .ints(let values), .timestamps(let values), .decimals64(let values, _): return mask + values.count * 8
    case .floats(let values): return mask + values.count * 8
    case .decimals128(let values, _): return mask + values.count * 16
    case .dates(let values): return mask + values.count * 4
    case .texts(.coded(let codes, _)): return mask + codes.count * 4
    case .texts(.plain(let ends, let bytes)): return mask + ends.count * 8 + bytes.count
    case .lists(let lists): return mask + lists.ends.count * 8 + lists.element.byteCount
    }
  }
}

extension Column.Values {
  public var count: Int {
    switch self {
    case .bools(let values): values.count
    case .ints(let values): values.count
    case .floats(let values): values.count
    case .decimals64(let values, _): values.count
    case .decimals128(let values, _): values.count
    case .texts(let values): values.count
    case .dates(let values): values.count
    case .timestamps(let values): values.count
    case .lists(let values): values.count
    }
  }
}

/// The texts of a column: numbers into a dictionary while distinct texts are few, else the bytes one after the other.
public enum TextValues: Sendable {
  case coded([UInt32], TextDictionary)
  /// Row `n` is `bytes[ends[n - 1]..<ends[n]]`, row 0 starts at 0.
  case plain(ends: [Int], bytes: [UInt8])

  public var count: Int {
    switch self {
    case .coded(let codes, _): codes.count
    case .plain(let ends, _): ends.count
    }
  }

  /// Calls `body` with the bytes of a row.
  @inline(__always)
  public func withBytes<Result>(of row: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    switch self {
    case .coded(let codes, let dictionary): dictionary.withBytes(of: Int(codes[row]), body)
    case .plain(let ends, let bytes): body(bytes.span.extracting((row == 0 ? 0 : ends[row - 1])..<ends[row]))
    }
  }

  public func string(_ row: Int) -> String {
    switch self {
    case .coded(let codes, let dictionary): dictionary.string(Int(codes[row]))
    case .plain(let ends, let bytes): String(decoding: bytes[(row == 0 ? 0 : ends[row - 1])..<ends[row]], as: UTF8.self)
    }
  }

  public init(_ strings: [String]) {
    var ends: [Int] = []
    var bytes: [UInt8] = []
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      ends.append(bytes.count)
    }
    self = .plain(ends: ends, bytes: bytes)
  }
}

/// The distinct texts behind coded columns; code `n` is the n-th text that came.
///
/// Append-only. One worker appends while only its own batches use it; other threads read it after that worker has
/// handed its batches over (the
/// hand-over is the synchronisation). Codes of two dictionaries do not compare.
public final class TextDictionary: @unchecked Sendable {
  public private(set) var interner: TextInterner

  public init() { interner = TextInterner() }

  public var count: Int { interner.count }

  /// The code of a text, given one now if it is new.
  public func code(for text: Span<UInt8>) -> UInt32 { UInt32(interner.intern(text)) }

  public func code(for text: String) -> UInt32 { code(for: Array(text.utf8).span) }

  /// The code of a text that is here already.
  public func existingCode(for text: String) -> UInt32? { interner.number(of: Array(text.utf8).span).map(UInt32.init) }

  /// Adds many texts in one go: the scanner's way in, a block at a time.
  public func append<Result>(_ body: (inout TextInterner) -> Result) -> Result { body(&interner) }

  @inline(__always)
  public func withBytes<Result>(of code: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    body(interner.bytes.span.extracting(interner.range(of: code)))
  }

  public func string(_ code: Int) -> String {
    String(decoding: interner.bytes[interner.range(of: code)], as: UTF8.self)
  }
}

/// The lists of a column: row `n` is `elements[ends[n - 1]..<ends[n]]`, row 0 starts at 0.
public struct ListValues: Sendable {
  public var ends: [Int]
  public var elements: [Column]  // one column; an array only because a struct cannot hold itself

  public init(ends: [Int], elements: Column) {
    self.ends = ends
    self.elements = [elements]
  }

  public var count: Int { ends.count }
  public var element: Column { elements[0] }
  public func range(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}
