import Aggregation
import Expressions
import Planning

extension Registry {
  /// Everything that pipelines can name. A new kind is one file and one line here.
  public static let standard = Registry(
    sources: [
      CSVSourceDefinition.self, JSONSourceDefinition.self, NDJSONSourceDefinition.self, InlineSourceDefinition.self,
      ScriptSourceDefinition.self,
    ],
    steps: [
      Filter.self, Derive.self, Select.self, Fee.self, Join.self, Explode.self, Aggregate.self, Window.self, Sort.self,
      Top.self, AsOfJoin.self, Dedupe.self, PivotStep.self, Unpivot.self, Allocate.self, Fill.self, Fold.self,
      Transform.self,
    ],
    checks: [NotNull.self, Unique.self, Assert.self, Reconcile.self],
    exports: [CSVExport.self, JSONExport.self, ReportExport.self, ScriptExport.self])
}

/// What `weir list` shows.
public enum Catalogue {
  public struct Entry: Sendable {
    public var name: String
    public var signature: String
    public var summary: String
  }

  public static var stages: [Entry] {
    let registry = Registry.standard
    func entries(_ kind: String, _ items: [any Documented.Type]) -> [Entry] {
      items.map { Entry(name: $0.name, signature: "\(kind) \($0.name)", summary: $0.summary) }
    }
    return entries("ingest", registry.sources) + entries("step", registry.steps) + entries("check", registry.checks)
      + entries("export", registry.exports)
  }

  public static var functions: [Entry] {
    FunctionLibrary.all.map { Entry(name: $0.name, signature: $0.signature, summary: $0.summary) }
  }

  public static var aggregates: [Entry] {
    Reductions.all.map { type in
      Entry(name: type.declaration.name, signature: type.declaration.signature, summary: type.declaration.summary)
    }
  }

  public static var windows: [Entry] {
    WindowFunctions.all.map { type in
      Entry(name: type.declaration.name, signature: type.declaration.signature, summary: type.declaration.summary)
    }
  }

  public static func metrics(_ plugins: PluginCatalogue) -> [Entry] {
    plugins.metrics.values.sorted { $0.name < $1.name }.map {
      Entry(name: $0.name, signature: $0.name, summary: $0.provenance.definition ?? $0.provenance.title ?? "")
    }
  }

  public static func rules(_ plugins: PluginCatalogue) -> [Entry] {
    plugins.feeRules.values.sorted { $0.name < $1.name }.map {
      Entry(name: $0.name, signature: $0.name, summary: $0.provenance.definition ?? $0.provenance.title ?? "")
    }
  }
}
