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
    func combined(_ load: (UnsafePointer<Float>) -> F32) -> F32 {
      var total = multiply(all(coefficients[0]), load(inputs[0]))
      for term in 1..<terms {
        total = multiplyAdd(all(coefficients[term]), load(inputs[term]), total)
      }
      return total
    }
    var i = range.lowerBound
    while i + width <= range.upperBound {
      store(combined { load($0 + i) }, output + i)
      i += width
    }
    let rest = range.upperBound - i
    if rest > 0 {
      storePart(
        combined { loadPart($0 + i, count: rest, padding: 0) }, output + i, count: rest)
    }
  }
}
