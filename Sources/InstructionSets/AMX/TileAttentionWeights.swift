#if arch(x86_64)
internal import Builtin
internal import _Builtin_intrinsics.intel
internal import _KernelsMicro

/// The weights of one query and 32 keys, as the tile unit reads them: a lane holds those of two keys,
/// `i` and `16 + i`.
struct TileAttentionWeights {
  let words: SIMD8<Int64>

  /// 2 to the powers `x` for the first 16 keys and `y` for the others, rounded to bfloat16.
  ///
  /// A number halfway between two may go either way.
  @_transparent
  init(powersOfTwo x: AMX.F32, _ y: AMX.F32) {
    self.init(Self.powerOfTwo(x), Self.powerOfTwo(y))
  }

  @_transparent
  private init(_ a: AMX.F32, _ b: AMX.F32) {
    words = SplitPairs.pairs(SplitPairs.halfUp(a), SplitPairs.halfUp(b))
  }

  /// Writes 2 to the powers `x` and `y` as three parts each, 2 KB apart.
  ///
  /// - Returns: The first parts.
  @_transparent
  static func store(
    exactPowersOfTwo x: AMX.F32, _ y: AMX.F32, _ place: UnsafeMutableRawPointer
  ) -> TileAttentionWeights {
    SplitPairs.store(exactPowerOfTwo(x), exactPowerOfTwo(y), place)
    return TileAttentionWeights(place)
  }

  @_transparent
  init(_ place: UnsafeRawPointer) { words = place.loadUnaligned(as: SIMD8<Int64>.self) }

  @_transparent
  func store(_ place: UnsafeMutableRawPointer) {
    place.storeBytes(of: words, as: SIMD8<Int64>.self)
  }

  /// The larger ones of two queries.
  @_transparent
  static func larger(_ a: TileAttentionWeights, _ b: TileAttentionWeights) -> TileAttentionWeights {
    TileAttentionWeights(words: _mm512_max_epu16(a.words, b.words))
  }

  @_transparent
  private init(words: SIMD8<Int64>) { self.words = words }

  /// None.
  static var zero: TileAttentionWeights {
    @_transparent get { TileAttentionWeights(words: .zero) }
  }

  /// Whether a weight exceeds 2⁶⁰ by far, or is not a number.
  var exceedLimit: Bool {
    @_transparent get {
      let excess = _mm512_subs_epu16(words, _mm512_set1_epi16(0x5E00))
      return _mm512_test_epi32_mask(excess, excess) != 0
    }
  }

  /// The weights times a factor.
  @_transparent
  func scaled(by factor: AMX.F32) -> TileAttentionWeights {
    let low = unsafeBitCast(_mm512_slli_epi32(words, 16), to: AMX.F32.self)
    let high = unsafeBitCast(
      _mm512_and_si512(words, _mm512_set1_epi32(-65536)), to: AMX.F32.self)
    return TileAttentionWeights(AMX.multiply(low, factor), AMX.multiply(high, factor))
  }

  /// 2 to the power `x`, within 7.5e-5 of itself: a twenty-fifth of what bfloat16 rounds away.
  @_transparent
  private static func powerOfTwo(_ x: AMX.F32) -> AMX.F32 {
    let f = fraction(x)
    var p = AMX.all(7.802_452e-2)
    p = AMX.multiplyAdd(p, f, AMX.all(2.260_672_4e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(6.958_334_7e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(9.999_252_3e-1))
    // Takes the whole part of x itself.
    return AMX.scaled(p, byPowerOfTwo: x)
  }

  /// 2 to the power `x`, within 2 units in the last place.
  @_transparent
  private static func exactPowerOfTwo(_ x: AMX.F32) -> AMX.F32 {
    let f = fraction(x)
    var p = AMX.all(2.170_225_6e-4)
    p = AMX.multiplyAdd(p, f, AMX.all(1.243_968_8e-3))
    p = AMX.multiplyAdd(p, f, AMX.all(9.678_841e-3))
    p = AMX.multiplyAdd(p, f, AMX.all(5.548_334e-2))
    p = AMX.multiplyAdd(p, f, AMX.all(2.402_298_3e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(6.931_47e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(1))
    return AMX.scaled(p, byPowerOfTwo: x)
  }

  /// `x - floor(x)`; zero for an infinite one.
  @_transparent
  private static func fraction(_ x: AMX.F32) -> AMX.F32 {
    // Round down, raise no exception.
    let mode = (9 as Int32)._value
    var result = x
    result._storage._value = Builtin.int_x86_avx512_mask_reduce_ps_512(
      x._storage._value, mode, x._storage._value, (-1 as Int16)._value, (4 as Int32)._value)
    return result
  }
}
#endif
