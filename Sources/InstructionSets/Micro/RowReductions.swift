// Reductions of a row. The lanes of four vectors are reduced side by side and then in a fixed
// order, so that a result depends on the row alone.
extension InstructionSet {
  /// The sum of `count` elements.
  @inlinable @inline(__always)
  public static func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
    mergedLanes(reduce(x, count: count, from: 0, padding: 0, merge: add, add), add)
  }

  /// The sum of the squared differences of `count` elements from `center`.
  @inlinable @inline(__always)
  public static func sumOfSquares(
    _ x: UnsafePointer<Float>, from center: Float, count: Int
  ) -> Float {
    let total = reduce(x, count: count, from: 0, padding: center, merge: add) { total, x in
      let difference = subtract(x, all(center))
      return multiplyAdd(difference, difference, total)
    }
    return mergedLanes(total, add)
  }

  /// The largest of `count` elements that are not NaN; minus infinity where there are none.
  @inlinable @inline(__always)
  public static func largest(_ x: UnsafePointer<Float>, count: Int) -> Float {
    let largest = reduce(
      x, count: count, from: -.infinity, padding: -.infinity, merge: larger
    ) { larger($1, $0) }
    return mergedLanes(largest, larger)
  }

  /// Takes the elements into four vectors by turns with `next`, and merges these.
  ///
  /// - Parameters:
  ///   - x: The first element.
  ///   - count: The number of elements.
  ///   - start: What every lane starts with.
  ///   - padding: An element that changes nothing.
  ///   - merge: Makes one vector of two.
  ///   - next: Takes a vector of elements into another one.
  /// - Returns: The merged vector.
  @inlinable @inline(__always)
  static func reduce(
    _ x: UnsafePointer<Float>, count: Int, from start: Float, padding: Float,
    merge: (F32, F32) -> F32, _ next: (F32, F32) -> F32
  ) -> F32 {
    var (s0, s1, s2, s3) = (all(start), all(start), all(start), all(start))
    var i = 0
    while i + 4 * width <= count {
      s0 = next(s0, load(x + i))
      s1 = next(s1, load(x + i + width))
      s2 = next(s2, load(x + i + 2 * width))
      s3 = next(s3, load(x + i + 3 * width))
      i += 4 * width
    }
    while i + width <= count {
      s0 = next(s0, load(x + i))
      i += width
    }
    if i < count { s1 = next(s1, loadPart(x + i, count: count - i, padding: padding)) }
    return merge(merge(s0, s1), merge(s2, s3))
  }
}
