/// A function of the library, the same for scripts and expressions.
public struct HostFunction: Sendable {
  public let manual: FunctionManual
  public let evaluate: @Sendable ([LuaValue]) throws(HostFunctionError) -> LuaValue

  public var name: String { manual.name }

  /// - Parameter name: as the manual declares it.
  public init(_ name: String, _ evaluate: @escaping @Sendable ([LuaValue]) throws(HostFunctionError) -> LuaValue) {
    manual = FunctionManual.declared(name)
    self.evaluate = evaluate
  }

  /// Every function, which the manual declares. A new function is a line in one of these lists.
  public static let all: [HostFunction] =
    numberFunctions + tierFunctions + sharingFunctions + dateFunctions + textFunctions
}

/// What is wrong with a call, in the user's words.
public struct HostFunctionError: Error, Sendable {
  public let message: String

  public init(_ message: String) { self.message = message }
}

/// The arguments of a call, read by position with messages that say what was expected.
struct Arguments {
  let values: [LuaValue]

  init(_ values: [LuaValue]) { self.values = values }

  subscript(index: Int) -> LuaValue { index < values.count ? values[index] : .nil }

  func fail<Value>(_ index: Int, _ expected: String) throws(HostFunctionError) -> Value {
    throw HostFunctionError("argument \(index + 1) is to be \(expected), not a \(self[index].typeName)")
  }

  func text(_ index: Int) throws(HostFunctionError) -> String {
    if case .string(let text) = self[index] { return text }
    return try fail(index, "a string")
  }

  func int(_ index: Int, default absent: Int? = nil) throws(HostFunctionError) -> Int {
    if case .int(let value) = self[index] { return Int(value) }
    if let absent, self[index].isNil { return absent }
    return try fail(index, "an int")
  }
}
