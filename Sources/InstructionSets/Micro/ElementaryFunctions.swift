// Elementary functions of one element, without a branch or a call, so that a loop over them becomes
// vector code. A loop's tail gives the same bits as its body, because both round alike.
//
// Errors are against the exact value, in units in the last place, measured by
// `ElementaryFunctionTests` over the whole domain.
extension InstructionSet {
  /// The square root of `x`, correctly rounded; NaN below zero.
  ///
  /// Swift's own may call C's `sqrtf` for what is below zero, in a branch for every lane.
  @inlinable @inline(__always)
  public static func squareRoot(_ x: Float) -> Float {
    let isValid = x >= 0
    return (isValid ? x : 0).squareRoot() * (isValid ? 1 : .nan)
  }

  /// e to the power `x`, within 2 ulp; infinite above 88.72, zero below -103.97.
  ///
  /// `x = n ln 2 + r`, `|r| ≤ ½ ln 2`, and a polynomial for `e^r` (Cephes `expf`).
  @inlinable @inline(__always)
  public static func exp(_ x: Float) -> Float {
    let bounded: Float = x > 88.8 ? 88.8 : (x < -104 ? -104 : x)
    // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
    let magic: Float = 12_582_912
    let shifted = multiplyAdd(bounded, 1.442_695_04, magic)
    let n = shifted - magic
    // ln 2 in two parts, the first short enough for its product with n to be exact.
    let r = multiplyAdd(n, 2.121_944_40e-4, multiplyAdd(n, -0.693_359_375, bounded))
    var p: Float = 1.987_569_15e-4
    p = multiplyAdd(p, r, 1.398_199_950_7e-3)
    p = multiplyAdd(p, r, 8.333_451_907_3e-3)
    p = multiplyAdd(p, r, 4.166_579_589_4e-2)
    p = multiplyAdd(p, r, 1.666_666_545_9e-1)
    p = multiplyAdd(p, r, 5.000_000_120_1e-1)
    let y = multiplyAdd(p, r * r, r) + 1
    // Two factors, for one alone cannot reach infinity or the subnormal numbers.
    let exponent = Int32(bitPattern: shifted.bitPattern) - 0x4B40_0000
    let half = exponent &>> 1
    return y * powerOfTwo(half) * powerOfTwo(exponent - half)
  }

  /// The number 2 to the power `exponent`, which is from -126 to 127.
  @inlinable @inline(__always)
  static func powerOfTwo(_ exponent: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: (exponent + 127) &<< 23))
  }

  /// The natural logarithm, within 1 ulp; -infinity at zero, NaN below it.
  ///
  /// `x = 2ⁿ (1 + r)`, `√½ ≤ 1 + r < √2`, and a polynomial for `ln (1 + r)` (Cephes `logf`).
  @inlinable @inline(__always)
  public static func log(_ x: Float) -> Float {
    // Subnormal numbers are made normal ones.
    let isTiny = x < .leastNormalMagnitude
    let bits = Int32(bitPattern: (isTiny ? x * 8_388_608 : x).bitPattern)
    // The exponent of x / √½ in units of the last place but 23, rounded down.
    let n = (bits &- 0x3F35_04F3) &>> 23
    let m = Float(bitPattern: UInt32(bitPattern: bits &- n &<< 23))
    let exponent = Float(n &- (isTiny ? 23 : 0))
    let r = m - 1
    let square = r * r
    var p: Float = 7.037_683_629_2e-2
    p = multiplyAdd(p, r, -1.151_461_031_0e-1)
    p = multiplyAdd(p, r, 1.167_699_874_0e-1)
    p = multiplyAdd(p, r, -1.242_014_084_6e-1)
    p = multiplyAdd(p, r, 1.424_932_278_7e-1)
    p = multiplyAdd(p, r, -1.666_805_766_5e-1)
    p = multiplyAdd(p, r, 2.000_071_476_5e-1)
    p = multiplyAdd(p, r, -2.499_999_399_3e-1)
    p = multiplyAdd(p, r, 3.333_333_117_4e-1)
    // ln 2 in two parts, as in `exp`.
    let small = multiplyAdd(exponent, -2.121_944_40e-4, multiplyAdd(-0.5, square, p * square * r))
    let y = multiplyAdd(exponent, 0.693_359_375, r + small)
    let finite = x < .infinity ? y : x  // NaN too
    return x > 0 ? finite : (x == 0 ? -.infinity : .nan)
  }

  /// The hyperbolic tangent, within 3 ulp (Cephes `tanhf` below 0.625).
  @inlinable @inline(__always)
  public static func tanh(_ x: Float) -> Float {
    let square = x * x
    var p: Float = -5.704_988_727_45e-3
    p = multiplyAdd(p, square, 2.063_908_879_54e-2)
    p = multiplyAdd(p, square, -5.373_971_555_31e-2)
    p = multiplyAdd(p, square, 1.333_144_220_36e-1)
    p = multiplyAdd(p, square, -3.333_328_194_22e-1)
    let small = multiplyAdd(p * square, x, x)
    let large = 1 - 2 / (exp(2 * x) + 1)
    return x.magnitude < 0.625 ? small : large
  }

  /// The error function, within 7 ulp: `x · P(x²) / Q(x²)` below 3.83, ±1 beyond.
  @inlinable @inline(__always)
  public static func erf(_ value: Float) -> Float {
    let limit: Float = 3.832_506_856_900_711
    let x = value > limit ? limit : (value < -limit ? -limit : value)
    let square = x * x
    var p: Float = -2.726_142_258_013_06e-10
    p = multiplyAdd(p, square, 2.770_681_424_959_02e-08)
    p = multiplyAdd(p, square, -2.101_024_020_825_08e-06)
    p = multiplyAdd(p, square, -5.692_506_394_623_46e-05)
    p = multiplyAdd(p, square, -7.349_906_303_268_55e-04)
    p = multiplyAdd(p, square, -2.954_599_808_540_25e-03)
    p = multiplyAdd(p, square, -1.609_603_332_624_15e-02)
    var q: Float = -1.456_607_184_649_96e-05
    q = multiplyAdd(q, square, -2.133_740_552_789_05e-04)
    q = multiplyAdd(q, square, -1.682_826_974_382_03e-03)
    q = multiplyAdd(q, square, -7.373_329_167_204_68e-03)
    q = multiplyAdd(q, square, -1.426_473_905_141_89e-02)
    return value.magnitude < limit ? x * p / q : (value < 0 ? -1 : value > 0 ? 1 : value)
  }

  /// `x · Φ(x)`, with Φ by the error function, within 9 ulp of the larger of 1 and the result.
  @inlinable @inline(__always)
  public static func gelu(_ x: Float) -> Float {
    0.5 * x * (1 + erf(x * 0.707_106_781_186_547_5))
  }

  /// `½ x (1 + tanh u)` with `u = √(2/π) (x + 0.044715 x³)`, as `x / (1 + e^-2u)`.
  @inlinable @inline(__always)
  public static func geluTanh(_ x: Float) -> Float {
    let u = x * multiplyAdd(0.044_715, x * x, 1)
    return x / (1 + exp(u * -1.595_769_121_605_730_7))
  }

  /// `x · sigmoid(x)`.
  @inlinable @inline(__always)
  public static func silu(_ x: Float) -> Float { x / (1 + exp(-x)) }

  /// The nearest whole number, ties to even.
  ///
  /// Adding 2²³ leaves no bits for a fraction; larger numbers have none.
  @inlinable @inline(__always)
  public static func rounded(_ x: Float) -> Float {
    let magic: Float = x < 0 ? -8_388_608 : 8_388_608
    return x.magnitude < 8_388_608 ? (x + magic) - magic : x
  }
}
