internal import Synchronization
internal import _Parallel

/// The threads that operations on tensors use.
///
/// Large copies, reductions, functions and draws are split; results are the same to the last bit for
/// every number. Operations that take a `Workspace` go by its number instead.
public enum TensorThreads {
  private static let limit = Atomic<Int>(0)

  /// The most threads that an operation uses: one for each processor unless it is set.
  ///
  ///     TensorThreads.maximum = 1   // the other processors are left alone
  public static var maximum: Int {
    get {
      let limit = limit.load(ordering: .relaxed)
      return limit > 0 ? limit : processorCount
    }
    set { limit.store(max(newValue, 1), ordering: .relaxed) }
  }
}

/// Calls `body` for ranges of `0..<count`, on several threads where that pays.
///
/// - Parameters:
///   - count: The number of items.
///   - grain: Ranges are multiples of this long, but for the last one.
///   - cost: The bytes that an item reads and writes, or as many as take its time; below a megabyte
///     for all, a second thread would take longer to wake than it saves.
///   - body: Called with a range; what it computes must not depend on how the items are cut.
func inParallel(
  _ count: Int, grain: Int = 1, cost: Int, _ body: @Sendable (Range<Int>) -> Void
) {
  let isLarge = count.multipliedReportingOverflow(by: max(cost, 1)).partialValue >= 1 << 20
  guard isLarge else {
    if count > 0 { body(0..<count) }
    return
  }
  parallelFor(count, grain: grain, threads: TensorThreads.maximum) { range, _ in body(range) }
}
