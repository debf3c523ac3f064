extension InstructionSet {
  /// Copies elements of `width` bytes from the first input to the output.
  @inlinable @inline(__always)
  static func copy(
    _ loop: ElementLoop, _ width: Int, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer
  ) {
    switch width {
    case 1: copy(loop, input, output, UInt8.self)
    case 2: copy(loop, input, output, UInt16.self)
    case 4: copy(loop, input, output, UInt32.self)
    default: copy(loop, input, output, UInt64.self)
    }
  }

  @inlinable @inline(__always)
  static func copy<Bits>(
    _ loop: ElementLoop, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer,
    _ bits: Bits.Type
  ) {
    map(loop, input.assumingMemoryBound(to: Bits.self), output.assumingMemoryBound(to: Bits.self)) {
      $0
    }
  }

  /// Copies those elements of the second input for which the first is true.
  @inlinable @inline(__always)
  static func replace(
    _ loop: ElementLoop, _ width: Int, _ condition: UnsafePointer<Bool>,
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer
  ) {
    switch width {
    case 1: replace(loop, condition, input, output, UInt8.self)
    case 2: replace(loop, condition, input, output, UInt16.self)
    case 4: replace(loop, condition, input, output, UInt32.self)
    default: replace(loop, condition, input, output, UInt64.self)
    }
  }

  @inlinable @inline(__always)
  static func replace<Bits: FixedWidthInteger>(
    _ loop: ElementLoop, _ condition: UnsafePointer<Bool>, _ input: UnsafeRawPointer,
    _ output: UnsafeMutableRawPointer, _ bits: Bits.Type
  ) {
    let input = input.assumingMemoryBound(to: Bits.self)
    let output = output.assumingMemoryBound(to: Bits.self)
    let last = loop.rank - 1
    let (count, strideA, strideB) = (loop.extents[last], loop.first[last], loop.second[last])
    let strideC = loop.output[last]
    forEachRow(loop) { a, b, c in
      let (x, y, z) = (condition + a, input + b, output + c)
      if strideA == 1 && strideB == 1 && strideC == 1 {
        for i in 0..<count { z[i] = x[i] ? y[i] : z[i] }
      } else {
        for i in 0..<count where x[i * strideA] { z[i * strideC] = y[i * strideB] }
      }
    }
  }
}
