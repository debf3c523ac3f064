// Reductions of a row. The lanes of four vectors are summed side by side and then in a fixed
// order, so that a result depends on the row alone.
extension InstructionSet {
  /// The sum of `count` elements.
  @inlinable @inline(__always)
  public static func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
    var (s0, s1, s2, s3) = (F32.zero, F32.zero, F32.zero, F32.zero)
    var i = 0
    while i + 4 * width <= count {
      s0 = add(s0, load(x + i))
      s1 = add(s1, load(x + i + width))
      s2 = add(s2, load(x + i + 2 * width))
      s3 = add(s3, load(x + i + 3 * width))
      i += 4 * width
    }
    while i + width <= count {
      s0 = add(s0, load(x + i))
      i += width
    }
    var total = horizontalSum(add(add(s0, s1), add(s2, s3)))
    while i < count {
      total += x[i]
      i += 1
    }
    return total
  }

  /// The sum of the squared differences of `count` elements from `center`.
  @inlinable @inline(__always)
  public static func sumOfSquares(
    _ x: UnsafePointer<Float>, from center: Float, count: Int
  ) -> Float {
    let centers = F32(repeating: center)
    var (s0, s1) = (F32.zero, F32.zero)
    var i = 0
    while i + 2 * width <= count {
      let (d0, d1) = (subtract(load(x + i), centers), subtract(load(x + i + width), centers))
      s0 = multiplyAdd(d0, d0, s0)
      s1 = multiplyAdd(d1, d1, s1)
      i += 2 * width
    }
    var total = horizontalSum(add(s0, s1))
    while i < count {
      let difference = x[i] - center
      total = multiplyAdd(difference, difference, total)
      i += 1
    }
    return total
  }

  /// The largest of `count` elements; minus infinity where there are none.
  @inlinable @inline(__always)
  public static func largest(_ x: UnsafePointer<Float>, count: Int) -> Float {
    var largest = F32(repeating: -.infinity)
    var i = 0
    while i + width <= count {
      largest = larger(load(x + i), largest)
      i += width
    }
    var result = -Float.infinity
    for lane in 0..<width { result = largest[lane] > result ? largest[lane] : result }
    while i < count {
      result = x[i] > result ? x[i] : result
      i += 1
    }
    return result
  }

  /// The sum of the lanes, from the first to the last.
  @inlinable @inline(__always)
  static func horizontalSum(_ x: F32) -> Float {
    var total: Float = 0
    for lane in 0..<width { total += x[lane] }
    return total
  }
}
