import Columns
import Diagnostics
import Planning

/// Where a row stands, as a person looks it up.
struct RowPlace {
  /// nil for rows that stand in the pipeline.
  var path: String?
  /// From 1; of rows in the pipeline, which of them it is.
  var line: Int
  var byte: Int
  /// The ingest.
  var source: String

  /// As it stands behind `row:`.
  var label: String { path == nil ? "\(line) of '\(source)'" : text }

  var text: String { path.map { "\($0):\(line): byte \(byte)" } ?? "row \(line) of '\(source)'" }
}

extension Execution {
  func place(of origin: RowOrigin) throws -> RowPlace {
    let number = origin.file / Quarantine.filesPerSource
    let source = sources[number]
    let index = origin.file - number * Quarantine.filesPerSource
    let inputs = source.inputs()
    return RowPlace(
      path: inputs.indices.contains(index) ? inputs[index].path : nil,
      line: try source.originalRows(file: origin.file, at: [origin.byte]).first?.line ?? 0, byte: origin.byte,
      source: plan.sources[number].name)
  }

  /// Adds to a failure on a row where that row stands.
  func sayingWhere<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch var failure as RunFailure {
      guard let place = failure.place,
        let found = try? self.place(of: RowOrigin(file: place.file, byte: place.byte))
      else { throw failure }
      failure.diagnostic.notes.insert(.init("row", found.label), at: 0)
      throw failure
    }
  }
}
