// Conversions between 32 bits and the 16 that weights are often stored in.
extension InstructionSet {
  /// Writes numbers of 32 bits as bfloat16, the nearest ones.
  @inlinable @inline(__always)
  static func narrow(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutableRawPointer, count: Int
  ) {
    var i = 0
    if isStreamed(output, byteCount: 2 * count) {
      while i + 2 * width <= count {
        prefetchAhead(input + i)
        prefetchAhead(input + i + width)
        streamBFloat16(load(input + i), load(input + i + width), output + 2 * i)
        i += 2 * width
      }
      finishStreaming()
    }
    while i + width <= count {
      storeBFloat16(load(input + i), output + 2 * i)
      i += width
    }
    if i < count {
      let rest = loadPart(input + i, count: count - i, padding: 0)
      storePartBFloat16(rest, output + 2 * i, count: count - i)
    }
  }

  /// Writes numbers of bfloat16 as 32 bits, the same ones.
  @inlinable @inline(__always)
  static func widen(
    _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    var i = 0
    if isStreamed(output, byteCount: 4 * count) {
      while i + width <= count {
        prefetchAhead(input + 2 * i)
        stream(loadBFloat16(input + 2 * i), UnsafeMutableRawPointer(output + i))
        i += width
      }
      finishStreaming()
    }
    while i + width <= count {
      store(loadBFloat16(input + 2 * i), output + i)
      i += width
    }
    let numbers = input.assumingMemoryBound(to: BFloat16Bits.self)
    while i < count {
      output[i] = numbers[i].asFloat
      i += 1
    }
  }

  /// Writes numbers of float16 as 32 bits, the same ones.
  ///
  /// The compiler vectorizes this where the set has an instruction for it.
  @inlinable @inline(__always)
  static func widenFloat16(
    _ input: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    let numbers = input.assumingMemoryBound(to: Float16.self)
    for i in 0..<count { output[i] = Float(numbers[i]) }
    #endif
  }
}
