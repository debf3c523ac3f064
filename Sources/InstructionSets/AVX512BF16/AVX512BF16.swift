#if arch(x86_64)
internal import _Builtin_intrinsics.intel
internal import _KernelsAVX512
internal import _KernelsAVX512VNNI
public import _KernelsMicro

/// x86-64-v4 with an instruction that multiplies pairs of bfloat16 and adds both products, as fast as
/// others multiply one number of 32 bits.
///
/// An element is a pair of neighbouring terms, so strips, panels and tiles are those of 32 bits at
/// half the depth.
enum AVX512BF16: AVX512Vectors {
  static var name: StaticString { "avx512bf16" }

  /// A pair.
  @_transparent
  static var termsPerElement: Int { 2 }

  /// Both products of each pair; subnormal numbers count as zero.
  @_transparent
  static func addProducts(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    _mm512_dpbf16_ps(
      sums, unsafeBitCast(a, to: SIMD32<Int16>.self), unsafeBitCast(b, to: SIMD32<Int16>.self))
  }

  /// Neighbours in a row, rounded; zeros for the terms that are not there.
  @_transparent
  static func loadElements(_ pointer: UnsafePointer<Float>, count: Int) -> F32 {
    let second =
      count >= 32
      ? load(pointer + 16) : loadPart(pointer + 16, count: count - 16, padding: 0)
    return unsafeBitCast(_mm512_cvtne2ps_pbh(second, load(pointer)), to: F32.self)
  }

  /// Two terms of each lane, rounded.
  @_transparent
  static func elements(_ terms: F32, _ next: F32) -> F32 {
    let inTurn = SIMD32<Int16>(
      0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
      13, 29, 14, 30, 15, 31)
    let words = unsafeBitCast(_mm512_cvtne2ps_pbh(next, terms), to: SIMD8<Int64>.self)
    return unsafeBitCast(
      _mm512_permutexvar_epi16(unsafeBitCast(inTurn, to: SIMD8<Int64>.self), words), to: F32.self)
  }

  static let products = MatrixKernels(
    layout: .rounded, panelWidth: tile.panelWidth(Self.self),
    termsPerElement: termsPerElement,
    panelBytes: { elementCount($0) * tile.panelWidth(Self.self) * 4 },
    pack: { tile.pack(Self.self, $0, panels: $1, into: $2.assumingMemoryBound(to: Float.self)) },
    write: kernelsAVX512.bfloat16.write,
    productScratch: { tile.productScratch(Self.self, rows: $0, depth: $1, columns: $2) },
    product: { tile.compute(Self.self, $0, rows: $1, panels: $2, scratch: $3) },
    attentionScratch: { tile.attentionScratch(Self.self, queries: $0, keys: $1, size: $2) },
    attend: { tile.attend(Self.self, $0, queries: $1, scratch: $2) })

  static var tile: Tile<12, 2>.Type { Tile<12, 2>.self }
}

/// The kernels for AVX-512 with bfloat16: those for AVX-512 VNNI, with products and attention of
/// pairs.
public let kernelsAVX512BF16 = KernelTable(
  kernelsAVX512VNNI, name: "avx512bf16", float32: kernelsAVX512.float32,
  bfloat16: AVX512BF16.products, bfloat16Peak: PeakLoop(AVX512BF16.self, AVX512BF16.tile),
  int8: kernelsAVX512VNNI.int8, int8Peak: kernelsAVX512VNNI.int8Peak)
#endif
