public import Dispatch

/// Calls `body` for consecutive ranges that cover `0..<count`, on up to `threads` threads.
///
/// The ranges are multiples of `grain` long, but for the last. One range goes to each thread:
/// what a call computes must not depend on how the range was cut, and then results are the same
/// for every number of threads.
///
/// - Parameters:
///   - count: The number of items.
///   - grain: The smallest number of items worth a thread.
///   - threads: The most threads to use, the calling one included.
///   - body: Called with a range of items and the index of the thread, below `threads`.
@inlinable
public func parallelFor(
  _ count: Int, grain: Int = 1, threads: Int, _ body: @Sendable (Range<Int>, Int) -> Void
) {
  guard count > 0 else { return }
  let grains = (count + grain - 1) / grain
  let parts = min(threads, grains)
  guard parts > 1 else { return body(0..<count, 0) }
  DispatchQueue.concurrentPerform(iterations: parts) { part in
    let lower = grains * part / parts * grain
    let upper = min(grains * (part + 1) / parts * grain, count)
    body(lower..<upper, part)
  }
}
