import Columns
import Diagnostics

/// Guesses how the columns of a CSV file would be declared: what `weir schema infer` writes for a person to check.
public enum SchemaInference {
  /// The narrowest type that every cell of each column has, in the order of the header. Names are made fit for Lua, the header kept where it differs.
  ///
  /// - Parameter rowLimit: rows that are looked at.
  public static func columns(
    ofCSV path: String, options: CSVOptions = CSVOptions(), rowLimit: Int = 1_000_000
  ) throws -> [ColumnReading] {
    let header = try CSVSource.open(paths: [path], options: options, columns: []).originalHeader(file: 0)
    let texts = header.map { ColumnReading($0, ValueType(.string, isNullable: true)) }
    let source = try CSVSource.open(paths: [path], options: options, columns: texts)
    var guesses = header.map { _ in ColumnGuess() }
    var rows = 0
    scanning: for split in source.splits {
      let reader = try source.makeReader(split)
      while let block = try reader.next() {
        for index in header.indices { guesses[index].look(block.column(index, rows: block.usableRows).column) }
        rows += block.count
        if rows >= rowLimit { break scanning }
      }
    }
    var taken: Set<String> = []
    return zip(header, guesses).map { title, guess in
      let name = luaName(title, &taken)
      return ColumnReading(name, guess.type, header: name == title ? nil : title)
    }
  }

  private static let reserved: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not",
    "or", "repeat", "return", "then", "true", "until", "while",
  ]

  private static func luaName(_ title: String, _ taken: inout Set<String>) -> String {
    var name = ""
    for scalar in title.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": name.unicodeScalars.append(scalar)
      default: if !name.isEmpty, name.last != "_" { name.append("_") }
      }
    }
    while name.last == "_", title.last != "_" { name.removeLast() }
    if name.isEmpty { name = "column" }
    if name.first?.isNumber == true || reserved.contains(name) { name = "_" + name }
    var unique = name
    var number = 2
    while !taken.insert(unique).inserted {
      unique = "\(name)_\(number)"
      number += 1
    }
    return unique
  }
}

/// What the cells of a column still may be.
private struct ColumnGuess {
  private var isMissing = false
  private var hasValue = false
  private var mayBeBool = true
  private var mayBeInt = true
  private var mayBeDecimal = true
  private var mayBeFloat = true
  private var mayBeDate = true
  private var mayBeTimestamp = true
  private var wholeDigits = 1
  private var decimals = 0

  private static let probe = CellReader(ColumnReading("x", ValueType(.string)))

  mutating func look(_ column: Column) {
    guard case .texts(let texts) = column.values else { return }
    for row in 0..<column.count {
      guard column.isPresent(row) else {
        isMissing = true
        continue
      }
      hasValue = true
      texts.withBytes(of: row) { narrow($0) }
    }
  }

  private mutating func narrow(_ text: Span<UInt8>) {
    func holds<Value>(_ outcome: CellOutcome<Value>) -> Bool { if case .value = outcome { true } else { false } }
    if mayBeBool { mayBeBool = holds(Self.probe.bool(text)) }
    // Numbers of fixed length with a leading zero are names, such as postal codes.
    let isCode = text.count > 1 && text[0] == 48 && text[1] != UInt8(ascii: ".")
    if mayBeInt { mayBeInt = !isCode && holds(Self.probe.int(text)) }
    if mayBeDecimal {
      if !isCode, let value = DecimalText.parse(text) {
        decimals = max(decimals, value.scale)
        wholeDigits = max(wholeDigits, value.precision - value.scale, 1)
        mayBeDecimal = wholeDigits + decimals <= DataType.maximumPrecision
      } else {
        mayBeDecimal = false
      }
    }
    if mayBeFloat { mayBeFloat = !isCode && holds(Self.probe.float(text)) }
    if mayBeDate { mayBeDate = holds(Self.probe.date(text)) }
    if mayBeTimestamp { mayBeTimestamp = holds(Self.probe.timestamp(text)) }
  }

  var type: ValueType {
    let data: DataType =
      !hasValue
      ? .string
      : mayBeBool
        ? .bool
        : mayBeInt
          ? .int
          : mayBeDecimal
            ? .decimal(precision: roomyPrecision, scale: decimals)
            : mayBeFloat ? .float : mayBeDate ? .date : mayBeTimestamp ? .timestamp : .string
    return ValueType(data, isNullable: isMissing)
  }

  /// Some digits more than were seen: the next file may hold a larger sum.
  private var roomyPrecision: Int {
    let seen = wholeDigits + decimals
    return seen + 3 <= DataType.narrowPrecision ? DataType.narrowPrecision : DataType.maximumPrecision
  }
}
