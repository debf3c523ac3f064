internal import _KernelsSequential

// What is carried along an axis, in its order.
extension Tensor where Scalar: TensorNumeric {
  /// The sums of the elements up to each one; of floating-point numbers in `Double`, each rounded once.
  ///
  /// The result has this tensor's shape, as that of the other functions that go along an axis.
  ///
  ///     Tensor([1, 2, 3]).cumulativeSum(axis: 0)   // [1, 3, 6]
  public func cumulativeSum(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { accumulated(.sum, axis, "cumulativeSum", file, line) }

  /// The products of the elements up to each one.
  ///
  ///     Tensor([1, 2, 3]).cumulativeProduct(axis: 0)   // [1, 2, 6]
  public func cumulativeProduct(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { accumulated(.product, axis, "cumulativeProduct", file, line) }

  /// The largest of the elements up to each one, NaN from the first NaN on.
  ///
  ///     Tensor([1, 3, 2]).cumulativeMax(axis: 0)   // [1, 3, 3]
  public func cumulativeMax(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { accumulated(.maximum, axis, "cumulativeMax", file, line) }

  /// The smallest of the elements up to each one, NaN from the first NaN on.
  ///
  ///     Tensor([3, 1, 2]).cumulativeMin(axis: 0)   // [3, 1, 1]
  public func cumulativeMin(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor { accumulated(.minimum, axis, "cumulativeMin", file, line) }

  /// The differences of neighbours along an axis, which becomes one shorter; more than once if asked.
  ///
  ///     let x: Tensor<Float> = [1, 4, 9, 16]
  ///     x.differences()           // [3, 5, 7]
  ///     x.differences(order: 2)   // [2, 2]
  public func differences(
    order: Int = 1, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(order >= 0, "differences: of order \(order)", file: file, line: line)
    let axis = self.axis(axis, "differences", file, line)
    return (0..<order).reduce(self) { x, _ in
      let extent = Swift.max(x.shape[axis], 1)
      return x.narrowed(axis, Swift.min(1, x.shape[axis])..<x.shape[axis])
        - x.narrowed(axis, 0..<extent - 1)
    }
  }

  private func accumulated(
    _ operation: Accumulation, _ axis: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let axis = self.axis(axis, name, file, line)
    let result = Tensor(uninitialized: shape)
    let (outer, inner) = (
      Array(shape[..<axis]).product, Array(shape[(axis + 1)...]).product
    )
    guard count > 0 else { return result }
    // Columns are independent, so blocks of them are shared out, or rows where a column is one.
    let (extent, width) = (shape[axis], Swift.min(inner, 256))
    let blocks = (inner + width - 1) / width
    withUnsafeElements { elements in
      guard let first = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (first, result.mutablePointer)
      let kernel = Scalar._sequential.accumulate
      inParallel(outer * blocks, cost: 2 * extent * width * MemoryLayout<Scalar>.stride) { range in
        if inner == 1 {
          let start = range.lowerBound * extent
          return kernel(operation, input + start, output + start, range.count, extent, 1, 1)
        }
        for block in range {
          let (row, part) = block.quotientAndRemainder(dividingBy: blocks)
          let start = row * extent * inner + part * width
          let columns = Swift.min(width, inner - part * width)
          kernel(operation, input + start, output + start, 1, extent, inner, columns)
        }
      }
    }
    return result
  }
}
