/// The stable word of a message: what `weir help CODE` explains and what scripts may rely on.
public enum DiagnosticCode: String, Sendable, CaseIterable {
  // The text of a file.
  case yamlSyntax = "yaml-syntax"
  case luaSyntax = "lua-syntax"
  case jsonSyntax = "json-syntax"
  case duplicateKey = "duplicate-key"
  case unknownKey = "unknown-key"
  case missingKey = "missing-key"
  case wrongValue = "wrong-value"
  case languageVersion = "language-version"

  // Names.
  case unknownColumn = "unknown-column"
  case unknownStage = "unknown-stage"
  case unknownStep = "unknown-step"
  case unknownFunction = "unknown-function"
  case unknownMetric = "unknown-metric"
  case unknownRule = "unknown-rule"
  case unknownPlugin = "unknown-plugin"
  case unknownParameter = "unknown-parameter"
  case unknownSetting = "unknown-setting"
  case unknownUnit = "unknown-unit"
  case unknownType = "unknown-type"
  case unknownFormat = "unknown-format"
  case duplicateName = "duplicate-name"
  case cycle

  // Types, units, nil.
  case typeMismatch = "type-mismatch"
  case unitMismatch = "unit-mismatch"
  case maybeNil = "maybe-nil"
  case decimalEquality = "decimal-equality"
  case computedFloat = "computed-float"
  case precision
  case argumentCount = "argument-count"
  case unsupportedExpression = "unsupported-expression"
  case columnarOnly = "columnar-only"

  // Plugins.
  case invalidPlugin = "invalid-plugin"
  case invalidRule = "invalid-rule"
  case versionGap = "version-gap"
  case versionOverlap = "version-overlap"
  case scriptError = "script-error"
  case scriptLimit = "script-limit"
  case scriptResult = "script-result"

  // Cells and rows.
  case badCell = "bad-cell"
  case missingValue = "missing-value"
  case rowShape = "row-shape"
  case badUTF8 = "bad-utf8"
  case badHeader = "bad-header"
  case overflow
  case divisionByZero = "division-by-zero"
  case noVersion = "no-version"
  case unmatchedRow = "unmatched-row"
  case joinCardinality = "join-cardinality"
  case rejectedRow = "rejected-row"
  case ambiguousOrder = "ambiguous-order"

  // The run.
  case missingFile = "missing-file"
  case unreadableFile = "unreadable-file"
  case changedFile = "changed-file"
  case unwritable
  case outputInUse = "output-in-use"
  case checkFailed = "check-failed"
  case tooManyQuarantined = "too-many-quarantined"
  case ledgerImbalance = "ledger-imbalance"
  case memoryBudget = "memory-budget"
  case shareMismatch = "share-mismatch"
  case interrupted
  case wrongUsage = "wrong-usage"
}
