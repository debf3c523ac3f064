/// How three operands of an elementwise operation are walked: the extents, and the distance between
/// neighbours in each operand.
///
/// Distances are zero where an operand is broadcast and negative where it is walked backwards.
public struct ElementLoop: @unchecked Sendable {
  /// The number of dimensions, at least one and at most `maximumRank`.
  public var rank: Int
  /// The extents, the innermost last.
  public var extents: UnsafePointer<Int>
  /// The strides of the first and the second input.
  public var first, second: UnsafePointer<Int>
  /// The strides of the output.
  public var output: UnsafePointer<Int>
  /// The bytes of a larger result that this is a part of, which decide whether it is streamed.
  public var wholeByteCount = 0

  /// The most dimensions that a loop can have.
  public static let maximumRank = 16

  /// A loop over `rank` dimensions.
  @inlinable
  public init(
    rank: Int, extents: UnsafePointer<Int>, first: UnsafePointer<Int>, second: UnsafePointer<Int>,
    output: UnsafePointer<Int>
  ) {
    (self.rank, self.extents) = (rank, extents)
    (self.first, self.second, self.output) = (first, second, output)
  }
}

extension InstructionSet {
  /// Calls `row` with the offsets of each innermost row, or block of `inner` dimensions.
  @inlinable @inline(__always)
  static func forEachRow(
    _ loop: ElementLoop, inner: Int = 1, _ row: (Int, Int, Int) -> Void
  ) {
    for axis in 0..<loop.rank where loop.extents[axis] == 0 { return }
    var index = InlineArray<16, Int>(repeating: 0)
    var (a, b, c) = (0, 0, 0)
    while true {
      row(a, b, c)
      var axis = loop.rank - inner - 1
      while axis >= 0 {
        index[unchecked: axis] += 1
        a += loop.first[axis]
        b += loop.second[axis]
        c += loop.output[axis]
        if index[unchecked: axis] < loop.extents[axis] { break }
        a -= loop.first[axis] * loop.extents[axis]
        b -= loop.second[axis] * loop.extents[axis]
        c -= loop.output[axis] * loop.extents[axis]
        index[unchecked: axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// Writes `function` of two inputs' elements to the output.
  ///
  /// A large result is computed a piece at a time in L1, and streamed from there.
  @inlinable @inline(__always)
  static func zip<A, B>(
    _ loop: ElementLoop, _ first: UnsafePointer<A>, _ second: UnsafePointer<A>,
    _ output: UnsafeMutablePointer<B>, _ function: (A, A) -> B
  ) {
    let last = loop.rank - 1
    let count = loop.extents[last]
    let strides = (loop.first[last], loop.second[last], loop.output[last])
    let (size, rowSize) = (MemoryLayout<B>.stride, count * MemoryLayout<B>.stride)
    let byteCount = (0..<loop.rank).reduce(size) { $0 * loop.extents[$1] }
    // Results that are not in place, whose rows are all whole lines.
    let streams =
      strides.2 == 1 && isStreamed(output, byteCount: max(byteCount, loop.wholeByteCount))
      && UnsafeRawPointer(first) != UnsafeRawPointer(output)
      && rowSize % 64 == 0 && (0..<last).allSatisfy { loop.output[$0] * size % 64 == 0 }
    var buffer = InlineArray<32, SIMD16<Float>>(repeating: .zero)
    let pieceSize = streams ? min(MemoryLayout.size(ofValue: buffer), rowSize) : rowSize
    withUnsafeMutableBytes(of: &buffer) { buffer in
      forEachRow(loop) { a, b, c in
        for i in stride(from: 0, to: count, by: max(pieceSize / size, 1)) {
          let z = output + c + i * strides.2
          let target =
            streams ? buffer.baseAddress.map { $0.assumingMemoryBound(to: B.self) } ?? z : z
          let piece = min(pieceSize / size, count - i)
          zipRow(
            strides, count: piece, first + a + i * strides.0, second + b + i * strides.1, target,
            function)
          if streams { streamLines(target, z, byteCount: piece * size) }
        }
      }
    }
    if streams { finishStreaming() }
  }

  /// Writes `function` of the elements of two rows.
  ///
  /// Rows without gaps, and rows with one broadcast input, have loops of their own, which become
  /// vector code. So have those in place, where one pointer tells the compiler what two do not: that
  /// an element is read before it is written.
  @inlinable @inline(__always)
  static func zipRow<A, B>(
    _ strides: (Int, Int, Int), count: Int, _ x: UnsafePointer<A>, _ y: UnsafePointer<A>,
    _ z: UnsafeMutablePointer<B>, _ function: (A, A) -> B
  ) {
    let (strideA, strideB, strideC) = strides
    let isInPlace = A.self == B.self && UnsafeRawPointer(x) == UnsafeRawPointer(z)
    if isInPlace && strideC == 1 && strideA == 1 && strideB == 1 {
      let x = UnsafeRawPointer(z).assumingMemoryBound(to: A.self)
      for i in 0..<count { z[i] = function(x[i], y[i]) }
    } else if isInPlace && strideC == 1 && strideA == 1 && strideB == 0 {
      let (x, right) = (UnsafeRawPointer(z).assumingMemoryBound(to: A.self), y[0])
      for i in 0..<count { z[i] = function(x[i], right) }
    } else if strideC == 1 && strideA == 1 && strideB == 1 {
      for i in 0..<count { z[i] = function(x[i], y[i]) }
    } else if strideC == 1 && strideA == 1 && strideB == 0 {
      let right = y[0]
      for i in 0..<count { z[i] = function(x[i], right) }
    } else if strideC == 1 && strideA == 0 && strideB == 1 {
      let left = x[0]
      for i in 0..<count { z[i] = function(left, y[i]) }
    } else {
      for i in 0..<count { z[i * strideC] = function(x[i * strideA], y[i * strideB]) }
    }
  }

  /// Writes `function` of the first input's elements to the output.
  @inlinable @inline(__always)
  static func map<Element>(
    _ loop: ElementLoop, _ input: UnsafePointer<Element>, _ output: UnsafeMutablePointer<Element>,
    _ function: (Element) -> Element
  ) {
    let last = loop.rank - 1
    let count = loop.extents[last]
    let (stride, outputStride) = (loop.first[last], loop.output[last])
    forEachRow(loop) { a, _, c in
      let (x, z) = (input + a, output + c)
      if stride == 1 && outputStride == 1 {
        for i in 0..<count { z[i] = function(x[i]) }
      } else if stride == 0 && outputStride == 1 {
        let value = function(x[0])
        for i in 0..<count { z[i] = value }
      } else {
        for i in 0..<count { z[i * outputStride] = function(x[i * stride]) }
      }
    }
  }
}
