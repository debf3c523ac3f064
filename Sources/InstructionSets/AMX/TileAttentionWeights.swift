#if arch(x86_64)
internal import Builtin
internal import _Builtin_intrinsics.intel
internal import _KernelsMicro

/// The weights of one query and 32 keys, as the tile unit reads them: a lane holds those of two
/// keys.
struct TileAttentionWeights {
  let words: SIMD8<Int64>

  /// The first of the two keys whose weights a lane holds; the other one is the next.
  ///
  /// A pack of 32 bits to 16 takes 128 bits of each operand in turn.
  static func firstKey(ofLane lane: Int) -> Int { lane / 4 * 4 + lane % 2 * 2 + lane % 4 / 2 * 16 }

  /// Steps are 256ths of powers, counted down.
  static var stepsPerPower: Float {
    @_transparent get { -256 }
  }

  /// The steps of 2 to the power `power`.
  @_transparent
  static func steps(power: Float) -> Float { 255 + stepsPerPower * power }

  /// 2 to powers in steps, of the first 16 keys and of the others, within 6 in a thousand: rounding
  /// to bfloat16 alone takes 4.
  ///
  /// `256 · (127 + power)` has the exponent in the upper byte, and a fraction `f` below. It lacks
  /// `1 + f - 2^f` to be the number, at most 22, for which a table of 64 entries does. The six
  /// operations after the conversion serve 32 weights at once.
  ///
  /// Steps are counted down because a step that no integer of 32 bits holds becomes the least
  /// one, and so a weight that exceeds the limit: of a score too high, of one that is not a number,
  /// and also of one too low. `init(powersOfTwo:_:)` then tells them apart.
  @_transparent
  init(steps x: AMX.F32, _ y: AMX.F32) {
    let down = _mm512_packs_epi32(_mm512_cvtps_epi32(x), _mm512_cvtps_epi32(y))
    let number = _mm512_sub_epi16(_mm512_set1_epi16(0x7FFF), down)
    let excess = _mm512_maskz_permutexvar_epi8(
      0x5555_5555_5555_5555, _mm512_srli_epi16(number, 2), Self.excesses)
    words = _mm512_srli_epi16(_mm512_sub_epi16(number, excess), 1)
  }

  /// By how many 256ths `1 + f` exceeds `2^f`, for fractions that have the upper six bits in
  /// common: what keeps the largest error of the four smallest.
  private static var excesses: SIMD8<Int64> {
    @_transparent get {
      _mm512_set_epi64(
        0x0102_0305_0607_0909, 0x0B0C_0D0D_0F0F_1011, 0x1112_1313_1314_1415, 0x1515_1515_1516_1615,
        0x1515_1515_1514_1414, 0x1313_1212_1111_100F, 0x0F0E_0D0C_0C0A_0A09, 0x0807_0604_0402_0100)
    }
  }

  /// 2 to the powers `x` of the first 16 keys and `y` of the others, rounded to bfloat16.
  @_transparent
  init(powersOfTwo x: AMX.F32, _ y: AMX.F32) {
    func upperHalf(_ x: AMX.F32) -> SIMD8<Int64> {
      _mm512_srli_epi32(unsafeBitCast(SplitPairs.halfUp(x), to: SIMD8<Int64>.self), 16)
    }
    words = _mm512_packus_epi32(
      upperHalf(Self.powerOfTwo(x)), upperHalf(Self.powerOfTwo(y)))
  }

  /// Writes 2 to the powers `x` and `y` as three parts each, 2 KB apart.
  ///
  /// - Returns: The first parts.
  @_transparent
  static func store(
    powersOfTwo x: AMX.F32, _ y: AMX.F32, _ place: UnsafeMutableRawPointer
  ) -> TileAttentionWeights {
    SplitPairs.store(powerOfTwo(x), powerOfTwo(y), place)
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

  /// Whether a weight exceeds 2⁶¹, or is not a number.
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
    return TileAttentionWeights(
      words: SplitPairs.pairs(
        SplitPairs.halfUp(AMX.multiply(low, factor)), SplitPairs.halfUp(AMX.multiply(high, factor)))
    )
  }

  /// 2 to the power `x`, within 2 units in the last place.
  @_transparent
  static func powerOfTwo(_ x: AMX.F32) -> AMX.F32 {
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
