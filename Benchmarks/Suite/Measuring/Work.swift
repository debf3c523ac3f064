/// What one call has to do at least, and which peak bounds it.
enum Work {
  /// Floating-point operations.
  case operations(Double, peak: Peak = .float32)
  /// Bytes read from memory and written to it, each once.
  case bytes(Double)
  /// Elements that need so many vector operations each, whose bound is the rate of multiply-adds.
  case elements(Int, operations: Double)
}

/// How fast a call did its work.
struct Speed: Codable {
  /// Operations, in GFLOP/s.
  var gigaflops: Double?
  /// Memory traffic, in GB/s.
  var gigabytes: Double?
  /// The time for an element, in nanoseconds.
  var nanosecondsPerElement: Double?
  /// The peak's time for the same work over the time it took.
  var share: Double

  /// The speed of `work` done in some seconds.
  init(_ work: Work, seconds: Double, threads: Int, on machine: Machine) {
    switch work {
    case .operations(let count, let peak):
      let speed = count / seconds / 1e9
      gigaflops = speed
      share = speed / machine(peak, threads: threads)
    case .bytes(let count):
      let speed = count / seconds / 1e9
      gigabytes = speed
      share = speed / machine(.copy, threads: threads)
    case .elements(let count, let operations):
      nanosecondsPerElement = seconds * 1e9 / Double(count)
      // A multiply-add is two floating-point operations in the place of one of these.
      let rate = machine(.float32, threads: threads) * 1e9 / 2
      share = Double(count) * operations / rate / seconds
    }
  }
}
