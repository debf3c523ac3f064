/// An instruction set that the kernels are instantiated for.
///
/// Each conforming tag type is declared in the target compiled for it. Every generic kernel is
/// a static member of the tag, or takes it as its first argument, so that its name is part of each
/// specialised symbol and two instruction sets never share one.
///
/// Operations on vectors are requirements, because in generic code Swift resolves the operators of
/// `SIMD` to loops over the lanes.
public protocol InstructionSet: SendableMetatype {
  /// A vector that fills one register.
  associatedtype F32: SIMD where F32.Scalar == Float

  /// The name, as `KERNELS_ISA` takes it.
  static var name: StaticString { get }

  /// `a * b + c`, fused where the instruction set fuses.
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32

  /// The lanewise sum.
  static func add(_ a: F32, _ b: F32) -> F32

  /// The lanewise difference.
  static func subtract(_ a: F32, _ b: F32) -> F32

  /// The lanewise product.
  static func multiply(_ a: F32, _ b: F32) -> F32

  /// The lanewise quotient.
  static func divide(_ a: F32, _ b: F32) -> F32

  /// The larger of both in each lane; the second where either is NaN.
  static func larger(_ a: F32, _ b: F32) -> F32

  /// The smaller of both in each lane; the second where either is NaN.
  static func smaller(_ a: F32, _ b: F32) -> F32

  /// `a` in the lanes where `x < y`, and `b` in the others, also where either is NaN.
  static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32

  /// The square root, correctly rounded; NaN below zero.
  static func squareRoot(_ x: F32) -> F32

  /// One over each of them, within 1e-4 of itself.
  static func coarseReciprocal(_ x: F32) -> F32

  /// `x · 2ⁿ`, infinite or subnormal where it has to be, for `x` around one and integers `n`
  /// from -252 to 252. It may be rounded twice where it is subnormal.
  static func scaled(_ x: F32, byPowerOfTwo n: F32) -> F32

  /// A vector of the `count` elements from `pointer` on, fewer than fill it, and `padding` behind
  /// them. No other element is read.
  static func loadPart(_ pointer: UnsafePointer<Float>, count: Int, padding: Float) -> F32

  /// Writes the first `count` elements of `vector`, and no other, from `pointer` on.
  static func storePart(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int)

  /// The nearest numbers that bfloat16 can hold, with zero for subnormal ones: the tile unit takes
  /// them for zero too.
  static func roundedToBFloat16(_ x: F32) -> F32

  /// Writes the elements, rounded to bfloat16, 16 bits each.
  static func storeBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer)

  /// Writes the first `count` elements, rounded to bfloat16, and no other.
  static func storePartBFloat16(_ x: F32, _ place: UnsafeMutableRawPointer, count: Int)

  /// The numbers of 16 bits from `place` on, widened.
  static func loadBFloat16(_ place: UnsafeRawPointer) -> F32

  /// Writes a vector past the caches to a place that is aligned to it.
  static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer)

  /// Writes a vector past the caches, rounded to bfloat16, to a place aligned to what it becomes.
  static func streamBFloat16(_ vector: F32, _ place: UnsafeMutableRawPointer)

  /// Writes two vectors past the caches, rounded to bfloat16, to a place aligned to what they
  /// become.
  static func streamBFloat16(_ a: F32, _ b: F32, _ place: UnsafeMutableRawPointer)

  /// Transposes as many vectors as a vector has elements: `Square` of that width does it.
  static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void)

  /// How many terms of a sum an element of packed rows and columns holds: one, a number of 32 bits,
  /// or a pair, two of bfloat16.
  static var termsPerElement: Int { get }

  /// `sums` and the products of the terms of `a` with those of `b`, lane by lane.
  static func addProducts(_ a: F32, _ b: F32, to sums: F32) -> F32

  /// Elements of the first `count` terms from `pointer` on, or of those that fill a vector; at
  /// least as many are there as that takes, but for the last term of the last pair.
  static func loadElements(_ pointer: UnsafePointer<Float>, count: Int) -> F32

  /// Elements of a term in each lane, and the next one where an element holds two.
  static func elements(_ terms: F32, _ next: F32) -> F32

  /// How many terms of 8 bits an element of packed rows and columns holds: four, or two that are
  /// widened to 16.
  static var int8Terms: Int { get }

  /// The elements of a group are a multiple of this; one, or as many as a tile of the tile unit
  /// takes.
  static var int8ElementBlock: Int { get }

  /// What is added to the terms of rows: 128 where the instruction takes them as numbers without a
  /// sign, else 0.
  static var int8Offset: Int32 { get }

  /// `sums`, 32-bit integers, and the products of the terms of `a`, an element of a row,
  /// with those of `b`, lane by lane.
  static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32

  /// The elements of a panel whose terms, 8 bits each, begin at `place`.
  static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32

  /// Writes the low bits of each lane as a term of a row: 8 bits where an element holds four.
  static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer)

  /// Converts lanes that hold 32-bit integers to floating point.
  static func floats(_ x: F32) -> F32

  /// The 8-bit integers from `place` on.
  static func loadInt8(_ place: UnsafeRawPointer) -> F32

  /// The 4-bit integers, stored with 8 added, in the low or else the high half of each byte
  /// from `place` on.
  static func loadInt4(_ place: UnsafeRawPointer, high: Bool) -> F32
}

// Elements of one term each.
extension InstructionSet {
  /// One term.
  @inlinable @inline(__always)
  public static var termsPerElement: Int { 1 }

  /// A multiply-add.
  @inlinable @inline(__always)
  public static func addProducts(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    multiplyAdd(a, b, sums)
  }

  /// The vector from `pointer` on.
  @inlinable @inline(__always)
  public static func loadElements(_ pointer: UnsafePointer<Float>, count: Int) -> F32 {
    load(pointer)
  }

  /// The terms.
  @inlinable @inline(__always)
  public static func elements(_ terms: F32, _ next: F32) -> F32 { terms }

  /// The element of the first `count` terms from `pointer` on, or of as many as it holds.
  @inlinable @inline(__always)
  static func element(_ pointer: UnsafePointer<Float>, count: Int) -> Float {
    if termsPerElement == 1 { return pointer[0] }
    let next = count > 1 ? BFloat16Bits(pointer[1]).flushed : 0
    return Float(bitPattern: UInt32(next) << 16 | UInt32(BFloat16Bits(pointer[0]).flushed))
  }

  /// The number of elements that hold so many terms of a sum.
  @inlinable @inline(__always)
  public static func elementCount(_ terms: Int) -> Int {
    (terms + termsPerElement - 1) / termsPerElement
  }
}

extension InstructionSet {
  /// The number of elements in a vector.
  @inlinable @inline(__always)
  public static var width: Int { F32.scalarCount }

  /// The vector that starts at `pointer`, which need not be aligned.
  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafePointer<Float>) -> F32 {
    UnsafeRawPointer(pointer).loadUnaligned(as: F32.self)
  }

  /// The vector that starts at `pointer`, which need not be aligned.
  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeMutablePointer<Float>) -> F32 {
    UnsafeRawPointer(pointer).loadUnaligned(as: F32.self)
  }

  /// Writes `vector` from `pointer` on, which need not be aligned.
  @inlinable @inline(__always)
  public static func store(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: F32.self)
  }

  /// A vector of `x` in all lanes.
  @inlinable @inline(__always)
  public static func all(_ x: Float) -> F32 { F32(repeating: x) }

  /// The number of each lane, from 0 on.
  @inlinable @inline(__always)
  static var laneNumbers: F32 {
    var numbers = all(0)
    for lane in 0..<width { numbers[lane] = Float(lane) }
    return numbers
  }

  /// Merges all lanes: neighbours at half the width first, then at a quarter, and so on.
  @inlinable @inline(__always)
  public static func mergedLanes(_ x: F32, _ merge: (F32, F32) -> F32) -> Float {
    var (x, distance) = (x, width / 2)
    while distance > 0 {
      var other = x
      for lane in 0..<width { other[lane] = x[lane ^ distance] }
      x = merge(x, other)
      distance /= 2
    }
    return x[0]
  }
}

// What instruction sets share that have no instruction for it: loops over the lanes that become
// vector code.
extension InstructionSet {
  /// The square root, correctly rounded; NaN below zero.
  ///
  /// Swift's own may call C's `sqrtf` for what is below zero, in a branch for every lane.
  @inlinable @inline(__always)
  public static func squareRoot(_ x: F32) -> F32 {
    var result = x
    for lane in 0..<width {
      let isValid = x[lane] >= 0
      result[lane] = (isValid ? x[lane] : 0).squareRoot() * (isValid ? 1 : .nan)
    }
    return result
  }

  /// One over each of them.
  @inlinable @inline(__always)
  public static func coarseReciprocal(_ x: F32) -> F32 { divide(all(1), x) }

  /// `x · 2ⁿ` in two factors, for one alone cannot reach infinity or the subnormal numbers.
  @inlinable @inline(__always)
  public static func scaled(_ x: F32, byPowerOfTwo n: F32) -> F32 {
    var result = x
    for lane in 0..<width {
      // Adding 1.5 · 2²³ leaves an integer in the low bits.
      let exponent = Int32(bitPattern: (n[lane] + 12_582_912).bitPattern) &- 0x4B40_0000
      let half = exponent &>> 1
      result[lane] = x[lane] * powerOfTwo(half) * powerOfTwo(exponent &- half)
    }
    return result
  }

  /// The number 2 to the power `exponent`, which is from -126 to 127.
  @inlinable @inline(__always)
  static func powerOfTwo(_ exponent: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: (exponent &+ 127) &<< 23))
  }

  /// A vector of the `count` elements from `pointer` on, and `padding` behind them.
  @inlinable @inline(__always)
  public static func loadPart(
    _ pointer: UnsafePointer<Float>, count: Int, padding: Float
  ) -> F32 {
    var vector = all(padding)
    for lane in 0..<count { vector[lane] = pointer[lane] }
    return vector
  }

  /// Writes the first `count` elements of `vector` from `pointer` on.
  @inlinable @inline(__always)
  public static func storePart(
    _ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int
  ) {
    for lane in 0..<count { pointer[lane] = vector[lane] }
  }
}
