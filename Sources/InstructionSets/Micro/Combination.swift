extension InstructionSet {
  /// Writes `Σ coefficients[i] · inputs[i]` for the elements of `range`.
  ///
  /// - Parameters:
  ///   - coefficients: A factor for each input.
  ///   - inputs: The first elements of the inputs, at least one.
  ///   - terms: The number of inputs.
  ///   - output: The first element of the result, which may be one of the inputs.
  ///   - range: The elements to compute.
  @inlinable @inline(__always)
  public static func combine(
    _ coefficients: UnsafePointer<Float>, _ inputs: UnsafePointer<UnsafePointer<Float>>,
    terms: Int, into output: UnsafeMutablePointer<Float>, range: Range<Int>
  ) {
    var i = range.lowerBound
    while i + width <= range.upperBound {
      store(combined(coefficients, inputs, terms: terms) { load($0 + i) }, output + i)
      i += width
    }
    let rest = range.upperBound - i
    if rest > 0 {
      let total = combined(coefficients, inputs, terms: terms) {
        loadPart($0 + i, count: rest, padding: 0)
      }
      storePart(total, output + i, count: rest)
    }
  }

  /// The linear combination of the vectors that `load` reads from each input.
  @inlinable @inline(__always)
  static func combined(
    _ coefficients: UnsafePointer<Float>, _ inputs: UnsafePointer<UnsafePointer<Float>>,
    terms: Int, _ load: (UnsafePointer<Float>) -> F32
  ) -> F32 {
    var total = multiply(all(coefficients[0]), load(inputs[0]))
    for term in 1..<terms {
      total = multiplyAdd(all(coefficients[term]), load(inputs[term]), total)
    }
    return total
  }
}
