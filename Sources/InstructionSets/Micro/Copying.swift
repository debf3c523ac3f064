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
  static func copy<Bits: FixedWidthInteger>(
    _ loop: ElementLoop, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer,
    _ bits: Bits.Type
  ) {
    let input = input.assumingMemoryBound(to: Bits.self)
    let output = output.assumingMemoryBound(to: Bits.self)
    let last = loop.rank - 1
    let isTurned = last > 0 && loop.first[last] != 1 && loop.first[last - 1] == 1
    if isTurned && loop.extents[last] >= 16 {
      copyPlanes(loop, input, output)
    } else if loop.rank == 1 && loop.first[0] == 1 && loop.output[0] == 1 {
      copyBytes(input, output, count: loop.extents[0] * MemoryLayout<Bits>.size)
    } else {
      map(loop, input, output) { $0 }
    }
  }

  /// Copies bytes without gaps.
  @inlinable @inline(__always)
  static func copyBytes(
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, count: Int
  ) {
    var i = 0
    if isStreamed(output, byteCount: count) {
      while i + 64 <= count {
        prefetchAhead(input + i)
        streamLines(input + i, output + i, byteCount: 64)
        i += 64
      }
      finishStreaming()
    }
    (output + i).copyMemory(from: input + i, byteCount: count - i)
  }

  /// Copies where neighbours in the input lie along the last axis but one.
  ///
  /// In squares: each is first copied to a buffer, because lines at a distance that is a power of two
  /// push each other out of the cache before they are used up.
  @inlinable @inline(__always)
  static func copyPlanes<Bits: FixedWidthInteger>(
    _ loop: ElementLoop, _ input: UnsafePointer<Bits>, _ output: UnsafeMutablePointer<Bits>
  ) {
    let (row, column) = (loop.rank - 2, loop.rank - 1)
    let (rows, columns) = (loop.extents[row], loop.extents[column])
    let (source, rowStride, columnStride) = (
      loop.first[column], loop.output[row], loop.output[column]
    )
    var square = InlineArray<256, Bits>(repeating: 0)
    forEachRow(loop, inner: 2) { a, _, c in
      var i = 0
      while i < rows {
        let height = min(16, rows - i)
        var j = 0
        while j < columns {
          let width = min(16, columns - j)
          let (start, target) = (
            input + (a + i + j * source), output + (c + i * rowStride + j * columnStride)
          )
          if height == 16 && width == 16 && columnStride == 1 && MemoryLayout<Bits>.size == 4 {
            fill(&square, start, stride: source, rows: 16, columns: 16)
            withUnsafeBytes(of: &square) { turnSquare($0, into: target, stride: rowStride) }
          } else {
            fill(&square, start, stride: source, rows: width, columns: height)
            for u in 0..<height {
              for v in 0..<width {
                target[u * rowStride + v * columnStride] = square[unchecked: v * 16 + u]
              }
            }
          }
          j += 16
        }
        i += 16
      }
    }
  }

  /// Copies rows of neighbours to a square of 16 × 16; constant counts make whole vectors of them.
  @inlinable @inline(__always)
  static func fill<Bits: FixedWidthInteger>(
    _ square: inout InlineArray<256, Bits>, _ source: UnsafePointer<Bits>, stride: Int, rows: Int,
    columns: Int
  ) {
    for v in 0..<rows {
      for u in 0..<columns { square[unchecked: v * 16 + u] = source[v * stride + u] }
    }
  }

  /// Transposes a square of 16 × 16 elements of 4 bytes.
  @inlinable @inline(__always)
  static func turnSquare(
    _ square: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer, stride: Int
  ) {
    guard let square = square.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
    let target = target.assumingMemoryBound(to: Float.self)
    for u in Swift.stride(from: 0, to: 16, by: width) {
      for v in Swift.stride(from: 0, to: 16, by: width) {
        transpose { i in
          load(square + (v + i) * 16 + u)
        } store: { i, row in
          store(row, target + (u + i) * stride + v)
        }
      }
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
