import Aggregation
import Columns
import Diagnostics
import Expressions
import Memory

/// What a step does to rows. The three forms are all that the runner drives.
public enum PlannedOperation: Sendable {
  /// Batch to batch, in parallel, while the input is read.
  case rows(any RowOperation)
  /// Many rows to few, by partial states that merge.
  case aggregate(any AggregateOperation)
  /// All rows of the stage at once.
  case table(any TableOperation)
}

/// A step from batch to batch. Rows keep their order; `Batch.position` stays.
public protocol RowOperation: Sendable {
  /// Stages whose whole tables it needs beside its input, such as the right side of a join.
  var sides: [String] { get }
  /// Called once, when the sides are complete.
  func prepare(_ sides: [Table], _ report: inout StepReport) throws -> any PreparedRowOperation
  /// The same step over the whole table, where its sides do not fit the memory; nil where they do.
  func over(largeSides sides: [Table], output: Schema, _ memory: MemoryBudget) -> (any TableOperation)?
  /// The same step where only some columns of its output are looked at.
  func narrowed(to needed: Set<Int>) -> any RowOperation
  /// What each of its programs computes from columns alone.
  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>]
  /// The same step, which takes results that a batch has in common with other steps instead of computing them.
  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any RowOperation
}

extension RowOperation {
  public func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] { [] }

  public func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any RowOperation { self }

  public func narrowed(to needed: Set<Int>) -> any RowOperation { self }

  public func over(largeSides sides: [Table], output: Schema, _ memory: MemoryBudget) -> (any TableOperation)? { nil }
}

/// A row operation with its sides built, shared by all workers.
public protocol PreparedRowOperation: Sendable {
  func makeWorker(_ context: WorkerContext) throws -> any RowWorker
}

/// One worker's instance of a row operation.
public protocol RowWorker: AnyObject {
  /// Fills in every count of the report but `rowsIn` and `rowsOut`.
  func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch
}

/// A row worker that only drops rows: the reader asks it before it parses what later steps need.
public protocol RowSelector: RowWorker {
  /// The rows that stay, ascending; nil where all do.
  func select(_ batch: Batch, _ report: inout StepReport) throws -> [Int32]?
}

extension RowSelector {
  public func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
    let rows = try select(batch, &report)
    return rows.map { batch.gathered($0) } ?? batch
  }
}

/// A row operation that needs no other stage.
public protocol SimpleRowOperation: RowOperation, PreparedRowOperation {}

extension SimpleRowOperation {
  public var sides: [String] { [] }
  public func prepare(_ sides: [Table], _ report: inout StepReport) throws -> any PreparedRowOperation { self }
}

/// A step from rows to groups.
public protocol AggregateOperation: Sendable {
  func makePartial(_ context: WorkerContext) throws -> any AggregatePartial
  /// What each of its programs computes from columns alone.
  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>]
  /// The same step, which takes results that a batch has in common with other steps instead of computing them.
  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any AggregateOperation

  /// The groups of all workers' shares.
  func finish(_ partials: [any AggregatePartial], _ request: FinishRequest, _ report: inout StepReport) throws
    -> FinishedAggregate
}

extension AggregateOperation {
  public func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] { [] }

  public func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any AggregateOperation { self }

  public func finish(_ partials: [any AggregatePartial], _ request: FinishRequest, _ report: inout StepReport) throws
    -> FinishedAggregate
  {
    for partial in partials.dropFirst() { try partials[0].absorb(partial) }
    return FinishedAggregate(try partials[0].finish(&report))
  }
}

/// How an aggregate is to be finished.
public struct FinishRequest: Sendable {
  private let handed: Handover<[WorkerContext]>
  public let stop: StopFlag
  /// Where only the first rows in an order are wanted of the groups.
  public let leading: LeadingRows?

  public init(contexts: [WorkerContext], stop: StopFlag = StopFlag(), leading: LeadingRows? = nil) {
    handed = Handover(contexts)
    self.stop = stop
    self.leading = leading
  }

  /// One a worker.
  public var contexts: [WorkerContext] { handed.value }
}

/// The first rows in an order of columns; ties by the order of the rows.
public struct LeadingRows: Sendable {
  public var keys: [SortKey]
  public var count: Int

  public init(keys: [SortKey], count: Int) {
    self.keys = keys
    self.count = count
  }
}

/// The groups of an aggregate.
public struct FinishedAggregate: Sendable {
  public var table: Table
  /// Rows that are not in the table since the request did not want them.
  public var omitted: Int

  public init(_ table: Table, omitted: Int = 0) {
    self.table = table
    self.omitted = omitted
  }
}

/// One worker's share of an aggregate. Adding and merging commute: any distribution of batches over workers gives the
/// same table.
public protocol AggregatePartial: AnyObject {
  func add(_ batch: Batch, _ report: inout StepReport) throws
  func absorb(_ other: any AggregatePartial) throws
  func finish(_ report: inout StepReport) throws -> Table
}

/// A share of an aggregate that can go to another process.
public protocol PortablePartial: AggregatePartial {
  func encode() throws -> [UInt8]
  /// Takes in what a partial of the same operation encoded. Throws `.unreadableFile` where it is none.
  func absorb(encoded bytes: [UInt8]) throws
}

/// A step over the whole table.
public protocol TableOperation: Sendable {
  var sides: [String] { get }
  /// The rows of its input that it looks at, where those are only the first in an order.
  var leading: LeadingRows? { get }
  /// The order that it brings its rows into, where that is all it does: the rows are sorted while they gather, and `run` is not called.
  var order: [SortKey]? { get }
  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table
}

extension TableOperation {
  public var sides: [String] { [] }
  public var leading: LeadingRows? { nil }
  public var order: [SortKey]? { nil }
}

/// What belongs to one worker and lives as long as it: caches, Lua states.
public final class WorkerContext {
  public let programs: ProgramWorker
  /// What the states of the run may take; nil for any number.
  public let memory: MemoryBudget?
  private var kept: [String: AnyObject] = [:]

  public init(memory: MemoryBudget? = nil) {
    programs = ProgramWorker()
    self.memory = memory
  }

  /// What the worker keeps under a name, made at first use: one Lua state a plugin.
  public func kept<Kept: AnyObject>(_ name: String, _ make: () throws -> Kept) rethrows -> Kept {
    if let found = kept[name] as? Kept { return found }
    let made = try make()
    kept[name] = made
    return made
  }
}
