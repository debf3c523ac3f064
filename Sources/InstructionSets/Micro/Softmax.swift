extension InstructionSet {
  /// Writes `softmax(scale · input)` of a row.
  ///
  /// - Parameters:
  ///   - input: The row, contiguous.
  ///   - output: Where the result goes; it may be the input.
  ///   - count: The length of the row.
  ///   - scale: A positive factor.
  @inlinable @inline(__always)
  public static func softmax(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int,
    scale: Float
  ) {
    let offset = all(-largest(input, count: count) * scale)
    // One sum in each lane: the exponential function takes longer than the addition before it.
    var sums = all(0)
    func powers(_ x: F32) -> F32 {
      let y = expOfBounded(multiplyAdd(x, all(scale), offset))
      sums = add(sums, y)
      return y
    }
    var i = 0
    while i + width <= count {
      store(powers(load(input + i)), output + i)
      i += width
    }
    if i < count {
      // e to the power of minus infinity adds nothing.
      let rest = loadPart(input + i, count: count - i, padding: -.infinity)
      storePart(powers(rest), output + i, count: count - i)
    }
    let inverse = all(1 / sumOfLanes(sums))
    map(output, output, count) { multiply($0, inverse) }
  }
}
