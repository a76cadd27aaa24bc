import ArgumentParser
import Memory

extension MemorySize: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
