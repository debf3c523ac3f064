/// A number that was measured on some images, and its bootstrap replicates: the same number on
/// images drawn from them with replacement.
///
/// The draws are the same for every method, so that replicates of two methods can be subtracted.
///
/// Reference: Efron, 1979, "Bootstrap methods: another look at the jackknife".
package struct Resampled: Sendable, Hashable {
  /// What was measured.
  package let value: Double
  /// The number of each resampling; empty for a single image.
  package let replicates: [Double]

  /// A number and its replicates.
  package init(_ value: Double, replicates: [Double]) {
    (self.value, self.replicates) = (value, replicates)
  }

  /// The mean of some numbers, resampled 1,000 times; nil where there are none.
  package init?(meanOf values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let replicates = Self.draws(of: values.count, times: 1000).map { draw in
      draw.reduce(0) { $0 + values[$1] } / count
    }
    self.init(values.reduce(0, +) / count, replicates: replicates)
  }

  /// The interval of 95 % of the replicates, shifted so that their mean is the value. (Some
  /// numbers, such as Fréchet distances, are larger on images drawn with replacement.)
  package var interval: (low: Double, high: Double) {
    let sorted = replicates.sorted()
    guard sorted.count > 1 else { return (value, value) }
    let shift = value - sorted.reduce(0, +) / Double(sorted.count)
    let tail = sorted.count / 40
    return (sorted[tail] + shift, sorted[sorted.count - 1 - tail] + shift)
  }

  /// A number between this one and another one of the same images, a share of the way from this
  /// one.
  package func interpolated(to other: Resampled, _ share: Double) -> Resampled {
    combined(with: other) { $0 + share * ($1 - $0) }
  }

  /// The difference of two numbers of the same images.
  package static func - (a: Resampled, b: Resampled) -> Resampled { a.combined(with: b, -) }

  private func combined(
    with other: Resampled, _ function: (Double, Double) -> Double
  ) -> Resampled {
    Resampled(
      function(value, other.value), replicates: zip(replicates, other.replicates).map(function))
  }

  /// Indices of images drawn with replacement, the same on every machine; empty for a single image.
  package static func draws(of count: Int, times: Int) -> [[Int]] {
    guard count > 1 else { return [] }
    var state = UInt64(count)
    func next() -> Int {
      // SplitMix64.
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(count))
    }
    return (0..<times).map { _ in (0..<count).map { _ in next() } }
  }
}
