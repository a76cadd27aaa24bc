import Columns
import Diagnostics
import Memory

extension ColumnCells {
  /// Texts as codes of the reader's dictionary while that pays, else one after the other.
  func textColumn(
    _ cells: CellColumn, _ rows: [Int32]?, _ building: inout ColumnBuilding, _ texts: TextColumn
  ) -> (column: Column, failures: [CellFailure]) {
    let cellReader = building.reader
    let emptyIsMissing = cellReader.reading.missing.contains("")
    let row = { (index: Int32) in rows.map { Int($0[Int(index)]) } ?? Int(index) }
    let every = count
    if texts.isPlain {
      return plainTextColumn(cells, rows, &building, emptyIsMissing: emptyIsMissing)
    }
    var parsed = texts.dictionary.append { interner in
      cellReader.hasPlainMissing && !holdsNested
        ? CellKernels.codes(
          window, cells, rows: rows, emptyIsMissing: emptyIsMissing, in: &interner, recent: &texts.recent)
        : ParsedCells(
          values: [UInt32](repeating: 0, count: every), missing: [], undecided: (0..<Int32(every)).map { $0 })
    }
    if !parsed.missing.isEmpty || !parsed.undecided.isEmpty {
      // Slots without a value hold the empty text.
      let empty = texts.dictionary.code(for: "")
      for index in parsed.missing { parsed.values[Int(index)] = empty }
      for index in parsed.undecided { parsed.values[Int(index)] = empty }
    }
    let present = building.decide(&parsed.values, missing: parsed.missing, undecided: parsed.undecided) {
      read(cells, row($0), cellReader) { .value(texts.dictionary.code(for: $0)) }
    }
    texts.review(every)
    return (Column(.texts(.coded(parsed.values, texts.dictionary)), present: present), building.failures)
  }

  private func plainTextColumn(
    _ cells: CellColumn, _ rows: [Int32]?, _ building: inout ColumnBuilding, emptyIsMissing: Bool
  ) -> (column: Column, failures: [CellFailure]) {
    let cellReader = building.reader
    let row = { (index: Int32) in rows.map { Int($0[Int(index)]) } ?? Int(index) }
    if cellReader.hasPlainMissing, !holdsNested {
      let parsed = CellKernels.texts(window, cells, rows: rows, emptyIsMissing: emptyIsMissing)
      if parsed.undecided.isEmpty {
        var nothing = [Bool](repeating: false, count: parsed.ends.count)
        let present = building.decide(&nothing, missing: parsed.missing, undecided: []) { _ in .missing }
        return (Column(.texts(.plain(ends: parsed.ends, bytes: parsed.bytes)), present: present), building.failures)
      }
    }
    let every = count
    var values = [[UInt8]](repeating: [], count: every)
    let present = building.decide(&values, missing: [], undecided: (0..<Int32(every)).map { $0 }) {
      read(cells, row($0), cellReader) { text in .value(text.indices.map { text[$0] }) }
    }
    var ends: [Int] = []
    var bytes: [UInt8] = []
    for value in values {
      bytes.append(contentsOf: value)
      ends.append(bytes.count)
    }
    return (Column(.texts(.plain(ends: ends, bytes: bytes)), present: present), building.failures)
  }

  /// Lists: the cell's text cut at `split`, each part read as the element's type. An empty cell is missing.
  func listColumn(
    _ cells: CellColumn, _ rows: [Int32]?, _ building: inout ColumnBuilding, _ element: DataType
  ) -> (column: Column, failures: [CellFailure]) {
    var elementReading = building.reader.reading
    elementReading.type = ValueType(element)
    elementReading.missing = []
    let elementReader = CellReader(elementReading)
    let cellReader = building.reader
    let row = { (index: Int32) in rows.map { Int($0[Int(index)]) } ?? Int(index) }
    let separator = Array((cellReader.reading.split ?? "|").utf8)
    let every = count
    var lists = [[Scalar]](repeating: [], count: every)
    let present = building.decide(&lists, missing: [], undecided: (0..<Int32(every)).map { $0 }) {
      form == .json
        ? jsonList(cells, row($0), elementReader)
        : read(cells, row($0), cellReader) { elementReader.list($0, separator: separator) }
    }
    var ends: [Int] = []
    var elements: [Scalar] = []
    for list in lists {
      elements += list
      ends.append(elements.count)
    }
    let values = ListValues(ends: ends, elements: Column(elements, of: element))
    return (Column(.lists(values), present: present), building.failures)
  }
}
