// Symmetric quantization: `x ≈ scale · q` with integers `q` from `-levels` to `levels`, where
// `scale` is the largest magnitude over `levels`. Every step rounds once and is the same operation
// in every instruction set, so the numbers are the same bits everywhere.
extension InstructionSet {
  /// Quantizes some numbers.
  ///
  /// Numbers whose largest magnitude is below 2⁻¹⁰⁰ count as zeros, for which the scale is 0. Where
  /// one of them is infinite or NaN, all become zeros and the scale is NaN, so that products of
  /// them are NaN.
  ///
  /// - Parameters:
  ///   - x: The first number.
  ///   - count: How many there are.
  ///   - levels: The largest integer, at most 127.
  ///   - offset: What is added to each integer.
  ///   - write: Takes a vector in whose lanes the low 16 bits are the integers, and where it is
  ///     in the row; beyond the end of the row they are zeros.
  /// - Returns: The scale.
  @inlinable @inline(__always)
  public static func quantize(
    _ x: UnsafePointer<Float>, count: Int, levels: Float, offset: Float,
    _ write: (F32, Int) -> Void
  ) -> Float {
    // A sum from 1.5 · 2²³ on rounds to an integer, the even one of two neighbours, and holds it
    // in its low bits.
    let base = all(12_582_912 + offset)
    let largest = largestMagnitude(x, count: count)
    guard largest >= 0x1p-100 else {
      for i in stride(from: 0, to: count, by: width) { write(base, i) }
      return largest < 0x1p-100 ? 0 : .nan
    }
    let factor = all(levels / largest)
    var i = 0
    while i + width <= count {
      write(add(multiply(load(x + i), factor), base), i)
      i += width
    }
    if i < count {
      write(add(multiply(loadPart(x + i, count: count - i, padding: 0), factor), base), i)
    }
    return largest / levels
  }

  /// The largest magnitude of some numbers; NaN where one is infinite or NaN.
  @inlinable @inline(__always)
  static func largestMagnitude(_ x: UnsafePointer<Float>, count: Int) -> Float {
    let largest = reduce(x, count: count, from: 0, padding: 0, merge: larger) {
      larger(larger($1, subtract(.zero, $1)), $0)
    }
    // Zero times a number is zero; infinity and NaN give NaN.
    let zero = reduce(x, count: count, from: 0, padding: 0, merge: add) {
      add(multiply($1, .zero), $0)
    }
    return mergedLanes(zero, add) == 0 ? mergedLanes(largest, larger) : .nan
  }

  /// Quantizes a row of weights.
  ///
  /// - Parameters:
  ///   - x: The row, `groups.depth` numbers.
  ///   - groups: Its groups.
  ///   - levels: The largest integer.
  ///   - elements: Where the integers go.
  ///   - scales: Where the scales go; that of a group of zeros is 1, for any would do.
  @inlinable @inline(__always)
  public static func quantizeWeights(
    _ x: UnsafePointer<Float>, _ groups: TermGroups, levels: Float,
    into elements: UnsafeMutablePointer<Int8>, scales: UnsafeMutablePointer<Float>
  ) {
    for group in 0..<groups.count {
      let terms = groups[group]
      let target = elements + terms.lowerBound
      let scale = quantize(
        x + terms.lowerBound, count: terms.count, levels: levels, offset: 0
      ) { vector, i in
        for lane in 0..<min(width, terms.count - i) {
          target[i + lane] = Int8(truncatingIfNeeded: vector[lane].bitPattern)
        }
      }
      scales[group] = scale == 0 ? 1 : scale
    }
  }

  /// Writes the numbers that a row of quantized weights stands for.
  ///
  /// - Parameters:
  ///   - elements: The integers, `groups.depth` of them.
  ///   - scales: The scale of each group.
  ///   - groups: The groups.
  ///   - target: Where the numbers go.
  @inlinable @inline(__always)
  public static func widenWeights(
    _ elements: UnsafePointer<Int8>, _ scales: UnsafePointer<Float>, _ groups: TermGroups,
    into target: UnsafeMutablePointer<Float>
  ) {
    for group in 0..<groups.count {
      let (terms, scale) = (groups[group], scales[group])
      for k in terms { target[k] = Float(Int32(elements[k])) * scale }
    }
  }
}
