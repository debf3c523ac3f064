/// Kernels written plainly in `Double`, to test the fast ones against.
package enum Reference {
  /// `a · bᵀ`, `[rows, columns]`, and the sums of the products' magnitudes, which bound the error.
  package static func product(
    _ a: [Float], _ b: [Float], rows: Int, columns: Int, depth: Int
  ) -> (values: [Double], magnitudes: [Double]) {
    var values = [Double](repeating: 0, count: rows * columns)
    var magnitudes = values
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<depth {
          let term = Double(a[i * depth + k]) * Double(b[j * depth + k])
          values[i * columns + j] += term
          magnitudes[i * columns + j] += term.magnitude
        }
      }
    }
    return (values, magnitudes)
  }

  /// Rows, each less its mean and divided by its deviation.
  package static func normalized(
    _ x: [Float], columns: Int, epsilon: Double, subtractsMean: Bool
  ) -> [Double] {
    stride(from: 0, to: x.count, by: max(columns, 1)).flatMap { start in
      let row = x[start..<start + columns].map(Double.init)
      let mean = subtractsMean ? row.reduce(0, +) / Double(columns) : 0
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }
  }
}

/// Numbers that look random and are the same on every machine: uniform in -1 ..< 1.
package struct SampleNumbers {
  private var state: UInt64

  /// The sequence of a seed.
  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// The next 64 bits (SplitMix64).
  package mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// The next number.
  package mutating func next() -> Float { Float(bits() >> 40) / Float(1 << 23) - 1 }

  /// The next numbers.
  package mutating func next(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  /// The next whole number of a range.
  package mutating func next(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(bits() % UInt64(range.count))
  }
}

/// The largest difference of two sequences over the largest magnitude of the second.
package func relativeError<A: Sequence, B: Sequence>(_ a: A, _ b: B) -> Double
where A.Element: BinaryFloatingPoint, B.Element: BinaryFloatingPoint {
  var (difference, magnitude) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    if !(Double(x) - Double(y)).isFinite { return .infinity }
    difference = max(difference, (Double(x) - Double(y)).magnitude)
    magnitude = max(magnitude, Double(y).magnitude)
  }
  return difference == 0 ? 0 : difference / magnitude
}
