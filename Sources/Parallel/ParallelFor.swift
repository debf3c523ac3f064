internal import Dispatch
internal import Synchronization

/// Calls `body` for consecutive ranges that cover `0..<count`, on up to `threads` threads.
///
/// Each thread takes the next range when it is done with one, so that a thread that the system
/// holds up delays only its own. What a call computes must therefore not depend on how the items
/// are cut into ranges; then results are the same for every number of threads.
///
/// - Parameters:
///   - count: The number of items.
///   - grain: Ranges are multiples of this long, but for the last one.
///   - threads: The most threads to use, the calling one included.
///   - body: Called with a range of items and the index of the thread, below `threads`.
public func parallelFor(
  _ count: Int, grain: Int = 1, threads: Int, _ body: @Sendable (Range<Int>, Int) -> Void
) {
  guard count > 0 else { return }
  let grains = (count + grain - 1) / grain
  let workers = min(threads, grains)
  guard workers > 1 else { return body(0..<count, 0) }
  let parts = min(grains, workers * 4)
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard part < parts else { return }
      let lower = grains * part / parts * grain
      let upper = min(grains * (part + 1) / parts * grain, count)
      body(lower..<upper, worker)
    }
  }
}
