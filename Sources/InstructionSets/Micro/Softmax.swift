extension InstructionSet {
  /// Replaces a row by `softmax(scale · row)`.
  ///
  /// - Parameters:
  ///   - row: The row, contiguous.
  ///   - count: Its length.
  ///   - scale: A positive factor.
  @inlinable @inline(__always)
  public static func softmax(_ row: UnsafeMutablePointer<Float>, count: Int, scale: Float) {
    let offset = -largest(row, count: count) * scale
    map(row, row, count) { exp(multiplyAdd($0, scale, offset)) }
    let inverse = 1 / sum(row, count: count)
    map(row, row, count) { $0 * inverse }
  }
}
