// Elementary functions of the lanes of a vector, without a branch or a call.
//
// Errors are against the exact value, in units in the last place, measured by
// `ElementaryFunctionTests`. Those that a product of tiles applies are
// transparent: into a loop of that length the compiler puts nothing else.
extension InstructionSet {
  /// e to the power `x`, within 2 ulp; infinite above 88.72, zero below -103.97.
  @inlinable @inline(__always)
  public static func exp(_ x: F32) -> F32 { expOfBounded(smaller(all(88.8), x)) }

  /// e to the power `x`, within 2 ulp, for `x` up to 88.8.
  @inlinable @inline(__always)
  static func expOfBounded(_ x: F32) -> F32 { expOfBoundedOnBothSides(larger(all(-104), x)) }

  /// e to the power `x`, within 2 ulp, for `x` from -104 to 88.8.
  ///
  /// `x = n ln 2 + r`, `|r| ≤ ½ ln 2`, and a polynomial for `e^r` with a relative error of 4·10⁻⁹.
  @inlinable @inline(__always)
  static func expOfBoundedOnBothSides(_ x: F32) -> F32 {
    // Adding 1.5 · 2²³ rounds to an integer.
    let magic = all(12_582_912)
    let n = subtract(multiplyAdd(x, all(1.442_695_04), magic), magic)
    // ln 2 in two parts, the first short enough for its product with n to be exact.
    let rest = multiplyAdd(n, all(-0.693_359_375), x)
    let r = multiplyAdd(n, all(2.121_944_40e-4), rest)
    let power = polynomial(
      r,
      [
        1.381_446_723_8e-3, 8.368_780_836_5e-3, 4.166_839_271_8e-2, 1.666_651_964_2e-1,
        4.999_999_403_95e-1, 1, 1,
      ])
    return scaled(power, byPowerOfTwo: n)
  }

  /// 2 to the power `a · b`, which is from -252 to 252.
  ///
  /// A factor that is off by its last place puts the power off by about `a · b` last places.
  ///
  /// `a · b = n + r`, `|r| ≤ ½`, and a polynomial for `2^r` with a relative error of 2·10⁻⁸.
  @_transparent @usableFromInline
  static func exp2(ofProduct a: F32, _ b: F32) -> F32 {
    let magic = all(12_582_912)
    let n = subtract(multiplyAdd(a, b, magic), magic)
    let r = multiplyAdd(a, b, subtract(all(0), n))
    let power = polynomial(
      r,
      [
        1.535_325_864_1e-4, 1.339_900_307_36e-3, 9.618_438_780_3e-3, 5.550_331_994_9e-2,
        2.402_264_773_8e-1, 6.931_471_824_6e-1, 1,
      ])
    return scaled(power, byPowerOfTwo: n)
  }

  /// The natural logarithm, within 1 ulp; -infinity at zero, NaN below it.
  ///
  /// `x = 2ⁿ (1 + r)`, `√½ ≤ 1 + r < √2`, and a polynomial for `ln (1 + r)` (Cephes `logf`).
  @inlinable @inline(__always)
  public static func log(_ x: F32) -> F32 {
    // Subnormal numbers are made normal ones.
    let leastNormal = all(.leastNormalMagnitude)
    let normal = choose(multiply(x, all(8_388_608)), where: x, isLess: leastNormal, else: x)
    let (fraction, power) = split(normal)
    let n = subtract(power, choose(all(23), where: x, isLess: leastNormal, else: all(0)))
    let r = subtract(fraction, all(1))
    let square = multiply(r, r)
    let p = polynomial(
      r,
      [
        7.037_683_629_2e-2, -1.151_461_031_0e-1, 1.167_699_874_0e-1, -1.242_014_084_6e-1,
        1.424_932_278_7e-1, -1.666_805_766_5e-1, 2.000_071_476_5e-1, -2.499_999_399_3e-1,
        3.333_333_117_4e-1,
      ])
    // ln 2 in two parts, as in `exp`.
    let cubic = multiplyAdd(all(-0.5), square, multiply(multiply(p, square), r))
    let small = multiplyAdd(n, all(-2.121_944_40e-4), cubic)
    let y = multiplyAdd(n, all(0.693_359_375), add(r, small))
    let ofPositive = choose(y, where: x, isLess: all(.infinity), else: x)
    let ofZero = choose(
      all(-.infinity), where: x, isLess: all(.leastNonzeroMagnitude), else: ofPositive)
    return choose(all(.nan), where: x, isLess: all(0), else: ofZero)
  }

  /// Splits positive normal numbers into a fraction, at least √½ and less than √2, and the power of
  /// two that it is multiplied with.
  @inlinable @inline(__always)
  static func split(_ x: F32) -> (fraction: F32, power: F32) {
    var (fraction, power) = (x, x)
    for lane in 0..<width {
      let bits = Int32(bitPattern: x[lane].bitPattern)
      // The exponent of x / √½.
      let n = (bits &- 0x3F35_04F3) &>> 23
      fraction[lane] = Float(bitPattern: UInt32(bitPattern: bits &- n &<< 23))
      power[lane] = Float(bitPattern: UInt32(bitPattern: n &+ 0x4B40_0000)) - 12_582_912
    }
    return (fraction, power)
  }

  /// The hyperbolic tangent, within 3 ulp (Cephes `tanhf` below 0.625).
  @inlinable @inline(__always)
  public static func tanh(_ x: F32) -> F32 {
    let square = multiply(x, x)
    let p = polynomial(
      square,
      [
        -5.704_988_727_45e-3, 2.063_908_879_54e-2, -5.373_971_555_31e-2, 1.333_144_220_36e-1,
        -3.333_328_194_22e-1,
      ])
    let small = multiplyAdd(multiply(p, square), x, x)
    let large = subtract(all(1), divide(all(2), add(exp(add(x, x)), all(1))))
    return choose(small, where: square, isLess: all(0.390_625), else: large)
  }

  /// The error function, within 7 ulp: `x · P(x²) / Q(x²)` below 3.83, ±1 beyond.
  @_transparent
  public static func erf(_ x: F32) -> F32 {
    let square = multiply(x, x)
    let p = polynomial(
      square,
      [
        -2.726_142_258_013_06e-10, 2.770_681_424_959_02e-08, -2.101_024_020_825_08e-06,
        -5.692_506_394_623_46e-05, -7.349_906_303_268_55e-04, -2.954_599_808_540_25e-03,
        -1.609_603_332_624_15e-02,
      ])
    let q = polynomial(
      square,
      [
        -1.456_607_184_649_96e-05, -2.133_740_552_789_05e-04, -1.682_826_974_382_03e-03,
        -7.373_329_167_204_68e-03, -1.426_473_905_141_89e-02,
      ])
    let limit = larger(all(-1), smaller(all(1), x))
    return choose(divide(multiply(x, p), q), where: square, isLess: all(14.688_109), else: limit)
  }

  /// `x · Φ(x)`, with Φ by the error function, within 9 ulp of the larger of 1 and the result.
  @_transparent
  public static func gelu(_ x: F32) -> F32 {
    let erf = erf(multiply(x, all(0.707_106_781_186_547_5)))
    return multiply(multiply(all(0.5), x), add(all(1), erf))
  }

  /// `½ x (1 + tanh u)` with `u = √(2/π) (x + 0.044715 x³)`, as `x / (1 + e^-2u)`, within 4 ulp of
  /// the larger of 1 and the result.
  @_transparent
  public static func geluTanh(_ x: F32) -> F32 {
    // Beyond, the power is infinite, or next to one it is nothing. Were it a subnormal number, it would
    // take a hundred times as long.
    let bounded = larger(all(-10.3), smaller(all(9.6), x))
    // -2 √(2/π) / ln 2 and that times 0.044715
    let factor = multiplyAdd(
      multiply(bounded, bounded), all(-0.102_943_24), all(-2.302_208_2))
    return divide(x, add(exp2(ofProduct: bounded, factor), all(1)))
  }

  /// `x · sigmoid(x)`, within 4 ulp of the larger of 2⁻¹⁰⁰ and the result.
  @inlinable @inline(__always)
  public static func silu(_ x: F32) -> F32 {
    divide(x, add(exp(subtract(all(0), x)), all(1)))
  }

  /// `x · sigmoid(x)`, for results that are rounded to bfloat16.
  ///
  /// The relative error is at most 2e-4, a tenth of that of the rounding, but the absolute error up
  /// to 2e-36.
  @inlinable @inline(__always)
  public static func coarseSiLU(_ x: F32) -> F32 {
    // Below, there is next to nothing. NaN stays what it is.
    let x = larger(all(-87), x)
    // 2 to the power -x log₂ e, as 2ⁿ · p(f) with the integer n next to it.
    let y = larger(multiply(x, all(-1.442_695_04)), all(-126))
    let magic = all(12_582_912)
    let n = subtract(add(y, magic), magic)
    let f = subtract(y, n)
    var p = all(5.517_144e-2)
    p = multiplyAdd(p, f, all(2.426_108e-1))
    p = multiplyAdd(p, f, all(6.932_61e-1))
    p = multiplyAdd(p, f, all(9.999_281e-1))
    return multiply(x, coarseReciprocal(add(scaled(p, byPowerOfTwo: n), all(1))))
  }

  /// The nearest integer, ties to even, with the sign of `x`, also where it is zero.
  ///
  /// Adding 2²³ leaves no bits for a fraction; larger numbers have none.
  @inlinable @inline(__always)
  public static func rounded(_ x: F32) -> F32 {
    let magic = choose(all(-8_388_608), where: x, isLess: all(0), else: all(8_388_608))
    var y = subtract(add(x, magic), magic)
    for lane in 0..<width {
      let sign = x[lane].bitPattern & 0x8000_0000
      y[lane] = Float(bitPattern: y[lane].bitPattern | sign)
    }
    let magnitude = larger(x, subtract(all(0), x))
    return choose(y, where: magnitude, isLess: all(8_388_608), else: x)
  }

  /// A polynomial in `x`, by Horner's rule from the coefficient of the highest power down.
  @_transparent @usableFromInline
  static func polynomial<let count: Int>(
    _ x: F32, _ coefficients: InlineArray<count, Float>
  ) -> F32 {
    var y = all(coefficients[unchecked: 0])
    for i in 1..<count { y = multiplyAdd(y, x, all(coefficients[unchecked: i])) }
    return y
  }
}
