// Results that go to memory past the caches.
//
// A store reads the line that it changes first. Where a result leaves the caches before it is read,
// that is a third of all traffic, and what the line displaces is lost.

/// Whether a result is to be streamed: one of 32 MB or more, which the caches of most machines do
/// not hold, at a place that vectors can be aligned to.
@inlinable @inline(__always)
public func isStreamed(_ result: UnsafeRawPointer, byteCount: Int) -> Bool {
  byteCount >= 32 << 20 && Int(bitPattern: result) % 64 == 0
}

#if arch(x86_64)
@_silgen_name("llvm.x86.sse.sfence")
@usableFromInline
func storeFence()
#endif

/// Makes what was streamed visible to other threads before all that is written next.
@inlinable @inline(__always)
func finishStreaming() {
  #if arch(x86_64)
  storeFence()
  #endif
}

extension InstructionSet {
  /// Writes a vector to a place that is aligned to it; `finishStreaming` has to follow.
  @inlinable @inline(__always)
  public static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    store(vector, place.assumingMemoryBound(to: Float.self))
  }

  /// Writes a vector, rounded to bfloat16, to a place that is aligned to what it becomes.
  @inlinable @inline(__always)
  public static func streamBFloat16(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    storeBFloat16(vector, place)
  }

  /// Writes two vectors, rounded to bfloat16, to a place that is aligned to what they become.
  @inlinable @inline(__always)
  public static func streamBFloat16(_ a: F32, _ b: F32, _ place: UnsafeMutableRawPointer) {
    streamBFloat16(a, place)
    streamBFloat16(b, place + 2 * width)
  }

  /// Copies whole lines to a place that is aligned to them; `finishStreaming` has to follow.
  @inlinable @inline(__always)
  static func streamLines(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, byteCount: Int
  ) {
    for i in stride(from: 0, to: byteCount, by: 4 * width) {
      stream(load((source + i).assumingMemoryBound(to: Float.self)), target + i)
    }
  }

  /// Asks for the line that a loop reads some turns later: what the processor asks for by itself
  /// comes later.
  @inlinable @inline(__always)
  static func prefetchAhead(_ place: UnsafeRawPointer) { prefetchToL2(place + 8192, lines: 1) }

  /// Streams a vector to a place in rows of some layout.
  @inlinable @inline(__always)
  static func stream(_ x: F32, _ place: UnsafeMutableRawPointer, as layout: RowLayout) {
    switch layout {
    case .float32: stream(x, place)
    case .rounded: stream(roundedToBFloat16(x), place)
    case .tiles: streamBFloat16(x, place)
    }
  }
}
