import Memory

/// Buffers that readers of earlier splits have given back.
final class BufferPool: Sendable {
  private struct Free {
    var windows: [ByteWindow] = []
    var separators: [Separators] = []
  }

  private let free = Guarded(Free())

  func takeWindow() -> ByteWindow { free.withLock { $0.windows.popLast() } ?? ByteWindow() }

  func takeSeparators() -> Separators { free.withLock { $0.separators.popLast() } ?? Separators(capacity: 1 << 16) }

  func giveBack(_ window: ByteWindow) { free.withLock { $0.windows.append(window) } }

  func giveBack(_ separators: Separators) { free.withLock { $0.separators.append(separators) } }
}
