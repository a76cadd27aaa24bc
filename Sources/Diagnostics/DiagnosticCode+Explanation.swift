extension DiagnosticCode {
  /// What `weir help CODE` says: what it means and what to do, in a few sentences.
  public var explanation: String {
    switch self {
    case .yamlSyntax:
      "The file is not valid YAML, so nothing else of it can be judged. Inside { } a value with a comma, a '#' "
        + "after a space, a ': ' or a leading quote needs quotes around the whole of it."
    case .luaSyntax: "The text is not valid Lua 5.4. The mark shows the first place where it stops making sense."
    case .jsonSyntax: "The text is not valid JSON (RFC 8259): no comments, no trailing commas, no single quotes."
    case .duplicateKey: "A mapping has the same key twice; YAML would keep one in silence. Keep one of them."
    case .unknownKey:
      "The key is none that this place takes. Keys are never ignored: a misspelt one would change a figure in silence."
    case .missingKey: "Something that has no default is not there."
    case .wrongValue: "The value is not of the kind that this place takes."
    case .languageVersion: "The first line of a pipeline names the version of the language it is written in: 'weir: 1'."
    case .unknownColumn:
      "No column of that name reaches this step. Columns come from 'columns' of the ingest and from the steps "
        + "before, in written order; 'weir explain FILE' shows those of every stage."
    case .unknownStage: "No ingest and no stage has that name."
    case .unknownStep: "No step has that name; 'weir list stages' shows them all."
    case .unknownFunction:
      "No function has that name; 'weir list functions' shows them all. A name before '(' is always a function, "
        + "any other a column."
    case .unknownMetric: "No plugin of the pipeline defines that metric; 'weir list metrics FILE' shows those it has."
    case .unknownRule: "No plugin of the pipeline defines that rule; 'weir list rules FILE' shows those it has."
    case .unknownPlugin: "There is no plugin in that folder: a plugin is a folder with a plugin.yaml."
    case .unknownParameter: "The pipeline declares no parameter of that name under 'params'."
    case .unknownSetting: "The plugin declares no setting of that name in its plugin.yaml."
    case .unknownUnit: "The text is no unit. Units are names such as USD, and products of them such as USD/BTRST."
    case .unknownType:
      "Types are bool, int, float, decimal(p,s), string, date, timestamp and list<T>; '?' behind one means that "
        + "values may be missing."
    case .unknownFormat: "No ingest or export type has that name; 'weir list stages' shows them all."
    case .duplicateName:
      "Two things that must be told apart have one name. A column is never replaced: give the new one a name of "
        + "its own."
    case .cycle: "A stage reads itself, directly or through others."
    case .typeMismatch:
      "The types do not go together, or are not what this place takes. Text becomes a number only in the ingest; "
        + "convert others with decimal(x), date(x), tostring(x)."
    case .unitMismatch:
      "Amounts of different units were added, subtracted or compared. Convert one with a price (USD / "
        + "(USD/BTRST) is BTRST), or say with unit(x, \"USD\") that it is already in the other."
    case .maybeNil:
      "The value may be nil here, and nil has no arithmetic. Say what it should count as: 'x or 0', 'x and x * "
        + "2', 'if x then … end'."
    case .decimalEquality:
      "In plain Lua a decimal never equals a number, whatever their values: the comparison would be false in "
        + "silence. Use eq(a, b)."
    case .computedFloat:
      "A float that was computed met a decimal. Binary fractions are not exact; keep the computation in "
        + "decimals: decimal(x) or a decimal column."
    case .precision:
      "The result would need more than 38 digits. Round on the way: round(a * b, 2), or use mul_div(a, b, c, "
        + "scale), which has 256 bits inside."
    case .argumentCount: "The function takes another number of arguments; 'weir list functions' shows how it is called."
    case .unsupportedExpression:
      "Expressions have values, operators, function calls and, in a block with 'return', locals and if. This "
        + "does not belong to them."
    case .columnarOnly:
      "'--lua columnar' was asked for, and this function can only be interpreted; the mark shows the line that "
        + "keeps it from the fast path."
    case .invalidPlugin: "The plugin's folder, manifest or one of its files is not as it should be."
    case .invalidRule: "The definition in the Lua file lacks something or has something of the wrong kind."
    case .versionGap:
      "Between two versions of a rule there are days on which none is in force. Versions run from valid_from up "
        + "to, not including, valid_to."
    case .versionOverlap:
      "On some days two versions of a rule would be in force. Versions run from valid_from up to, not including, "
        + "valid_to."
    case .scriptError: "A script raised an error. The message has its file and line, and the values it was given."
    case .scriptLimit:
      "A script used more steps, memory, output or time than it may. Nothing in a script can catch this. Limits "
        + "stand in plugin.yaml and in the pipeline."
    case .scriptResult:
      "A script returned a value of another type than it declares. Money must be a decimal: no text, no computed "
        + "float, no NaN."
    case .badCell:
      "The cell's characters are not a value of its column's type. Nothing is rounded or guessed: more digits "
        + "than the scale, spaces and signs of currency are bad cells unless the column's options allow them."
    case .missingValue: "The cell is empty and its column's type has no '?'. Write 'type?' where values may be missing."
    case .rowShape:
      "The row has more or fewer cells than the header, or a quote that does not end where a cell may end."
    case .badUTF8: "The bytes are not UTF-8 text."
    case .badHeader: "The file's header does not have the columns that the pipeline declares."
    case .overflow: "The exact result needs more than 38 digits (or, for int, more than 64 bits). Nothing wraps around."
    case .divisionByZero: "A division by zero has no value. ratio(a, b) gives nil there instead."
    case .noVersion: "No version of the rule is in force on the row's date."
    case .unmatchedRow: "The row has no partner, and the step says that it must have one."
    case .joinCardinality:
      "The join says how many partners a row may have ('expect'), and the data has more: rows would be counted twice."
    case .rejectedRow: "A script rejected the row, with its reason."
    case .ambiguousOrder:
      "What the step gives depends on the order of the rows, and 'order' leaves two of them equal. Add columns to it."
    case .missingFile:
      "The file is not there. Relative paths start at the pipeline file, --param paths at the current directory."
    case .unreadableFile: "The file is there and cannot be read."
    case .changedFile: "A file became shorter while it was read. Run again when nobody writes to it."
    case .unwritable: "An output cannot be written. Nothing was published."
    case .outputInUse: "Another run writes into the same folder; two runs never mix their outputs."
    case .checkFailed:
      "A check of the pipeline does not hold. No export was published; run.json and the quarantine were written."
    case .tooManyQuarantined:
      "More rows were quarantined than 'max_rate' allows. No export was published; the quarantine has the rows "
        + "and the reasons."
    case .ledgerImbalance: "Rows of a step do not add up. This is a fault of Weir; nothing was published."
    case .memoryBudget: "The run needs more memory than --memory allows, and this step cannot go to disk."
    case .shareMismatch:
      "Shares that 'weir partial' computed are finished by 'weir merge' only where all of them are there once and come from one "
        + "pipeline, one set of parameters and plugins, and the same inputs."
    case .interrupted: "The run was stopped from outside. Nothing was published and no temporary file is left."
    case .wrongUsage: "The command line is not as the command takes it; 'weir help COMMAND' shows how it is called."
    }
  }
}
