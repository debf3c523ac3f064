public import _KernelsMicro

/// x86-64-v3: AVX2 with FMA.
enum AVX2: InstructionSet {
  typealias F32 = SIMD8<Float>

  static var name: StaticString { "avx2" }

  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }

  @inline(__always)
  static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

  @inline(__always)
  static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  @inline(__always)
  static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  @inline(__always)
  static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  @inline(__always)
  static func larger(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .> b) }

  @inline(__always)
  static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void) {
    Square<8>.transpose(Self.self, load: load, store: store)
  }
}

/// The kernels for AVX2.
public let kernelsAVX2 = KernelTable(AVX2.self, Tile<5, 2>.self)
