import Columns
import Diagnostics
import LuaHost
import Memory
import Planning
import YAMLNodes

/// `plugin.yaml`: what a plugin is called, what it asks for and what may be set.
struct PluginManifest: Sendable {
  var name: String
  var version: String
  var settings: [Setting]
  var limits: LuaLimits
  var file: SourceFile

  struct Setting: Sendable {
    var name: String
    var type: ValueType
    var standard: Scalar?
  }

  /// nil where the manifest had mistakes, which are reported.
  ///
  /// - Parameter unreadable: takes in the name of one that has mistakes, so that nothing of it is called unknown.
  static func read(
    folder: String, at use: SourceSpan, unreadable: inout Set<String>, _ bag: inout DiagnosticBag
  ) -> PluginManifest? {
    unreadable.insert(folder.nameOfPath)
    let path = folder.path(of: "plugin.yaml")
    guard TextFile.exists(path) else {
      bag.report(
        .unknownPlugin, "there is no plugin in '\(folder)'", at: use,
        help: "a plugin is a folder with a plugin.yaml; relative paths start at the pipeline file")
      return nil
    }
    do {
      let file = SourceFile(path: path, text: try TextFile.read(path))
      guard let root = try YAMLReader.read(file) else {
        bag.report(.invalidPlugin, "the manifest is empty", at: file.span(0..<0), help: "it needs 'name' and 'version'")
        return nil
      }
      return manifest(root, file, unreadable: &unreadable, &bag)
    } catch let error as InvalidInput {
      bag.report(contentsOf: error.diagnostics)
    } catch let error as RunFailure {
      bag.report(error.diagnostic)
    } catch {
      bag.report(.invalidPlugin, "the manifest cannot be read", at: use)
    }
    return nil
  }

  private static func manifest(
    _ root: DocumentNode, _ file: SourceFile, unreadable: inout Set<String>, _ bag: inout DiagnosticBag
  ) -> PluginManifest? {
    var reader = SpecReader(root, subject: "the manifest")
    let name = reader.requiredText("name")
    let version = reader.requiredText("version")
    for key in ["description", "licence", "license"] { _ = reader.node(key) }
    if let range = reader.text("weir") { check(range, &reader.bag) }
    let limits = PluginLimits.read(reader.entries("limits"), over: LuaLimits(), &reader.bag)
    let settings = reader.entries("settings").compactMap { setting($0, &reader.bag) }
    if let name, !isName(name.text) {
      reader.bag.report(
        .invalidPlugin, "'\(name.text)' cannot be a plugin's name: pipelines write it before a point", at: name.span,
        help: "use letters, digits and _")
    }
    let own = reader.finish()
    bag.report(contentsOf: own.diagnostics)
    guard let name, let version, !own.hasErrors else {
      if let name { unreadable.insert(name.text) }
      return nil
    }
    return PluginManifest(name: name.text, version: version.text, settings: settings, limits: limits, file: file)
  }

  /// Whether this program is one that the plugin was written for.
  private static func check(_ text: LocatedText, _ bag: inout DiagnosticBag) {
    guard let range = VersionRange(text.text) else {
      bag.report(
        .wrongValue, "'\(text.text)' says nothing of versions", at: text.span,
        help: "weir: \">=0.1\", or several conditions: \">=0.1 <2\"")
      return
    }
    guard !range.contains(Version.current) else { return }
    bag.report(
      .invalidPlugin, "the plugin is for Weir \(text.text), and this is \(Version.current)", at: text.span,
      help: "use a version of the plugin, or of Weir, that goes with the other")
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.first.map { !(48...57).contains($0) } ?? false
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
      }
  }

  private static func setting(_ entry: DocumentNode.Entry, _ bag: inout DiagnosticBag) -> Setting? {
    var reader = SpecReader(entry.value, subject: "setting '\(entry.key)'")
    let typeText = reader.requiredText("type")
    let standard = reader.text("default")
    _ = reader.node("description")
    var result: Setting?
    if let typeText {
      do {
        let type = try ValueType(parsing: typeText.text, defaultScale: 18)
        var value: Scalar?
        if let standard {
          value = Scalar(parsing: standard.text, as: type.data)
          if value == nil {
            reader.bag.report(.wrongValue, "the default '\(standard.text)' is no \(type)", at: standard.span)
          }
        }
        result = Setting(name: entry.key, type: type, standard: value)
      } catch {
        reader.bag.report(error, at: typeText.span)
      }
    }
    bag.report(contentsOf: reader.finish().diagnostics)
    return result
  }

  /// The settings in force: what the pipeline gives over the defaults.
  func values(_ given: [DocumentNode.Entry], _ bag: inout DiagnosticBag) -> [SettingValue] {
    for entry in given where !settings.contains(where: { $0.name == entry.key }) {
      bag.report(
        .unknownSetting, "plugin '\(name)' has no setting '\(entry.key)'", at: entry.keySpan,
        help: suggestion(for: entry.key, among: settings.map(\.name))
          ?? (settings.isEmpty ? "it has none" : "it has \(settings.map(\.name).joined(separator: ", "))"))
    }
    return settings.compactMap { setting in
      guard let node = given.first(where: { $0.key == setting.name })?.value else {
        return setting.standard.map { SettingValue(name: setting.name, type: setting.type, value: $0) }
      }
      guard let text = node.text, let value = Scalar(parsing: text.text, as: setting.type.data) else {
        bag.report(
          .wrongValue,
          "setting '\(setting.name)' of plugin '\(name)' takes \(setting.type), not '\(node.text?.text ?? node.kind)'",
          at: node.span)
        return nil
      }
      return SettingValue(name: setting.name, type: setting.type, value: value)
    }
  }
}

/// A setting in force.
struct SettingValue: Sendable {
  var name: String
  var type: ValueType
  var value: Scalar
}
