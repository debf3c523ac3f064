/// A normalization of rows, with what is fused into it.
///
/// `output = normalized · weight + bias`, then `· (1 + scale) + shift`, each part optional.
public struct Normalization: @unchecked Sendable {
  /// The rows, dense.
  public var input: UnsafePointer<Float>
  /// Where the normalized rows go, dense; it may be the input.
  public var output: UnsafeMutablePointer<Float>
  /// The length of a row.
  public var columns: Int
  /// What is added to the variance.
  public var epsilon: Float
  /// Whether the mean is subtracted: LayerNorm does, RMSNorm does not.
  public var subtractsMean: Bool
  /// A factor for each column.
  public var weight: UnsafePointer<Float>?
  /// A summand for each column.
  public var bias: UnsafePointer<Float>?
  /// A factor less one for each column, a row for every `modulationRows`.
  public var scale: UnsafePointer<Float>?
  /// A summand for each column, a row for every `modulationRows`.
  public var shift: UnsafePointer<Float>?
  /// The distance between rows of scale and shift, in elements.
  public var modulationStride: Int
  /// How many consecutive rows share a row of scale and shift.
  public var modulationRows: Int

  /// A plain normalization; set the optional parts afterwards.
  @inlinable
  public init(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    columns: Int, epsilon: Float, subtractsMean: Bool
  ) {
    (self.input, self.output) = (input, output)
    (self.columns, self.epsilon, self.subtractsMean) = (columns, epsilon, subtractsMean)
    (weight, bias, scale, shift) = (nil, nil, nil, nil)
    (modulationStride, modulationRows) = (0, 1)
  }
}

extension InstructionSet {
  /// Normalizes the rows of `range`: x → (x - mean) / √(variance + ε).
  @inlinable @inline(__always)
  public static func normalize(_ n: Normalization, rows range: Range<Int>) {
    let count = n.columns
    for row in range {
      let input = n.input + row * count
      let output = n.output + row * count
      let mean = n.subtractsMean ? sum(input, count: count) / Float(count) : 0
      let variance = sumOfSquares(input, from: mean, count: count) / Float(count)
      let inverse = 1 / squareRoot(variance + n.epsilon)
      if let scale = n.scale, let shift = n.shift {
        // One pass for the case of DiT: normalized · (1 + scale) + shift.
        let modulation = (row / n.modulationRows) * n.modulationStride
        let (scale, shift) = (scale + modulation, shift + modulation)
        zip(input, scale, shift, output, count) { x, scale, shift in
          multiplyAdd((x - mean) * inverse, 1 + scale, shift)
        }
      } else {
        map(input, output, count) { ($0 - mean) * inverse }
      }
      if let weight = n.weight {
        for i in 0..<count { output[i] *= weight[i] }
      }
      if let bias = n.bias {
        for i in 0..<count { output[i] += bias[i] }
      }
    }
  }

  /// Applies `function` to the elements of three rows, a register at a time.
  @inlinable @inline(__always)
  static func zip(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ count: Int, _ function: (Float, Float, Float) -> Float
  ) {
    var i = 0
    while i + width <= count {
      var x = load(a + i)
      let (y, z) = (load(b + i), load(c + i))
      for lane in 0..<width { x[lane] = function(x[lane], y[lane], z[lane]) }
      store(x, output + i)
      i += width
    }
    while i < count {
      output[i] = function(a[i], b[i], c[i])
      i += 1
    }
  }
}
