extension InstructionSet {
  /// Turns the scores of some keys into weights, `exp(scale · (score - largest))`, where each lane is
  /// a query; weights below e⁻⁶⁴ are zero.
  ///
  /// - Parameters:
  ///   - scores: The scores of the first key.
  ///   - stride: The distance between keys, in elements.
  ///   - count: The number of keys.
  ///   - scale: What the scores are multiplied with, a positive number.
  ///   - largest: The largest scores of other keys, no less than the least finite number.
  /// - Returns: The largest scores of all these keys, and the sums of the weights of these here.
  @inlinable @inline(__always)
  static func weigh(
    _ scores: UnsafeMutablePointer<Float>, stride: Int, count: Int, scale: Float, largest: F32
  ) -> (largest: F32, total: F32) {
    var (l0, l1, l2, l3) = (largest, largest, largest, largest)
    var (score, key) = (scores, 0)
    while key + 4 <= count {
      l0 = larger(load(score), l0)
      l1 = larger(load(score + stride), l1)
      l2 = larger(load(score + 2 * stride), l2)
      l3 = larger(load(score + 3 * stride), l3)
      score += 4 * stride
      key += 4
    }
    while key < count {
      l0 = larger(load(score), l0)
      score += stride
      key += 1
    }
    let largest = larger(larger(l0, l1), larger(l2, l3))
    let factor = all(scale)
    var total = all(0)
    score = scores
    for _ in 0..<count {
      // Subnormal weights, and sums of the least that are not, would take a hundred times as long.
      // The difference first: of large products it would be nothing but what they were rounded by.
      let x = multiply(subtract(load(score), largest), factor)
      let power = expOfBoundedOnBothSides(larger(all(-64), x))
      let weight = choose(all(0), where: x, isLess: all(-64), else: power)
      store(weight, score)
      total = add(total, weight)
      score += stride
    }
    return (largest, total)
  }

  /// Replaces scores with `scale · score + bias`.
  @inlinable @inline(__always)
  static func addBias(
    _ bias: UnsafePointer<Float>, to scores: UnsafeMutablePointer<Float>, count: Int, scale: Float
  ) {
    let factor = all(scale)
    for i in stride(from: 0, to: count, by: width) {
      store(multiplyAdd(load(scores + i), factor, load(bias + i)), scores + i)
    }
  }
}
