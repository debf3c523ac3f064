// What instruction sets share that have no instruction for it: elements of two terms, widened to 16
// bits, in loops over the lanes that become vector code.
extension InstructionSet {
  /// Two terms.
  @inlinable @inline(__always)
  public static var int8Terms: Int { 2 }

  /// One.
  @inlinable @inline(__always)
  public static var int8ElementBlock: Int { 1 }

  /// Terms have a sign.
  @inlinable @inline(__always)
  public static var int8Offset: Int32 { 0 }

  /// `sums` and the products of both terms of each element.
  @inlinable @inline(__always)
  public static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    var result = sums
    for lane in 0..<width {
      let (x, y) = (Int32(bitPattern: a[lane].bitPattern), Int32(bitPattern: b[lane].bitPattern))
      let products = ((x << 16) >> 16) &* ((y << 16) >> 16) &+ (x >> 16) &* (y >> 16)
      result[lane] = Float(bitPattern: sums[lane].bitPattern &+ UInt32(bitPattern: products))
    }
    return result
  }

  /// Elements of two neighbouring bytes each.
  @inlinable @inline(__always)
  public static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    let terms = place.assumingMemoryBound(to: Int8.self)
    var result = F32.zero
    for lane in 0..<width {
      let (low, high) = (Int32(terms[2 * lane]), Int32(terms[2 * lane + 1]))
      result[lane] = Float(bitPattern: UInt32(bitPattern: high << 16 | low & 0xFFFF))
    }
    return result
  }

  /// Writes the low 16 bits of each lane.
  @inlinable @inline(__always)
  public static func storeInt8Terms(_ x: F32, _ place: UnsafeMutableRawPointer) {
    let terms = place.assumingMemoryBound(to: UInt16.self)
    for lane in 0..<width { terms[lane] = UInt16(truncatingIfNeeded: x[lane].bitPattern) }
  }

  /// Converts lanes that hold 32-bit integers to floating point.
  @inlinable @inline(__always)
  public static func floats(_ x: F32) -> F32 {
    var result = F32.zero
    for lane in 0..<width { result[lane] = Float(Int32(bitPattern: x[lane].bitPattern)) }
    return result
  }

  /// The 8-bit integers from `place` on.
  @inlinable @inline(__always)
  public static func loadInt8(_ place: UnsafeRawPointer) -> F32 {
    let bytes = place.assumingMemoryBound(to: Int8.self)
    var result = F32.zero
    for lane in 0..<width { result[lane] = Float(Int32(bytes[lane])) }
    return result
  }

  /// The 4-bit integers in one half of each byte from `place` on.
  @inlinable @inline(__always)
  public static func loadInt4(_ place: UnsafeRawPointer, high: Bool) -> F32 {
    let bytes = place.assumingMemoryBound(to: UInt8.self)
    var result = F32.zero
    for lane in 0..<width {
      let byte = Int32(bytes[lane])
      result[lane] = Float((high ? byte >> 4 : byte & 15) &- 8)
    }
    return result
  }
}
