extension InstructionSet {
  /// Writes `softmax(input)` of a row.
  ///
  /// - Parameters:
  ///   - input: The row, contiguous.
  ///   - output: Where the result goes; it may be the input.
  ///   - count: The length of the row.
  @inlinable @inline(__always)
  public static func softmax(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    let inverse = all(1 / weights(input, into: output, count: count))
    map(output, output, count) { multiply($0, inverse) }
  }

  /// Writes what the softmax of a row is in proportion to, `e^(input - largest)`.
  ///
  /// - Parameters:
  ///   - input: The row, contiguous.
  ///   - output: Where the result goes; it may be the input.
  ///   - count: The length of the row.
  /// - Returns: Their sum.
  @inlinable @inline(__always)
  static func weights(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int
  ) -> Float {
    let largest = all(largest(input, count: count))
    // One sum in each lane: the exponential function takes longer than the addition before it. Those
    // of a long row are taken in parts, which round less than one chain.
    var total = all(0)
    var i = 0
    let whole = count / width * width
    while i < whole {
      let end = min(i + 256 * width, whole)
      var sums = all(0)
      while i < end {
        let power = expOfBounded(subtract(load(input + i), largest))
        sums = add(sums, power)
        store(power, output + i)
        i += width
      }
      total = add(total, sums)
    }
    if i < count {
      // e to the power of minus infinity adds nothing.
      let rest = loadPart(input + i, count: count - i, padding: -.infinity)
      let power = expOfBounded(subtract(rest, largest))
      total = add(total, power)
      storePart(power, output + i, count: count - i)
    }
    return mergedLanes(total, add)
  }
}
