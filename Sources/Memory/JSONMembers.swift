import CScan

/// The members of objects of single values, line by line: the fast way through lines of JSON.
public struct JSONMembers: Sendable {
  private var members: [weir_json_member]
  private var known = 0

  public init() {
    members = [weir_json_member](repeating: weir_json_member(), count: 256)
  }

  /// Forgets the line before: its bytes are about to move.
  public mutating func forget() { known = 0 }

  /// Reads a line; nil where it is not one object of single values, which a slower reader decides.
  public mutating func read(_ window: borrowing ByteWindow, _ line: Range<Int>) -> Int? {
    precondition(line.lowerBound >= ByteWindow.padding && line.upperBound <= window.end)
    let found = unsafe window.storage.withUnsafeBufferPointer { bytes in
      unsafe members.withUnsafeMutableBufferPointer { members in
        unsafe weir_json_members(
          bytes.baseAddress!, line.lowerBound, line.upperBound, members.baseAddress!, CInt(members.count), CInt(known))
      }
    }
    // A line that was given up may have overwritten some members: the next one starts afresh.
    known = max(Int(found), 0)
    return found < 0 ? nil : Int(found)
  }

  /// Whether the member at a place has the key that it had in the line before.
  @inline(__always)
  public func hasSameKey(_ place: Int) -> Bool { members[place].same_key != 0 }

  /// Quotes included.
  public func key(_ place: Int) -> Range<Int> { Int(members[place].key)..<Int(members[place].key_end) }

  @inline(__always)
  public func value(_ place: Int) -> Range<Int> { Int(members[place].value)..<Int(members[place].value_end) }

  /// Reads lines whose members have the keys of the line read before, up to the first that differs.
  ///
  /// - Parameters:
  ///   - stop: lines that begin there or later are left.
  ///   - columns: by place of a member the column that it belongs to, -1 for none.
  ///   - bounds: gets two entries a row and column: one before the value's first byte, and its end; both at the line's start for none.
  ///   - starts: gets where the rows begin.
  /// - Returns: where the first line that was not read begins.
  public mutating func readAlike(
    _ window: borrowing ByteWindow, from: Int, stop: Int, columns: [Int32], columnCount: Int, rowLimit: Int,
    bounds: inout [UInt32], starts: inout [UInt32]
  ) -> Int {
    precondition(from >= ByteWindow.padding && from <= window.end && columns.count >= known)
    precondition(columns.allSatisfy { $0 < columnCount })
    guard known > 0, rowLimit > 0 else { return from }
    let (width, firstBound, firstStart) = (columnCount * 2, bounds.count, starts.count)
    bounds.append(contentsOf: repeatElement(0, count: rowLimit * width))
    starts.append(contentsOf: repeatElement(0, count: rowLimit))
    var next = from
    let rows = unsafe window.storage.withUnsafeBufferPointer { bytes in
      unsafe members.withUnsafeMutableBufferPointer { members in
        unsafe bounds.withUnsafeMutableBufferPointer { bounds in
          unsafe starts.withUnsafeMutableBufferPointer { starts in
            unsafe columns.withUnsafeBufferPointer { columns in
              var lines = unsafe weir_json_lines(
                bytes: bytes.baseAddress!, from: from, stop: stop, to: window.end, members: members.baseAddress!,
                member_count: CInt(known), columns: columns.baseAddress!, column_count: columnCount,
                row_limit: rowLimit, bounds: bounds.baseAddress! + firstBound,
                starts: starts.baseAddress! + firstStart)
              return unsafe weir_json_rows(&lines, &next)
            }
          }
        }
      }
    }
    bounds.removeSubrange((firstBound + rows * width)...)
    starts.removeSubrange((firstStart + rows)...)
    // The line that stopped it has left its own keys behind, in part.
    if rows < rowLimit { known = 0 }
    return next
  }
}
