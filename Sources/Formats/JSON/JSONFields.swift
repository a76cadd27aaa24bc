import Columns
import Memory

/// Which values of a row are wanted: the columns' paths as a tree.
struct JSONFields: Sendable {
  struct Node: Sendable {
    var columns: [Int] = []
    var keys: [[UInt8]] = []
    var children: [Int] = []
  }

  private(set) var nodes = [Node()]
  let columnCount: Int
  /// Columns named `_key`: the row's key, where rows are the members of an object.
  let keyColumns: [Int]

  init(_ columns: [ColumnReading]) {
    columnCount = columns.count
    keyColumns = columns.indices.filter { columns[$0].path.isEmpty && columns[$0].headerName == "_key" }
    for (index, column) in columns.enumerated() {
      if keyColumns.contains(index) { continue }
      insert(column.path.isEmpty ? [column.headerName] : column.path, index)
    }
  }

  private mutating func insert(_ path: [String], _ column: Int) {
    var node = 0
    for part in path {
      let key = Array(part.utf8)
      if let place = nodes[node].keys.firstIndex(of: key) {
        node = nodes[node].children[place]
      } else {
        nodes.append(Node())
        nodes[node].keys.append(key)
        nodes[node].children.append(nodes.count - 1)
        node = nodes.count - 1
      }
    }
    nodes[node].columns.append(column)
  }

  /// Reads a path as pipelines write it: `totals.0.value`, keys with dots in quotes: `"a.b".c`. nil for an unclosed quote or an empty part.
  static func path(parsing text: String) -> [String]? {
    if text.isEmpty { return [] }
    var parts: [String] = []
    var rest = Substring(text)
    while true {
      if rest.first == "\"" {
        rest = rest.dropFirst()
        guard let close = rest.firstIndex(of: "\"") else { return nil }
        parts.append(String(rest[..<close]))
        rest = rest[rest.index(after: close)...]
      } else {
        let part = rest.prefix { $0 != "." }
        guard !part.isEmpty else { return nil }
        parts.append(String(part))
        rest = rest[part.endIndex...]
      }
      if rest.isEmpty { return parts }
      guard rest.first == "." else { return nil }
      rest = rest.dropFirst()
    }
  }
}

/// Where the wanted values of rows lie, as a grid that the kernels read.
struct JSONRowGrid {
  /// Two entries a column and row: one before the value's first byte, and its end. Equal to one another plus nothing where there is no value.
  private(set) var bounds: [UInt32] = []
  private(set) var starts: [UInt32] = []
  private(set) var rowCount = 0
  /// Columns that have an object or an array in some row.
  private(set) var nestedColumns: Set<Int> = []
  private let fields: JSONFields
  /// The child that the last row's members led to, by the order of members of the row itself: rows tend to be alike.
  private var expected: [Int] = []

  init(_ fields: JSONFields) { self.fields = fields }

  var stride: Int { fields.columnCount * 2 }

  mutating func removeAll() {
    bounds.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    rowCount = 0
    nestedColumns = []
  }

  /// Adds the row that the cursor stands before and passes over it.
  ///
  /// - Parameter key: the row's key in quotes, where it has one.
  mutating func append(_ cursor: inout JSONCursor, depth: Int, key: Range<Int>? = nil) throws(JSONSyntaxError) {
    _ = cursor.peek()
    starts.append(UInt32(key?.lowerBound ?? cursor.index))
    let first = bounds.count
    // No value: an empty cell at the row's start.
    for _ in 0..<fields.columnCount {
      bounds.append(UInt32(cursor.index) &- 1)
      bounds.append(UInt32(cursor.index))
    }
    if let key { for column in fields.keyColumns { record(key, column, first) } }
    rowCount += 1
    try visit(&cursor, node: 0, first: first, depth: depth)
  }

  /// Adds a row of single values whose members are known.
  ///
  /// - Parameter nodes: by place of the member, the node that its key led to in the line before, -1 for none.
  mutating func append(_ line: Range<Int>, _ members: JSONMembers, count: Int, _ bytes: [UInt8], _ nodes: inout [Int]) {
    starts.append(UInt32(line.lowerBound))
    let first = bounds.count
    for _ in 0..<fields.columnCount {
      bounds.append(UInt32(line.lowerBound) &- 1)
      bounds.append(UInt32(line.lowerBound))
    }
    rowCount += 1
    while nodes.count < count { nodes.append(-1) }
    for place in 0..<count {
      if !members.hasSameKey(place) { nodes[place] = child(of: 0, bytes, members.key(place), member: place) ?? -1 }
      guard nodes[place] >= 0 else { continue }
      let value = members.value(place)
      let isNull = bytes[value.lowerBound] == UInt8(ascii: "n")
      for column in fields.nodes[nodes[place]].columns {
        record(value.lowerBound..<(isNull ? value.lowerBound : value.upperBound), column, first)
      }
    }
  }

  /// Adds lines that are like the one before, as long as they are; gives where the first other line begins.
  ///
  /// - Parameter nodes: by place of a member, the node that its key leads to.
  mutating func appendAlike(
    _ members: inout JSONMembers, _ window: borrowing ByteWindow, from: Int, stop: Int, _ nodes: [Int]
  ) -> Int {
    let columns = nodes.map { node in node < 0 ? -1 : Int32(fields.nodes[node].columns.first ?? -1) }
    guard !columns.isEmpty, fields.nodes.allSatisfy({ $0.columns.count < 2 }) else { return from }
    let next = members.readAlike(
      window, from: from, stop: stop, columns: columns, columnCount: fields.columnCount,
      rowLimit: rowsPerBlock - rowCount, bounds: &bounds, starts: &starts)
    rowCount = starts.count
    return next
  }

  /// Takes the last row back: it was no JSON.
  mutating func replaceLastByNothing() {
    let first = bounds.count - stride
    let start = starts[starts.count - 1]
    for column in 0..<fields.columnCount {
      bounds[first + column * 2] = start &- 1
      bounds[first + column * 2 + 1] = start
    }
  }

  private mutating func record(_ range: Range<Int>, _ column: Int, _ first: Int) {
    bounds[first + column * 2] = UInt32(range.lowerBound) &- 1
    bounds[first + column * 2 + 1] = UInt32(range.upperBound)
  }

  private mutating func visit(
    _ cursor: inout JSONCursor, node: Int, first: Int, depth: Int
  ) throws(JSONSyntaxError) {
    let kind = cursor.peek()
    let start = cursor.index
    let isLeaf = fields.nodes[node].keys.isEmpty
    if isLeaf || (kind != UInt8(ascii: "{") && kind != UInt8(ascii: "[")) {
      _ = try cursor.skipValue(depth: depth)
    } else {
      guard depth < JSONCursor.depthLimit else {
        throw cursor.failure("values are nested deeper than \(JSONCursor.depthLimit) levels")
      }
      try visitInside(&cursor, node: node, first: first, depth: depth, isObject: kind == UInt8(ascii: "{"))
    }
    guard !fields.nodes[node].columns.isEmpty else { return }
    let isNull = kind == UInt8(ascii: "n")
    if kind == UInt8(ascii: "{") || kind == UInt8(ascii: "[") { nestedColumns.formUnion(fields.nodes[node].columns) }
    for column in fields.nodes[node].columns { record(start..<(isNull ? start : cursor.index), column, first) }
  }

  private mutating func visitInside(
    _ cursor: inout JSONCursor, node: Int, first: Int, depth: Int, isObject: Bool
  ) throws(JSONSyntaxError) {
    if isObject {
      var member = 0
      try cursor.forEachMember(depth: depth) { (cursor, key) throws(JSONSyntaxError) in
        let child = child(of: node, cursor.bytes, key, member: member)
        member += 1
        if let child {
          try visit(&cursor, node: child, first: first, depth: depth + 1)
        } else {
          _ = try cursor.skipValue(depth: depth + 1)
        }
      }
    } else {
      try cursor.forEachElement(depth: depth) { (cursor, place) throws(JSONSyntaxError) in
        if let at = fields.nodes[node].keys.firstIndex(of: Array(String(place).utf8)) {
          try visit(&cursor, node: fields.nodes[node].children[at], first: first, depth: depth + 1)
        } else {
          _ = try cursor.skipValue(depth: depth + 1)
        }
      }
    }
  }

  /// The child that a key leads to. Members of rows tend to come in one order, so the last row's answer is tried first.
  private mutating func child(of node: Int, _ bytes: [UInt8], _ key: Range<Int>, member: Int) -> Int? {
    let keys = fields.nodes[node].keys
    if node == 0, member < expected.count, expected[member] >= 0,
      Self.isEqual(bytes, key, keys[expected[member]])
    {
      return fields.nodes[node].children[expected[member]]
    }
    var place = keys.firstIndex { Self.isEqual(bytes, key, $0) }
    if place == nil, bytes[key].contains(UInt8(ascii: "\\")), let decoded = JSONString.decoded(bytes, key) {
      place = keys.firstIndex(of: decoded)
    }
    if node == 0, member < 256 {
      while expected.count <= member { expected.append(-1) }
      expected[member] = place ?? -1
    }
    return place.map { fields.nodes[node].children[$0] }
  }

  @inline(__always)
  private static func isEqual(_ bytes: [UInt8], _ key: Range<Int>, _ wanted: [UInt8]) -> Bool {
    guard key.count == wanted.count + 2 else { return false }
    for index in wanted.indices where bytes[key.lowerBound + 1 + index] != wanted[index] { return false }
    return true
  }
}
