#if arch(arm64)
internal import _Builtin_intrinsics.arm.neon
internal import _KernelsBaseline
public import _KernelsMicro

/// NEON with an instruction that multiplies four bytes with four others and adds all products
/// (FEAT_DotProd).
enum NEONDot: Vectors128 {
  static var name: StaticString { "neondot" }

  /// Four.
  @_transparent
  static var int8Terms: Int { 4 }

  /// `sums` and the products of all terms of each element.
  @inline(__always)
  static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    unsafeBitCast(
      vdotq_s32(
        unsafeBitCast(sums, to: SIMD4<Int32>.self), unsafeBitCast(a, to: SIMD16<Int8>.self),
        unsafeBitCast(b, to: SIMD16<Int8>.self)), to: F32.self)
  }

  /// The elements as they stand.
  @inline(__always)
  static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    place.loadUnaligned(as: F32.self)
  }

  /// Writes the low byte of each lane.
  @inline(__always)
  static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer) {
    let terms = place.assumingMemoryBound(to: UInt8.self)
    for lane in 0..<width { terms[lane] = UInt8(truncatingIfNeeded: x[lane].bitPattern) }
  }

  static var tile: Tile<5, 4>.Type { Tile<5, 4>.self }
}

/// The kernels for NEON with dot products: those for the baseline, with products of 8-bit whole
/// numbers.
public let kernelsNEONDot = KernelTable(
  kernelsBaseline, name: "neondot", float32: kernelsBaseline.float32,
  bfloat16: kernelsBaseline.bfloat16, bfloat16Peak: nil,
  int8: NEONDot.tile.int8Kernels(NEONDot.self),
  int8Peak: PeakLoop(int8: NEONDot.self, NEONDot.tile))
#endif
