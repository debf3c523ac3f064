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
      var total = multiply(F32(repeating: coefficients[0]), load(inputs[0] + i))
      for term in 1..<terms {
        total = multiplyAdd(F32(repeating: coefficients[term]), load(inputs[term] + i), total)
      }
      store(total, output + i)
      i += width
    }
    while i < range.upperBound {
      var total = coefficients[0] * inputs[0][i]
      for term in 1..<terms { total = multiplyAdd(coefficients[term], inputs[term][i], total) }
      output[i] = total
      i += 1
    }
  }
}
