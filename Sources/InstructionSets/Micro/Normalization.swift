/// A normalization of rows, with what is fused into it.
///
/// `output = normalized · weight + bias`, then `· (1 + scale) + shift`: weight, bias, and the last two
/// together are optional.
public struct Normalization: @unchecked Sendable {
  /// The rows, dense.
  public var input: UnsafePointer<Float>
  /// Where the normalized rows go; it may be the input.
  public var output: RowDestination
  /// Whether the output goes past the caches; rows begin at multiples of 64 bytes then.
  public var isStreamed = false
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
  /// A factor less one for each column, a row for every `modulationRows`; it counts only with `shift`.
  public var scale: UnsafePointer<Float>?
  /// A summand for each column, a row for every `modulationRows`; it counts only with `scale`.
  public var shift: UnsafePointer<Float>?
  /// The distance between rows of scale and shift, in elements.
  public var modulationStride: Int
  /// How many consecutive rows share a row of scale and shift.
  public var modulationRows: Int

  /// A plain normalization; set the optional parts afterwards.
  @inlinable
  public init(
    input: UnsafePointer<Float>, output: RowDestination, columns: Int, epsilon: Float,
    subtractsMean: Bool
  ) {
    (self.input, self.output) = (input, output)
    (self.columns, self.epsilon, self.subtractsMean) = (columns, epsilon, subtractsMean)
    (weight, bias, scale, shift) = (nil, nil, nil, nil)
    (modulationStride, modulationRows) = (0, 1)
  }
}

extension Normalization {
  /// The factors and summands of one row.
  @usableFromInline
  struct Modifiers {
    @usableFromInline let weight, bias, scale, shift: UnsafePointer<Float>?

    @inlinable @inline(__always)
    init(_ n: Normalization, row: Int) {
      let modulation = row / n.modulationRows * n.modulationStride
      (weight, bias) = (n.weight, n.bias)
      scale = n.scale.map { $0 + modulation }
      shift = n.shift.map { $0 + modulation }
    }
  }
}

extension InstructionSet {
  /// Normalizes the rows of `range`: x → (x - mean) / √(variance + ε).
  @inlinable @inline(__always)
  public static func normalize(_ n: Normalization, rows range: Range<Int>) {
    if n.isStreamed {
      normalize(n, rows: range) { stream($0, $1, as: n.output.layout) }
      finishStreaming()
    } else {
      normalize(n, rows: range) { store($0, $1, as: n.output.layout) }
    }
  }

  /// Normalizes the rows of `range`, and writes whole vectors with `write`.
  @inlinable @inline(__always)
  static func normalize(
    _ n: Normalization, rows range: Range<Int>,
    _ write: (F32, UnsafeMutableRawPointer) -> Void
  ) {
    let count = n.columns
    for row in range {
      let input = n.input + row * count
      let layout = n.output.layout
      let mean = n.subtractsMean ? sum(input, count: count) / Float(count) : 0
      // The next row arrives while this one, now in the L1 cache, is computed.
      prefetchToL2(input + count, lines: count / 16)
      let variance = sumOfSquares(input, from: mean, count: count) / Float(count)
      let inverse = 1 / squareRoot(all(variance + n.epsilon))[0]
      let modifiers = Normalization.Modifiers(n, row: row)
      var i = 0
      while i + width <= count {
        let x = multiply(subtract(load(input + i), all(mean)), all(inverse))
        write(modified(x, modifiers) { load($0 + i) }, n.output.place(row: row, column: i))
        i += width
      }
      if i < count {
        let rest = count - i
        let x = loadPart(input + i, count: rest, padding: 0)
        let y = multiply(subtract(x, all(mean)), all(inverse))
        storePart(
          modified(y, modifiers) { loadPart($0 + i, count: rest, padding: 0) },
          n.output.place(row: row, column: i), as: layout, count: rest)
      }
      n.output.pad(row: row, from: count)
    }
  }

  /// `x · weight + bias`, then `· (1 + scale) + shift`, as far as they are there.
  @inlinable @inline(__always)
  static func modified(
    _ x: F32, _ modifiers: Normalization.Modifiers, _ load: (UnsafePointer<Float>) -> F32
  ) -> F32 {
    var x = x
    switch (modifiers.weight, modifiers.bias) {
    case let (weight?, bias?): x = multiplyAdd(x, load(weight), load(bias))
    case let (weight?, nil): x = multiply(x, load(weight))
    case let (nil, bias?): x = add(x, load(bias))
    case (nil, nil): break
    }
    if let scale = modifiers.scale, let shift = modifiers.shift {
      x = multiplyAdd(x, add(load(scale), all(1)), load(shift))
    }
    return x
  }
}
