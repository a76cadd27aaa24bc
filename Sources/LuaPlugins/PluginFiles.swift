import Columns
import Diagnostics
import Memory

/// The Lua files of a plugin's folder, by kind and in the order of their names: the same in every state that loads
/// them.
struct PluginFiles: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case fees, metrics, functions, folds, transforms, sources, exports, modules
  }

  struct Script: Sendable {
    var kind: Kind
    /// The file's name without `.lua`.
    var name: String
    var file: SourceFile

    /// What Lua calls the file: short, because Lua cuts long names.
    var chunkName: String { "\(kind.rawValue)/\(name).lua" }
  }

  var folder: String
  var scripts: [Script] = []
  /// Hash over manifest and scripts, by name.
  var hash: String

  init(folder: String, manifest: SourceFile) throws(RunFailure) {
    self.folder = folder
    var bytes = manifest.utf8
    for kind in Kind.allCases {
      let path = folder.path(of: kind.rawValue)
      guard TextFile.isFolder(path) else { continue }
      try Self.refuseLink(path)
      for name in try TextFile.names(inFolder: path) where name.hasSuffix(".lua") {
        try Self.refuseLink("\(path)/\(name)")
        let file = SourceFile(path: "\(path)/\(name)", text: try TextFile.read("\(path)/\(name)"))
        scripts.append(Script(kind: kind, name: String(name.dropLast(4)), file: file))
        bytes += Array("\n\(kind.rawValue)/\(name)\n".utf8) + file.utf8
      }
    }
    hash = ContentHash(bytes).description
  }

  /// A link might lead out of the plugin's folder, to what its author may not read.
  private static func refuseLink(_ path: String) throws(RunFailure) {
    guard TextFile.isLink(path) else { return }
    throw RunFailure(
      .unreadableFile, "'\(path)' is a link, and all files of a plugin lie in its folder",
      help: "put the file itself there")
  }
}
