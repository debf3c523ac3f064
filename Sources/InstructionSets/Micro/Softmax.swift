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
    let inverse = all(1 / weights(input, into: output, count: count, scale: scale))
    map(output, output, count) { multiply($0, inverse) }
  }

  /// Writes what the softmax of a row is in proportion to, `e^(scale · (input - largest))`.
  ///
  /// - Parameters:
  ///   - input: The row, contiguous.
  ///   - output: Where the result goes; it may be the input.
  ///   - count: The length of the row.
  ///   - scale: A positive factor.
  /// - Returns: Their sum.
  @inlinable @inline(__always)
  static func weights(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int,
    scale: Float
  ) -> Float {
    let (factor, offset) = (all(scale), all(-largest(input, count: count) * scale))
    // One sum in each lane: the exponential function takes longer than the addition before it.
    var sums = all(0)
    var i = 0
    while i + width <= count {
      let power = expOfBounded(multiplyAdd(load(input + i), factor, offset))
      sums = add(sums, power)
      store(power, output + i)
      i += width
    }
    if i < count {
      // e to the power of minus infinity adds nothing.
      let rest = loadPart(input + i, count: count - i, padding: -.infinity)
      let power = expOfBounded(multiplyAdd(rest, factor, offset))
      sums = add(sums, power)
      storePart(power, output + i, count: count - i)
    }
    return mergedLanes(sums, add)
  }
}
