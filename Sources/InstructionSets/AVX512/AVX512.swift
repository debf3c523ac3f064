#if arch(x86_64)
public import _Builtin_intrinsics.intel
public import _KernelsMicro

/// What every instruction set with vectors of 512 bits shares: AVX-512 F, BW, CD, DQ and VL.
public protocol AVX512Vectors: InstructionSet where F32 == SIMD16<Float> {}

extension AVX512Vectors {
  /// `a * b + c`, fused.
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }

  /// The lanewise sum.
  @inlinable @inline(__always)
  public static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  /// The lanewise difference.
  @inlinable @inline(__always)
  public static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  /// The lanewise product.
  @inlinable @inline(__always)
  public static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  /// The lanewise quotient.
  @inlinable @inline(__always)
  public static func divide(_ a: F32, _ b: F32) -> F32 { a / b }

  /// The larger of both in each lane.
  @inlinable @inline(__always)
  public static func larger(_ a: F32, _ b: F32) -> F32 { _mm512_max_ps(a, b) }

  /// Transposes 16 vectors.
  @_alwaysEmitIntoClient @inline(__always)
  public static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void) {
    Square<16>.transpose(Self.self, load: load, store: store)
  }

  /// The smaller of both in each lane.
  @inlinable @inline(__always)
  public static func smaller(_ a: F32, _ b: F32) -> F32 { _mm512_min_ps(a, b) }

  /// `a` in the lanes where `x < y`, and `b` in the others.
  ///
  /// Of `replacing(with:where:)` the compiler may make four selections, a quarter of the lanes
  /// each.
  @inlinable @inline(__always)
  public static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    let isLess = _mm512_movepi32_mask(unsafeBitCast(x .< y, to: SIMD8<Int64>.self))
    return _mm512_mask_blend_ps(isLess, b, a)
  }

  /// The square root.
  @inlinable @inline(__always)
  public static func squareRoot(_ x: F32) -> F32 { _mm512_sqrt_ps(x) }

  /// One over each of them, in 14 bits.
  @inlinable @inline(__always)
  public static func coarseReciprocal(_ x: F32) -> F32 { _mm512_rcp14_ps(x) }

  /// `x · 2ⁿ` by one instruction.
  @inlinable @inline(__always)
  public static func scaled(_ x: F32, byPowerOfTwo n: F32) -> F32 { _mm512_scalef_ps(x, n) }

  /// The first `count` elements, by a masked load.
  @inlinable @inline(__always)
  public static func loadPart(_ pointer: UnsafePointer<Float>, count: Int, padding: Float) -> F32 {
    _mm512_mask_loadu_ps(F32(repeating: padding), first(count), pointer)
  }

  /// Writes the first `count` elements, by a masked store.
  @inlinable @inline(__always)
  public static func storePart(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    _mm512_mask_storeu_ps(pointer, first(count), vector)
  }

  /// A mask of the first `count` lanes.
  @_transparent @usableFromInline
  static func first(_ count: Int) -> __mmask16 {
    __mmask16(truncatingIfNeeded: 1 &<< count &- 1)
  }

  /// A mask of the first `count` of 32 words.
  @_transparent @usableFromInline
  static func firstWords(_ count: Int) -> __mmask32 {
    __mmask32(truncatingIfNeeded: 1 &<< count &- 1)
  }
}

extension AVX512Vectors {
  /// The nearest numbers that bfloat16 can hold, zero for subnormal ones.
  @_transparent
  public static func roundedToBFloat16(_ x: F32) -> F32 {
    let words = _mm512_and_si512(bfloat16Words(x), _mm512_set1_epi32(-65536))
    let isNormal = _mm512_test_epi32_mask(words, _mm512_set1_epi32(0x7F80_0000))
    return unsafeBitCast(_mm512_maskz_mov_epi32(isNormal, words), to: F32.self)
  }

  /// Writes the elements as bfloat16.
  @_transparent
  public static func storeBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(of: narrowed(x), as: SIMD4<Int64>.self)
  }

  /// Writes the elements past the caches.
  @_transparent
  public static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    _mm512_stream_ps(place, vector)
  }

  /// Writes the elements past the caches as bfloat16.
  @_transparent
  public static func streamBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer) {
    _mm256_stream_si256(place.assumingMemoryBound(to: SIMD4<Int64>.self), narrowed(x))
  }

  /// Writes the elements of both past the caches as bfloat16, a whole line.
  @_transparent
  public static func streamBFloat16(_ a: F32, _ b: F32, _ place: UnsafeMutableRawPointer) {
    _mm512_stream_ps(place, neighbours(a, b))
  }

  /// Writes the first `count` elements as bfloat16.
  @_transparent
  public static func storePartBFloat16(
    _ x: F32, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    storeWords(narrowed(x), place, count: count)
  }

  /// The numbers of 16 bits from `place` on, widened.
  @_transparent
  public static func loadBFloat16(_ place: UnsafeRawPointer) -> F32 {
    let words = _mm512_cvtepu16_epi32(place.loadUnaligned(as: SIMD4<Int64>.self))
    return unsafeBitCast(_mm512_slli_epi32(words, 16), to: F32.self)
  }

  /// The bits of all elements of `a` as bfloat16, then those of `b`.
  @_transparent
  public static func neighbours(_ a: F32, _ b: F32) -> F32 {
    neighbours(words: bfloat16Words(a), bfloat16Words(b))
  }

  /// The upper halves of the lanes of `a`, then those of `b`.
  @_transparent @usableFromInline
  static func neighbours(words a: SIMD8<Int64>, _ b: SIMD8<Int64>) -> F32 {
    let odd = SIMD32<Int16>(
      1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47,
      49, 51, 53, 55, 57, 59, 61, 63)
    return unsafeBitCast(
      _mm512_permutex2var_epi16(a, unsafeBitCast(odd, to: SIMD8<Int64>.self), b), to: F32.self)
  }

  /// Writes the first `count` elements of both vectors, `a` before `b`, as bfloat16.
  @_transparent
  public static func storePartBFloat16(
    _ a: F32, _ b: F32, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    storeWords(unsafeBitCast(neighbours(a, b), to: SIMD8<Int64>.self), place, count: count)
  }

  /// Writes the first `count` words of 16.
  @_transparent
  public static func storeWords(
    _ words: SIMD4<Int64>, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    _mm256_mask_storeu_epi16(place, first(count), words)
  }

  /// Writes the first `count` words of 32.
  @_transparent
  public static func storeWords(
    _ words: SIMD8<Int64>, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    _mm512_mask_storeu_epi16(place, firstWords(count), words)
  }

  /// The bits of the elements of `a` and `b` as bfloat16, in turn.
  @_transparent
  public static func interleaved(_ a: F32, _ b: F32) -> F32 {
    let high = _mm512_and_si512(bfloat16Words(b), _mm512_set1_epi32(-65536))
    return unsafeBitCast(
      _mm512_or_si512(_mm512_srli_epi32(bfloat16Words(a), 16), high), to: F32.self)
  }

  /// The words of `a` and `b` in turn: the lower halves of both, then the upper ones.
  @_transparent
  public static func interleavedWords(_ a: F32, _ b: F32) -> (F32, F32) {
    let first = SIMD32<Int16>(
      0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44,
      13, 45, 14, 46, 15, 47)
    let second = first &+ SIMD32<Int16>(repeating: 16)
    let (a, b) = (unsafeBitCast(a, to: SIMD8<Int64>.self), unsafeBitCast(b, to: SIMD8<Int64>.self))
    return (
      unsafeBitCast(
        _mm512_permutex2var_epi16(a, unsafeBitCast(first, to: SIMD8<Int64>.self), b),
        to: F32.self),
      unsafeBitCast(
        _mm512_permutex2var_epi16(a, unsafeBitCast(second, to: SIMD8<Int64>.self), b),
        to: F32.self)
    )
  }

  /// Copies at most 32 words.
  @_transparent
  public static func copyWords(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, count: Int
  ) {
    _mm512_mask_storeu_epi16(
      target, firstWords(count), _mm512_maskz_loadu_epi16(firstWords(count), source))
  }

  /// The bits of all elements as bfloat16, 16 each.
  @_transparent @usableFromInline
  static func narrowed(_ x: F32) -> SIMD4<Int64> {
    _mm512_cvtepi32_epi16(_mm512_srli_epi32(bfloat16Words(x), 16))
  }

  /// The bits of each element as bfloat16, in the upper half of a lane.
  ///
  /// Intrinsics, because operators on vectors of integers become a quarter as wide.
  @_transparent @usableFromInline
  static func bfloat16Words(_ x: F32) -> SIMD8<Int64> {
    // Rounding must not carry over the bits of a NaN.
    roundedWords(x.replacing(with: F32(repeating: .nan), where: x .!= x))
  }

  /// The same, of numbers that are not NaN.
  @_transparent @usableFromInline
  static func roundedWords(_ x: F32) -> SIMD8<Int64> {
    let bits = unsafeBitCast(x, to: SIMD8<Int64>.self)
    let isOdd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1))
    return _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7FFF)), isOdd)
  }
}

// Integers of 8 bits, in pairs widened to 16.
extension AVX512Vectors {
  /// `sums` and the products of both terms of each element.
  @_transparent
  public static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    let products = _mm512_madd_epi16(
      unsafeBitCast(a, to: SIMD8<Int64>.self), unsafeBitCast(b, to: SIMD8<Int64>.self))
    return unsafeBitCast(
      _mm512_add_epi32(unsafeBitCast(sums, to: SIMD8<Int64>.self), products), to: F32.self)
  }

  /// Elements of two neighbouring bytes each.
  @_transparent
  public static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    unsafeBitCast(
      _mm512_cvtepi8_epi16(place.loadUnaligned(as: SIMD4<Int64>.self)), to: F32.self)
  }

  /// Writes the low 16 bits of each lane.
  @_transparent
  public static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(
      of: _mm512_cvtepi32_epi16(unsafeBitCast(x, to: SIMD8<Int64>.self)), as: SIMD4<Int64>.self)
  }

  /// Converts lanes that hold 32-bit integers to floating point.
  @_transparent
  public static func floats(_ x: F32) -> F32 {
    _mm512_cvtepi32_ps(unsafeBitCast(x, to: SIMD8<Int64>.self))
  }

  /// The 8-bit integers from `place` on.
  @_transparent
  public static func loadInt8(_ place: UnsafeRawPointer) -> F32 {
    _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(place.loadUnaligned(as: SIMD2<Int64>.self)))
  }

  /// The 4-bit integers in one half of each byte from `place` on.
  @_transparent
  public static func loadInt4(_ place: UnsafeRawPointer, high: Bool) -> F32 {
    let bytes = _mm512_cvtepu8_epi32(place.loadUnaligned(as: SIMD2<Int64>.self))
    let halves = high ? _mm512_srli_epi32(bytes, 4) : _mm512_and_si512(bytes, _mm512_set1_epi32(15))
    return _mm512_cvtepi32_ps(halves) - F32(repeating: 8)
  }
}

/// x86-64-v4.
enum AVX512: AVX512Vectors {
  static var name: StaticString { "avx512" }
}

/// The kernels for AVX-512.
public let kernelsAVX512 = KernelTable(
  AVX512.self, Tile<12, 2>.self, int8: Tile<12, 2>.self)
#endif
