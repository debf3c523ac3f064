#if arch(x86_64)
internal import _Builtin_intrinsics.intel
internal import _KernelsMicro

/// Pairs of numbers of 32 bits in three parts of bfloat16 each.
///
/// A number is the sum of itself rounded, of what that leaves rounded, and of the rest. So a product is
/// one of sums, and its six largest terms make it as exact as a product of 32 bits: the others are
/// below 2⁻²⁶ of it. The tile unit computes these six in two thirds of the time that the vector unit
/// takes for one of 32 bits. Numbers below 2⁻¹¹⁰ lose their last bits; infinite ones give NaN.
enum SplitPairs {
  /// Writes the parts of 16 pairs at a distance of 2 KB: the largest first.
  ///
  /// - Parameters:
  ///   - a: The first number of each pair.
  ///   - b: The second one.
  ///   - place: Where the first parts go, a pair in each lane.
  @_transparent
  static func store(_ a: AMX.F32, _ b: AMX.F32, _ place: UnsafeMutableRawPointer) {
    var (a, b) = (a, b)
    for part in 0..<2 {
      let (x, y) = (rounded(a), rounded(b))
      place.storeBytes(of: pairs(x, y), toByteOffset: part * 2048, as: SIMD8<Int64>.self)
      a = AMX.subtract(a, x)
      b = AMX.subtract(b, y)
    }
    place.storeBytes(of: pairs(a, b), toByteOffset: 4096, as: SIMD8<Int64>.self)
  }

  /// A nearest number of bfloat16.
  @_transparent
  private static func rounded(_ x: AMX.F32) -> AMX.F32 {
    let bits = unsafeBitCast(halfUp(x), to: SIMD8<Int64>.self)
    return unsafeBitCast(_mm512_and_si512(bits, _mm512_set1_epi32(-65536)), to: AMX.F32.self)
  }

  /// Half a last place of bfloat16 more: its upper half is the number rounded.
  @_transparent
  static func halfUp(_ x: AMX.F32) -> AMX.F32 {
    unsafeBitCast(
      _mm512_add_epi32(unsafeBitCast(x, to: SIMD8<Int64>.self), _mm512_set1_epi32(0x8000)),
      to: AMX.F32.self)
  }

  /// The upper halves of the lanes of `a` and `b`, in turn.
  @_transparent
  static func pairs(_ a: AMX.F32, _ b: AMX.F32) -> SIMD8<Int64> {
    let low = _mm512_srli_epi32(unsafeBitCast(a, to: SIMD8<Int64>.self), 16)
    let high = _mm512_and_si512(
      unsafeBitCast(b, to: SIMD8<Int64>.self), _mm512_set1_epi32(-65536))
    return _mm512_or_si512(low, high)
  }
}
#endif
