internal import Kernels
internal import Tensor
internal import _KernelsMicro
internal import _Parallel

/// What this machine can do at most, measured with code that does nothing else.
enum Peak: String {
  /// Multiply-adds of 32-bit numbers in registers, in GFLOP/s.
  case float32 = "f32 multiply-adds in registers"
  /// Multiply-adds of bfloat16 in registers, in GFLOP/s.
  case bfloat16 = "bf16 multiply-adds in registers"
  /// Multiply-adds of 8-bit whole numbers in registers, in GFLOP/s as well.
  case int8 = "int8 multiply-adds in registers"
  /// A copy out of cache, in GB/s, both those read and those written.
  case copy = "copy out of cache"

  /// The peaks that a table's instruction set has.
  static func all(_ table: KernelTable) -> [Peak] {
    [.float32] + (table.bfloat16Peak == nil ? [] : [.bfloat16]) + [.int8, .copy]
  }

  /// The peak of the products of a precision.
  static func of(_ precision: Precision) -> Peak {
    switch precision {
    case .float32, .weights8, .weights4: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }

  /// The unit of the measured number.
  var unit: String {
    switch self {
    case .float32, .bfloat16, .int8: "GFLOP/s"
    case .copy: "GB/s"
    }
  }

  /// Measures the peak on some threads at once.
  func measure(_ table: KernelTable, threads: Int) -> Double {
    switch self {
    case .float32: Self.multiplyAdds(table.peak, threads: threads)
    case .bfloat16: table.bfloat16Peak.map { Self.multiplyAdds($0, threads: threads) } ?? .nan
    case .int8: Self.multiplyAdds(table.int8Peak, threads: threads)
    case .copy: Self.copies(threads: threads)
    }
  }

  /// Long enough for a moment in which nothing else runs.
  private static let budget = Budget(seconds: 1)

  private static func multiplyAdds(_ loop: PeakLoop, threads: Int) -> Double {
    // As many rounds as take some milliseconds, beside which the time to wake the other threads is
    // nothing.
    let clock = ContinuousClock()
    var rounds = 1000
    while clock.measure({ _ = blackHole(loop.run(rounds)) }) < .milliseconds(3) { rounds *= 2 }
    let count = rounds
    let sample = Sample(budget) {
      parallelFor(threads, threads: threads) { parts, _ in
        for _ in parts { _ = blackHole(loop.run(count)) }
      }
    }
    return 2 * Double(threads * rounds * loop.multiplyAdds) / sample.fastest / 1e9
  }

  private static func copies(threads: Int) -> Double {
    // In pieces of 32 MB, of which each is read and written, and which threads take one after the
    // other: four for each thread, but 1 GB where that is enough for all.
    let workers = min(threads, processorCount)
    let (pieces, shape) = (max(workers, min(4 * workers, 32)), [8 << 20])
    let sources = (0..<pieces).map { _ in numbers(shape) }
    let targets = (0..<pieces).map { _ in Tensor<Float>(zeros: shape) }
    let sample = Sample(budget) {
      parallelFor(pieces, threads: threads) { range, _ in
        for piece in range {
          var target = targets[piece]
          target.update(from: sources[piece])
        }
      }
    }
    return 2 * 4 * Double(pieces * shape[0]) / sample.fastest / 1e9
  }

  /// Keeps the compiler from leaving out the computation of a value.
  @inline(never)
  private static func blackHole(_ value: Float) -> Float { value }
}

/// The peaks of this machine on each number of threads.
struct Machine {
  /// The name of the instruction set.
  let instructionSet: String
  /// The peaks that it has.
  let peaks: [Peak]
  /// The numbers of threads.
  let threads: [Int]
  private let values: [Int: [Peak: Double]]

  /// Measures all peaks.
  ///
  /// - Throws: `CancellationError`.
  init(_ table: KernelTable, threads: [Int]) throws {
    instructionSet = table.name
    self.threads = threads
    let peaks = Peak.all(table)
    self.peaks = peaks
    values = Dictionary(
      uniqueKeysWithValues: try threads.map { count in
        let values = try peaks.map {
          try Task.checkCancellation()
          return ($0, $0.measure(table, threads: count))
        }
        return (count, Dictionary(uniqueKeysWithValues: values))
      })
  }

  /// A peak, in its unit; NaN where it was not measured.
  func callAsFunction(_ peak: Peak, threads: Int) -> Double { values[threads]?[peak] ?? .nan }
}
