/// One timed piece of work.
struct Benchmark {
  /// What it measures, `kernel/shape`.
  let name: String
  /// The floating-point operations of one call; none where the time is what counts.
  var operations: Double?
  /// Prepares the data and returns the work to time.
  let make: () throws -> () -> Void
}

/// How long one call of a piece of work took.
struct Sample: Encodable {
  /// The median of the times, in seconds.
  let median: Double
  /// The shortest time, in seconds.
  let fastest: Double
  /// The median distance from the median, as a share of it.
  let spread: Double

  /// Times `work`, called often enough in each sample to outlast the clock.
  init(samples: Int, _ work: () -> Void) {
    let clock = ContinuousClock()
    work()
    var calls = 1
    while clock.measure({ for _ in 0..<calls { work() } }) < .milliseconds(2) { calls *= 2 }
    let times = (0..<samples).map { _ in
      clock.measure { for _ in 0..<calls { work() } } / .seconds(calls)
    }.sorted()
    let middle = times[times.count / 2]
    median = middle
    fastest = times[0]
    spread = times.map { abs($0 - middle) }.sorted()[times.count / 2] / middle
  }
}
