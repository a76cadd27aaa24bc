import Columns
import Diagnostics
import Expressions
import LuaHost
import Memory
import Planning

/// Reads the plugins of a pipeline: manifests, scripts, definitions. Reports every mistake at its place.
public enum PluginLoader {
  /// - Parameter limits: what no plugin may pass, whatever it and the pipeline say.
  public static func load(
    _ spec: PipelineSpec, parameters: ParameterValues, lua path: LuaPath = .auto,
    limits: LuaLimits = PluginLimits.none, _ bag: inout DiagnosticBag
  ) -> PluginCatalogue {
    var catalogue = PluginCatalogue()
    for use in spec.plugins {
      let folder =
        use.path.text.hasPrefix("/") || spec.directory.isEmpty ? use.path.text : "\(spec.directory)/\(use.path.text)"
      let cap = PluginLimits.read(use.limits, over: PluginLimits.none, &bag)
      load(
        folder: folder.normalizedPath, at: use.path.span, settings: use.settings,
        cap: PluginLimits.capped(cap, by: limits), lua: path, into: &catalogue,
        &bag)
    }
    return catalogue
  }

  /// One plugin by itself, for its tests; with its default settings where none are given.
  ///
  /// - Parameter coverage: takes in which lines are run.
  public static func load(
    folder: String, at span: SourceSpan, settings: [DocumentNode.Entry] = [], lua path: LuaPath = .auto,
    limits: LuaLimits = PluginLimits.none, coverage: LuaCoverage? = nil, _ bag: inout DiagnosticBag
  ) -> PluginCatalogue {
    var catalogue = PluginCatalogue()
    load(
      folder: folder, at: span, settings: settings, cap: limits, lua: path, coverage: coverage, into: &catalogue, &bag)
    return catalogue
  }

  private static func load(
    folder: String, at span: SourceSpan, settings: [DocumentNode.Entry], cap: LuaLimits, lua path: LuaPath,
    coverage: LuaCoverage? = nil, into catalogue: inout PluginCatalogue, _ bag: inout DiagnosticBag
  ) {
    var unreadable: Set<String> = []
    guard let manifest = PluginManifest.read(folder: folder, at: span, unreadable: &unreadable, &bag) else {
      catalogue.unreadable.formUnion(unreadable)
      return
    }
    guard !catalogue.identities.contains(where: { $0.name == manifest.name }) else {
      bag.report(
        .duplicateName, "two plugins are called '\(manifest.name)', and this is the second", at: span,
        help: "the name stands in \(manifest.file.path); pipelines tell plugins apart by it")
      return
    }
    let values = manifest.values(settings, &bag)
    let files: PluginFiles
    do throws(RunFailure) {
      files = try PluginFiles(folder: folder, manifest: manifest.file)
    } catch {
      bag.report(error.diagnostic)
      return
    }
    catalogue.identities.append(PluginIdentity(name: manifest.name, version: manifest.version, hash: files.hash))
    let scripts = PluginScripts(
      name: manifest.name, version: manifest.version, files: files, settings: values,
      given: settings.compactMap { entry in entry.value.text.map { (entry.key, $0.text) } },
      limits: PluginLimits.capped(manifest.limits, by: cap),
      loweredLimits: PluginLimits.lowered(manifest.limits, by: cap), path: path, log: catalogue.log,
      costs: catalogue.costs, coverage: coverage)
    for (script, value) in scripts.definitions(&bag) {
      var reader = DefinitionReader(scripts: scripts, script: script, value: value)
      reader.read(into: &catalogue)
      bag.report(contentsOf: reader.bag.diagnostics)
    }
    for script in files.scripts where script.kind != .modules {
      let name = "\(manifest.name).\(script.name)"
      if !catalogue.defines(name) { catalogue.unreadable.insert(name) }
    }
  }
}
