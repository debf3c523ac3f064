internal import _KernelsMicro

// The largest and the smallest elements over some axes, and where they are.
extension Tensor where Scalar: TensorNumeric {
  /// The largest elements over some axes; NaN where there is one.
  ///
  ///     Tensor([[1, 5], [3, 2]]).max(axis: 1)   // [5, 3]
  ///
  /// - Precondition: There is at least one element to each result.
  public func max(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.maximum, axes, keepingAxes, empty: nil, file, line)
  }

  /// The largest elements over an axis; NaN where there is one.
  public func max(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    max(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The smallest elements over some axes; NaN where there is one.
  ///
  ///     Tensor([[1, 5], [3, 2]]).min(axis: 1)   // [1, 2]
  ///
  /// - Precondition: There is at least one element to each result.
  public func min(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.minimum, axes, keepingAxes, empty: nil, file, line)
  }

  /// The smallest elements over an axis; NaN where there is one.
  public func min(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    min(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The differences of the largest and the smallest elements over some axes.
  ///
  ///     Tensor([3, 1, 8]).spread()   // 7
  ///
  /// - Precondition: There is at least one element to each result.
  public func spread(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    max(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
      - min(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The differences of the largest and the smallest elements over an axis.
  public func spread(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    spread(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the largest elements along an axis: the first of equals, or of NaN.
  ///
  ///     Tensor([[1, 5], [3, 2]]).argmax(axis: 1)   // [1, 0]
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmax(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    places(.maximum, axis, keepingAxes, "argmax", file, line)
  }

  /// The place of the largest element in row-major order: the first of equals, or of NaN.
  ///
  ///     Tensor([[1, 2], [5, 3]]).argmax()   // 2
  ///
  /// - Precondition: There is an element.
  public func argmax(file: StaticString = #fileID, line: UInt = #line) -> Int {
    Int(reshaped([count]).argmax(axis: 0, file: file, line: line).item)
  }

  /// The places of the smallest elements along an axis: the first of equals, or of NaN.
  ///
  ///     Tensor([[1, 5], [3, 2]]).argmin(axis: 1)   // [0, 1]
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmin(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    places(.minimum, axis, keepingAxes, "argmin", file, line)
  }

  /// The place of the smallest element in row-major order: the first of equals, or of NaN.
  ///
  ///     Tensor([[1, 2], [5, 3]]).argmin()   // 0
  ///
  /// - Precondition: There is an element.
  public func argmin(file: StaticString = #fileID, line: UInt = #line) -> Int {
    Int(reshaped([count]).argmin(axis: 0, file: file, line: line).item)
  }

  private func places(
    _ operation: Reduction, _ axis: Int, _ keepingAxes: Bool, _ name: String,
    _ file: StaticString, _ line: UInt
  ) -> Tensor<Int64> {
    let axis = self.axis(axis, name, file, line)
    let length = shape[axis]
    check(length > 0, "\(name): axis \(axis) of \(shape) is empty", file: file, line: line)
    let kept = shape.indices.filter { $0 != axis }
    let result = Tensor<Int64>(uninitialized: kept.map { shape[$0] })
    permuted(kept + [axis]).withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
      let kernel = Scalar._kernels.place
      inParallel(result.count, cost: length * MemoryLayout<Scalar>.stride) { rows in
        let first = rows.lowerBound
        kernel(operation, input + first * length, rows.count, length, output + first)
      }
    }
    return keepingAxes ? result.expanded(at: axis) : result
  }
}
