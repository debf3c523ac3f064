// Elementary functions of numbers of 64 bits, without a branch or a call, so that loops over them become
// vector code. Nothing is fused: all instruction sets give the same bits.
//
// Polynomials, and the parts of ln 2 and π / 2, are those of Sun's fdlibm (1993), but for `exp`, which
// has Taylor's.
extension InstructionSet {
  /// e to the power `x`, within 2 ulp: zero below -708, infinite above 709.
  @inlinable @inline(__always)
  static func exp(_ x: Double) -> Double {
    // Adding 1.5 · 2⁵² rounds to an integer, which is then in the low bits.
    let magic = 0x1.8p52
    let shifted = x * 0x1.71547652b82fep0 + magic
    let n = shifted - magic
    let r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33
    var p = 1.605904383682161e-10
    p = p * r + 2.08767569878681e-9
    p = p * r + 2.505210838544172e-8
    p = p * r + 2.755731922398589e-7
    p = p * r + 2.7557319223985893e-6
    p = p * r + 2.48015873015873e-5
    p = p * r + 1.984126984126984e-4
    p = p * r + 1.388888888888889e-3
    p = p * r + 8.333333333333333e-3
    p = p * r + 4.1666666666666664e-2
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1
    p = p * r + 1
    let power = Double(bitPattern: shifted.bitPattern &<< 52 &+ 0x3FF0_0000_0000_0000)
    let result = x < -708 ? 0 : p * power
    return x > 709 ? .infinity : result
  }

  /// The natural logarithm of a positive normal number, within 1 ulp.
  @inlinable @inline(__always)
  static func log(_ x: Double) -> Double {
    // x = 2ⁿ (1 + r), √½ ≤ 1 + r < √2; the exponent of x / √½ has 1024 added.
    let bits = x.bitPattern
    let exponent = (bits &- 0x3FE6_A09E_667F_3BCD &+ 1024 &<< 52) &>> 52
    // In the low bits of 2⁵².
    let n = Double(bitPattern: exponent | 0x4330_0000_0000_0000) - (0x1p52 + 1024)
    let r = Double(bitPattern: bits &- (exponent &- 1024) &<< 52) - 1
    let s = r / (2 + r)
    let z = s * s
    var p = 1.479819860511658591e-1
    p = p * z + 1.531383769920937332e-1
    p = p * z + 1.818357216161805012e-1
    p = p * z + 2.222219843214978396e-1
    p = p * z + 2.857142874366239149e-1
    p = p * z + 3.999999999940941908e-1
    p = p * z + 6.666666666666735130e-1
    let half = 0.5 * r * r
    let small = s * (half + p * z) + n * 0x1.a39ef35793c76p-33
    return n * 0x1.62e42feep-1 - ((half - small) - r)
  }

  /// The sine and the cosine of an angle of at most π / 4 and some quarters of a turn, within 1
  /// ulp.
  @inlinable @inline(__always)
  static func sineAndCosine(_ r: Double, quarters: UInt64) -> (sine: Double, cosine: Double) {
    let z = r * r
    var p = 1.58969099521155010221e-10
    p = p * z - 2.50507602534068634195e-8
    p = p * z + 2.75573137070700676789e-6
    p = p * z - 1.98412698298579493134e-4
    p = p * z + 8.33333333332248946124e-3
    p = p * z - 1.66666666666666324348e-1
    let sine = r * (1 + z * p)
    var q = -1.13596475577881948265e-11
    q = q * z + 2.08757232129817482790e-9
    q = q * z - 2.75573143513506633035e-7
    q = q * z + 2.48015872894767294178e-5
    q = q * z - 1.38888888888741095749e-3
    q = q * z + 4.16666666666666019037e-2
    let cosine = 1 - (0.5 * z - z * z * q)
    let isOdd = quarters & 1 == 1
    let (first, second) = (isOdd ? cosine : sine, isOdd ? sine : cosine)
    // The second bit becomes the sign.
    return (
      Double(bitPattern: first.bitPattern ^ (quarters & 2) &<< 62),
      Double(bitPattern: second.bitPattern ^ ((quarters &+ 1) & 2) &<< 62)
    )
  }

  /// The sine and the cosine of an angle of at most 2²⁰.
  @inlinable @inline(__always)
  static func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
    let magic = 0x1.8p52
    let shifted = x * 0x1.45f306dc9c883p-1 + magic
    let n = shifted - magic
    // π / 2 in two parts, the first short enough for its product with n to be exact.
    let r = (x - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11
    return sineAndCosine(r, quarters: shifted.bitPattern)
  }

  /// The angle of the point (x, y), from -π to π, within 1e-15.
  @inlinable @inline(__always)
  static func arctangent(_ y: Double, _ x: Double) -> Double {
    let (a, b) = (x.magnitude, y.magnitude)
    let isSteep = b > a
    let (small, large) = (isSteep ? a : b, isSteep ? b : a)
    // Beyond 22.5° what is left to 45°, for that polynomial is of at most 7/16.
    let isFar = small > 0.41421356 * large
    let above = isFar ? small - large : small
    let below = isFar ? small + large : large
    // Zero by zero is zero, and both infinite are on the diagonal.
    let quotient = above / (large > 0 ? below : 1)
    let areInfinite = small == .infinity
    let t = areInfinite ? 0 : quotient
    let z = t * t
    var p = 1.62858201153657823623e-2
    p = p * z - 3.65315727442169155270e-2
    p = p * z + 4.97687799461593236017e-2
    p = p * z - 5.83357013379057348645e-2
    p = p * z + 6.66107313738753120669e-2
    p = p * z - 7.69187620504482999495e-2
    p = p * z + 9.09088713343650656196e-2
    p = p * z - 1.11111104054623557880e-1
    p = p * z + 1.42857142725034663711e-1
    p = p * z - 1.99999999998764832476e-1
    p = p * z + 3.33333333333329318027e-1
    var angle = t - t * z * p
    angle = isFar || areInfinite ? angle + .pi / 4 : angle
    angle = isSteep ? .pi / 2 - angle : angle
    let sign: UInt64 = 1 &<< 63
    angle = x.bitPattern & sign != 0 ? .pi - angle : angle
    angle = Double(bitPattern: angle.bitPattern | y.bitPattern & sign)
    return x != x || y != y ? .nan : angle
  }
}
