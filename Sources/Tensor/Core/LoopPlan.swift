package import _KernelsMicro
internal import _Parallel

/// The dimensions of an elementwise operation, as few as its operands' strides allow.
///
/// Dimensions of extent one are left out, and neighbours that every operand walks without a gap
/// become one, so that the innermost loop is as long as it can be.
package struct LoopPlan: Sendable {
  private var extents: [Int] = []
  private var first: [Int] = []
  private var second: [Int] = []
  private var output: [Int] = []

  /// A plan for operands of one shape.
  ///
  /// - Parameters:
  ///   - shape: The shape of all operands.
  ///   - first: The strides of the first input.
  ///   - second: The strides of the second input.
  ///   - output: The strides of the output.
  package init(_ shape: [Int], _ first: [Int], _ second: [Int], _ output: [Int]) {
    for axis in shape.indices where shape[axis] != 1 {
      let (a, b, c, n) = (first[axis], second[axis], output[axis], shape[axis])
      if let last = extents.indices.last, self.first[last] == a * n, self.second[last] == b * n,
        self.output[last] == c * n
      {
        extents[last] *= n
        (self.first[last], self.second[last], self.output[last]) = (a, b, c)
      } else {
        extents.append(n)
        self.first.append(a)
        self.second.append(b)
        self.output.append(c)
      }
    }
    if extents.isEmpty {
      (extents, self.first, self.second, self.output) = ([1], [0], [0], [0])
    }
    check(
      extents.count <= ElementLoop.maximumRank,
      "\(shape): more than \(ElementLoop.maximumRank) dimensions cannot be walked")
  }

  /// A plan for a copy, in which the order of the dimensions is free.
  ///
  /// Where neighbours in the input lie along another axis than the innermost one, that axis comes
  /// last but one: copies then go in squares.
  ///
  /// - Parameters:
  ///   - shape: The shape of both operands.
  ///   - input: The strides of the input.
  ///   - output: The strides of the output.
  package init(copying shape: [Int], _ input: [Int], _ output: [Int]) {
    self.init(shape, input, input, output)
    let last = extents.count - 1
    guard first[last] != 1, let near = first.lastIndex(of: 1) else { return }
    for strides in [\LoopPlan.extents, \.first, \.second, \.output] {
      let moved = self[keyPath: strides].remove(at: near)
      self[keyPath: strides].insert(moved, at: last - 1)
    }
  }

  /// Calls `body` with the loop.
  package func callAsFunction(_ body: (ElementLoop) -> Void) {
    extents.withUnsafeBufferPointer { extents in
      first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
          output.withUnsafeBufferPointer { output in
            guard let n = extents.baseAddress, let a = first.baseAddress,
              let b = second.baseAddress, let c = output.baseAddress
            else { return }
            body(ElementLoop(rank: extents.count, extents: n, first: a, second: b, output: c))
          }
        }
      }
    }
  }

  /// Calls `body` with parts of the loop, on several threads where it is large, and with how far the
  /// pointers to the first input, the second and the output are moved for each.
  ///
  /// - Parameters:
  ///   - elementSize: The bytes of an element of the output.
  ///   - body: What is called.
  func inParallel(elementSize: Int, _ body: @Sendable (ElementLoop, Int, Int, Int) -> Void) {
    let count = extents.product
    guard count >= 1 << 20 else { return self { body($0, 0, 0, 0) } }
    // Parts of a copy that turns squares are rows of squares.
    let grain = extents.count == 1 ? 1 << 14 : (extents[0] >= 256 ? 64 : 1)
    parallelFor(extents[0], grain: grain, threads: TensorThreads.maximum) { range, _ in
      var part = self
      part.extents[0] = range.count
      let start = range.lowerBound
      part { loop in
        var loop = loop
        loop.wholeByteCount = count * elementSize
        body(loop, start * first[0], start * second[0], start * output[0])
      }
    }
  }
}
