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
      let byteCount = loop.extents[0] * MemoryLayout<Bits>.size
      copyBytes(
        input, output, count: byteCount,
        streams: isStreamed(output, byteCount: max(byteCount, loop.wholeByteCount)))
    } else {
      map(loop, input, output) { $0 }
    }
  }

  /// Copies bytes without gaps.
  @inlinable @inline(__always)
  static func copyBytes(
    _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer, count: Int, streams: Bool
  ) {
    var i = 0
    if streams {
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
  /// In squares of 64 × 64: rows of neighbours come to a buffer, several lines of each at once, which
  /// is what the processor fetches ahead; they are turned from there to another buffer, and rows of
  /// whole lines leave it. Turned straight from memory to memory, each line would be a wait for
  /// memory of its own, and lines at a distance that is a power of two push each other out of the
  /// cache before they are used up. The next square is asked for before this one is turned.
  @inlinable @inline(__always)
  static func copyPlanes<Bits: FixedWidthInteger>(
    _ loop: ElementLoop, _ input: UnsafePointer<Bits>, _ output: UnsafeMutablePointer<Bits>
  ) {
    let (row, column) = (loop.rank - 2, loop.rank - 1)
    let (rows, columns) = (loop.extents[row], loop.extents[column])
    let (source, rowStride, columnStride) = (
      loop.first[column], loop.output[row], loop.output[column]
    )
    let size = MemoryLayout<Bits>.size
    let byteCount = (0..<loop.rank).reduce(size) { $0 * loop.extents[$1] }
    // Rows of whole lines at places that are whole lines too.
    let streams =
      columnStride == 1 && isStreamed(output, byteCount: max(byteCount, loop.wholeByteCount))
      && (0..<column).allSatisfy { loop.output[$0] * size % 64 == 0 }
    var square = InlineArray<4096, Bits>(repeating: 0)
    var turned = InlineArray<4096, Bits>(repeating: 0)
    withUnsafeMutableBytes(of: &square) { squareBytes in
      withUnsafeMutableBytes(of: &turned) { turnedBytes in
        guard let square = squareBytes.baseAddress?.assumingMemoryBound(to: Bits.self),
          let turned = turnedBytes.baseAddress?.assumingMemoryBound(to: Bits.self)
        else { return }
        forEachRow(loop, inner: 2) { a, _, c in
          var i = 0
          while i < rows {
            let height = min(64, rows - i)
            var j = 0
            while j < columns {
              let width = min(64, columns - j)
              for v in 0..<min(64, columns - j - width) {
                prefetchToL2(input + (a + i + (j + 64 + v) * source), lines: size)
              }
              for v in 0..<width {
                let (from, to) = (input + (a + i + (j + v) * source), square + v * 64)
                if height < 16 {
                  for u in 0..<height { to[u] = from[u] }
                } else {
                  UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: height * size)
                }
              }
              turn(square, turned, rows: height, columns: width)
              for u in 0..<height {
                let (from, to) = (
                  turned + u * 64, output + (c + (i + u) * rowStride + j * columnStride)
                )
                if streams && width == 64 {
                  streamLines(from, to, byteCount: 64 * size)
                } else if columnStride == 1 {
                  UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: width * size)
                } else {
                  for v in 0..<width { to[v * columnStride] = from[v] }
                }
              }
              j += 64
            }
            i += 64
          }
        }
      }
    }
    if streams { finishStreaming() }
  }

  /// Turns a square of rows of 64 elements; what lies outside of `rows` and `columns` is anything.
  @inlinable @inline(__always)
  static func turn<Bits: FixedWidthInteger>(
    _ square: UnsafePointer<Bits>, _ turned: UnsafeMutablePointer<Bits>, rows: Int, columns: Int
  ) {
    var u = 0
    while u < rows {
      var v = 0
      while v < columns {
        let (from, to) = (square + v * 64 + u, turned + u * 64 + v)
        if MemoryLayout<Bits>.size == 4 {
          turnSquare(from, into: to)
        } else {
          for x in 0..<16 {
            for y in 0..<16 { to[x * 64 + y] = from[y * 64 + x] }
          }
        }
        v += 16
      }
      u += 16
    }
  }

  /// Turns 16 × 16 elements of 4 bytes, of rows of 64.
  @inlinable @inline(__always)
  static func turnSquare(_ square: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let square = square.assumingMemoryBound(to: Float.self)
    let target = target.assumingMemoryBound(to: Float.self)
    for u in Swift.stride(from: 0, to: 16, by: width) {
      for v in Swift.stride(from: 0, to: 16, by: width) {
        transpose { i in
          load(square + (v + i) * 64 + u)
        } store: { i, row in
          store(row, target + (u + i) * 64 + v)
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
      } else if strideA == 1 && strideB == 0 && strideC == 1 {
        // By bits: a choice would become a store in a branch, which a mask in no order mispredicts.
        let (value, bytes) = (y[0], UnsafeRawPointer(x).assumingMemoryBound(to: UInt8.self))
        for i in 0..<count {
          z[i] ^= (z[i] ^ value) & (0 &- Bits(truncatingIfNeeded: bytes[i]))
        }
      } else {
        for i in 0..<count where x[i * strideA] { z[i * strideC] = y[i * strideB] }
      }
    }
  }
}
