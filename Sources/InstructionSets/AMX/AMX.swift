#if arch(x86_64)
internal import _Builtin_intrinsics.intel
internal import _KernelsAVX512
internal import _KernelsAVX512VNNI
public import _KernelsMicro

/// The tile unit, with AVX-512 for what surrounds it.
enum AMX: AVX512Vectors {
  static var name: StaticString { "amx" }

  /// Four, as a tile of the right matrix has them side by side.
  @_transparent
  static var int8Terms: Int { 4 }

  /// The 16 rows of a tile.
  @_transparent
  static var int8ElementBlock: Int { 16 }

  /// Writes the low byte of each lane.
  @_transparent
  static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(
      of: _mm512_cvtepi32_epi8(unsafeBitCast(x, to: SIMD8<Int64>.self)), as: SIMD2<Int64>.self)
  }

  /// Products of 8-bit integers; panels are those of register tiles, 32 columns wide.
  static let int8 = QuantizedKernels(
    panelWidth: 32, tileRows: 32, format: .elements,
    panelBytes: { Tile<1, 2>.int8PanelBytes(Self.self, $0) },
    pack: { Tile<1, 2>.packInt8(Self.self, $0, panels: $1, into: $2) },
    unpack: { Tile<1, 2>.unpackInt8(Self.self, panel: $0, $1, into: $2) },
    rowPacking: RowPacking(
      elementCount: { packedInt8Elements(rows: $0, $1) },
      pack: { packInt8Rows($0, rows: $1, into: $2) }),
    productScratch: { int8Scratch(rows: $0, columns: $1, $2) },
    product: { computeInt8($0, rows: $1, panels: $2, scratch: $3) })

  static let kernels = MatrixKernels(
    layout: .tiles, panelWidth: 32, prefersPanels: true,
    panelBytes: { squares($0) * 2048 },
    pack: { pack($0, panels: $1, into: $2) },
    write: { write($0, stride: $1, rows: $2, columns: $3, to: $4) },
    productScratch: { productScratch(rows: $0, depth: $1, columns: $2) },
    product: { compute($0, rows: $1, panels: $2, scratch: $3) },
    attentionScratch: { attentionScratch(queries: $0, keys: $1, size: $2, numberParts: 1) },
    attend: { attend($0, queries: $1, numberParts: 1, scratch: $2) },
    convolve: { convolve($0, spans: $1, panels: $2, scratch: $3) })

  /// Products and attention of numbers of 32 bits, in parts.
  static let float32 = MatrixKernels(
    kernelsAVX512.float32,
    productScratch: { splitScratch(rows: $0, depth: $1, columns: $2) },
    product: { computeSplit($0, rows: $1, panels: $2, scratch: $3) },
    attentionScratch: { attentionScratch(queries: $0, keys: $1, size: $2, numberParts: 3) },
    attend: { attend($0, queries: $1, numberParts: 3, scratch: $2) })
}

// Rounding to bfloat16 by the instructions that every processor with a tile unit has. They make zero
// of subnormal numbers, for which the tile unit takes them anyway.
extension AMX {
  /// The bits of all elements of `a` as bfloat16, then those of `b`.
  @_transparent
  static func neighbours(_ a: F32, _ b: F32) -> F32 {
    unsafeBitCast(_mm512_cvtne2ps_pbh(b, a), to: F32.self)
  }

  /// Writes the elements as bfloat16.
  @_transparent
  static func storeBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer) {
    place.storeBytes(of: _mm512_cvtneps_pbh(x), as: SIMD16<Int16>.self)
  }

  /// Writes the first `count` elements as bfloat16.
  @_transparent
  static func storePartBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer, count: Int) {
    storeWords(unsafeBitCast(_mm512_cvtneps_pbh(x), to: SIMD4<Int64>.self), place, count: count)
  }

  /// Writes the first `count` elements of both vectors, `a` before `b`, as bfloat16.
  @_transparent
  static func storePartBFloat16(
    _ a: F32, _ b: F32, _ place: UnsafeMutableRawPointer, count: Int
  ) {
    storeWords(unsafeBitCast(neighbours(a, b), to: SIMD8<Int64>.self), place, count: count)
  }
}

/// The kernels for AMX: those for AVX-512, with products and attention on the tile unit.
public let kernelsAMX = KernelTable(
  kernelsAVX512VNNI, name: "amx", float32: AMX.float32, bfloat16: AMX.kernels,
  bfloat16Peak: PeakLoop(multiplyAdds: 4 * 16 * 16 * 32) {
    TileUnit.peak(rounds: $0)
    return 0
  }, int8: AMX.int8,
  int8Peak: PeakLoop(multiplyAdds: 4 * 16 * 16 * 64) {
    TileUnit.int8Peak(rounds: $0)
    return 0
  })
#endif
