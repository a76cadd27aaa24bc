import Columns
import Diagnostics
import Expressions
import Memory

/// What every part of a pipeline is resolved against, and where its mistakes are collected.
public struct PlanningContext: Sendable {
  public let spec: PipelineSpec
  public let registry: Registry
  public let plugins: PluginCatalogue
  public let parameters: ParameterValues
  public var bag = DiagnosticBag()

  public init(spec: PipelineSpec, registry: Registry, plugins: PluginCatalogue, parameters: ParameterValues) {
    self.spec = spec
    self.registry = registry
    self.plugins = plugins
    self.parameters = parameters
  }

  /// A text with `${name}` replaced by parameters; for paths and URLs alone.
  public mutating func expanded(_ text: LocatedText) -> String? {
    parameters.expanded(text, &bag)
  }

  /// An input path: relative ones start at the pipeline file.
  public mutating func inputPath(_ text: LocatedText) -> String? {
    expanded(text).map { path in
      (path.hasPrefix("/") || spec.directory.isEmpty ? path : "\(spec.directory)/\(path)").normalizedPath
    }
  }
}

/// The parameters of a run: from the pipeline's defaults and the command line.
public struct ParameterValues: Sendable {
  /// What `params.name` is in expressions.
  public private(set) var constants: [String: ExpressionScope.Constant] = [:]
  /// What `${name}` is in paths.
  public private(set) var texts: [String: String] = [:]
  /// For `run.json`, in the order of the file, secrets left out.
  public private(set) var shown: [(name: String, value: Scalar)] = []
  private var names: [String] = []

  public init() {}

  /// - Parameters:
  ///   - given: `--param` values, by name.
  ///   - directory: the pipeline file's folder, which default paths start at.
  public init(_ specs: [ParameterSpec], given: [String: String], directory: String, _ bag: inout DiagnosticBag) {
    names = specs.map(\.name)
    for spec in specs {
      let text = given[spec.name] ?? spec.standard?.text
      guard let text else {
        bag.report(
          .missingKey, "parameter '\(spec.name)' has no default and was not given", at: spec.span,
          help: "run with --param \(spec.name)=VALUE")
        if case .value(let type) = spec.kind { standIn(for: spec, type) }
        continue
      }
      switch spec.kind {
      case .path:
        // Given paths start at the current directory; `./` in front keeps `inputPath` from moving them.
        let isGiven = given[spec.name] != nil
        texts[spec.name] = text
        if isGiven { givenPaths.insert(spec.name) }
        shown.append((spec.name, .string(text)))
        constants[spec.name] = ExpressionScope.Constant(ValueType(.string), .string(text))
      case .secret:
        texts[spec.name] = text
      case .value(let type):
        texts[spec.name] = text
        if let scalar = Scalar(parsing: text, as: type.data) {
          constants[spec.name] = ExpressionScope.Constant(type, scalar)
          shown.append((spec.name, scalar))
        } else {
          bag.report(
            .wrongValue, "parameter '\(spec.name)' is '\(text)', which is no \(type)",
            at: given[spec.name] == nil ? spec.standard?.span ?? spec.span : spec.span)
          standIn(for: spec, type)
        }
      }
    }
    for name in given.keys.sorted() where !names.contains(name) {
      bag.report(
        Diagnostic(
          .unknownParameter, "the pipeline has no parameter '\(name)'",
          help: suggestion(for: name, among: names)
            ?? (names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))")))
    }
  }

  /// Lets expressions that read a parameter without a usable value be checked: the mistake is reported once, where it is.
  private mutating func standIn(for spec: ParameterSpec, _ type: ValueType) {
    let texts = [spec.standard?.text, "1", "2000-01-01", "2000-01-01T00:00:00Z", "true", ""]
    let value = texts.lazy.compactMap { $0.flatMap { Scalar(parsing: $0, as: type.data) } }.first
    constants[spec.name] = ExpressionScope.Constant(type, value ?? .missing)
  }

  /// Paths from the command line, which start at the current directory.
  private var givenPaths: Set<String> = []

  func expanded(_ text: LocatedText, _ bag: inout DiagnosticBag) -> String? {
    var result = ""
    var rest = text.text[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        bag.report(.wrongValue, "'${' without '}'", at: text.span)
        return nil
      }
      let name = String(rest[start.upperBound..<end])
      guard let value = texts[name] else {
        if !names.contains(name) {
          let offset = text.text.utf8.distance(from: text.text.startIndex, to: start.upperBound)
          bag.report(
            .unknownParameter, "no parameter '\(name)'", at: text.span(offset..<offset + name.utf8.count),
            help: suggestion(for: name, among: names))
        }
        return nil
      }
      // A path from the command line is relative to the current directory, not to the file: made absolute in effect
      // by the caller's prefix rule.
      result +=
        givenPaths.contains(name) && result.isEmpty && !value.hasPrefix("/") ? currentDirectory() + "/" + value : value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
