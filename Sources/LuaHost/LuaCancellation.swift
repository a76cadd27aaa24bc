import CLuaBridge

/// Stops the running calls of the states that watch it. From any thread; once raised it stays so.
@safe public final class LuaCancellation: @unchecked Sendable {
  let flag: OpaquePointer?

  public init() { unsafe flag = weir_flag_make() }

  deinit { unsafe weir_flag_free(flag) }

  public var isCancelled: Bool { unsafe weir_flag_is_raised(flag) }

  public func cancel() { unsafe weir_flag_raise(flag) }
}
