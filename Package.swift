// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same rules.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

/// C that touches bytes and Lua. Warnings are errors here as well.
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// The house: arrows point down only. ARCHITECTURE.md draws the same graph and says what each target is for.
///
/// - Parameter tests: what the room's tests use beside the room and what it stands on.
func room(
  _ name: String, on dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = [], fixtures: [String] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies + tests, exclude: fixtures,
      swiftSettings: strict),
  ]
}

let package = Package(
  name: "weir",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "weir", targets: ["weir"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev", "pkg-config"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CXxhash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "CScan", cSettings: strictC),
    .target(name: "CFused", dependencies: ["CScan"], cSettings: strictC),
    .target(name: "CFold", cSettings: strictC),
    .target(name: "CLuaBridge", dependencies: ["CLua"], cSettings: strictC),
  ]
    + room("Diagnostics")
    + room("Memory", on: ["CScan", "CFused", "CFold", "CZlib", "CZstd", "CXxhash", "CMalloc", "Diagnostics"])
    + room("Columns", on: ["Memory", "Diagnostics"])
    + room("LuaHost", on: ["CLuaBridge", "Columns", "Diagnostics"], fixtures: ["Attacks", "Decimals"])
    + room("Expressions", on: ["LuaHost", "Columns", "Memory", "Diagnostics"])
    + room("Aggregation", on: ["Columns", "Memory", "Diagnostics"])
    + room(
      "Planning", on: ["Expressions", "Aggregation", "LuaHost", "Columns", "Memory", "Diagnostics"],
      tests: ["YAMLNodes"])
    + room("YAMLNodes", on: ["Diagnostics", .product(name: "Yams", package: "Yams")])
    + room("PipelineFiles", on: ["YAMLNodes", "Planning", "Columns", "Diagnostics"])
    + room(
      "LuaPlugins",
      on: ["YAMLNodes", "Planning", "Expressions", "Aggregation", "LuaHost", "Columns", "Memory", "Diagnostics"])
    + room("Formats", on: ["Columns", "Memory", "Diagnostics"])
    + room(
      "Stages",
      on: ["Planning", "Formats", "Expressions", "Aggregation", "LuaHost", "Columns", "Memory", "Diagnostics"],
      tests: ["PipelineFiles", "LuaPlugins", "Runner"])
    + room(
      "Runner", on: ["Planning", "Aggregation", "Columns", "Memory", "Diagnostics"],
      tests: ["PipelineFiles", "LuaPlugins", "Stages"])
    + [
      .executableTarget(
        name: "weir",
        dependencies: [
          "PipelineFiles", "LuaPlugins", "Stages", "Runner", "Planning", "Formats", "YAMLNodes", "Expressions",
          "Aggregation", "LuaHost", "Columns", "Memory", "Diagnostics",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: strict),
      // Inner loops for counting instructions and allocations: `make bench-kernels`.
      .executableTarget(
        name: "weir-kernels",
        dependencies: ["Formats", "Expressions", "Aggregation", "LuaHost", "Columns", "Memory", "Diagnostics"],
        path: "Benchmarks/Kernels", swiftSettings: strict),
      .testTarget(name: "CaseTests", dependencies: ["weir"], exclude: ["Cases"], swiftSettings: strict),
      .testTarget(
        name: "DifferentialTests", dependencies: ["LuaPlugins", "Planning", "Expressions", "Columns", "Diagnostics"],
        swiftSettings: strict),
    ]
)
