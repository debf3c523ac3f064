#if arch(x86_64)
internal import _Builtin_intrinsics.intel
internal import _KernelsAVX512
public import _KernelsMicro

/// x86-64-v4 with an instruction that multiplies four bytes with four others and adds all products,
/// as fast as others multiply one number of 32 bits.
///
/// It takes the first bytes without a sign. So 128 is added to the terms of rows, and the sums
/// start from what takes it back.
enum AVX512VNNI: AVX512Vectors {
  static var name: StaticString { "avx512vnni" }

  /// Four.
  @_transparent
  static var int8Terms: Int { 4 }

  /// Terms of rows have no sign.
  @_transparent
  static var int8Offset: Int32 { 128 }

  /// `sums` and the products of all terms of each element.
  @_transparent
  static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    unsafeBitCast(
      _mm512_dpbusd_epi32(
        unsafeBitCast(sums, to: SIMD8<Int64>.self), unsafeBitCast(a, to: SIMD8<Int64>.self),
        unsafeBitCast(b, to: SIMD8<Int64>.self)), to: F32.self)
  }

  /// The elements as they stand.
  @_transparent
  static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    place.loadUnaligned(as: F32.self)
  }

  /// Writes the low byte of each lane.
  @_transparent
  static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(
      of: _mm512_cvtepi32_epi8(unsafeBitCast(x, to: SIMD8<Int64>.self)), as: SIMD2<Int64>.self)
  }

  static var tile: Tile<12, 2>.Type { Tile<12, 2>.self }
}

/// The kernels for AVX-512 with VNNI: those for AVX-512, with products of 8-bit integers.
public let kernelsAVX512VNNI = KernelTable(
  kernelsAVX512, name: "avx512vnni", float32: kernelsAVX512.float32,
  bfloat16: kernelsAVX512.bfloat16, bfloat16Peak: nil,
  int8: AVX512VNNI.tile.int8Kernels(AVX512VNNI.self),
  int8Peak: PeakLoop(int8: AVX512VNNI.self, AVX512VNNI.tile))
#endif
