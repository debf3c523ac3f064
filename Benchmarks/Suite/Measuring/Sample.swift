/// How long to repeat a piece of work.
struct Budget {
  /// The fewest samples, as long as they take no more than `limit`.
  var minimum = 5
  /// How long to go on sampling, in seconds.
  var seconds = 0.2
  /// When to stop whatever the number of samples, in seconds.
  var limit = Double.infinity
  /// The most samples.
  var maximum = Int.max
  /// Whether a call that does not count comes first.
  var warmsUp = true

  /// This many samples, however long they take.
  static func exactly(_ count: Int) -> Budget {
    Budget(minimum: count, seconds: 0, maximum: count)
  }
}

/// How long one call of a piece of work took.
struct Sample {
  /// The median of the times, in seconds.
  let median: Double
  /// The shortest time, in seconds.
  let fastest: Double
  /// The median distance from the median, as a share of it.
  let spread: Double
  /// The number of times.
  let count: Int

  /// Times `work`, called often enough in each sample to outlast the clock.
  ///
  /// One sample is enough where the task is cancelled.
  init(_ budget: Budget = Budget(), _ work: () -> Void) {
    let clock = ContinuousClock()
    if budget.warmsUp { work() }
    let start = clock.now
    let first = clock.measure(work) / .seconds(1)
    let calls = max(1, Int((0.001 / max(first, 1e-7)).rounded(.up)))
    var times = calls == 1 ? [first] : []
    while true {
      let elapsed = start.duration(to: clock.now) / .seconds(1)
      let isEnough = times.count >= budget.minimum && elapsed >= budget.seconds
      let isOver =
        times.count >= budget.maximum || elapsed >= budget.limit || Task.isCancelled
      if !times.isEmpty && (isEnough || isOver) { break }
      times.append(clock.measure { for _ in 0..<calls { work() } } / .seconds(calls))
    }
    times.sort()
    let middle = times[times.count / 2]
    median = middle
    fastest = times[0]
    spread = times.map { abs($0 - middle) }.sorted()[times.count / 2] / middle
    count = times.count
  }
}
