internal import _KernelsMicro

// Reductions over some axes, all of them by default. A result depends on the values and their
// order alone, not on how they stand in memory.
extension Tensor where Scalar: TensorNumeric {
  /// The sums over some axes, of which negative ones count from the end.
  ///
  /// Those of `Float` are kept in `Double` and rounded once. The axes stay, with extent one, where
  /// `keepingAxes` says so.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.sum, axes, keepingAxes, empty: .zero)
  }

  /// The largest elements; NaN where there is one.
  ///
  /// - Precondition: There is at least one element to each result.
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.maximum, axes, keepingAxes, empty: nil)
  }

  /// The smallest elements; NaN where there is one.
  ///
  /// - Precondition: There is at least one element to each result.
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.minimum, axes, keepingAxes, empty: nil)
  }

  /// The places of the largest elements along an axis: the first of equals, or of NaN.
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmax(axis: Int) -> Tensor<Int64> { places(.maximum, axis, "argmax") }

  /// The places of the smallest elements along an axis: the first of equals, or of NaN.
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmin(axis: Int) -> Tensor<Int64> { places(.minimum, axis, "argmin") }

  fileprivate func reduced(
    _ operation: Reduction, _ axes: [Int]?, _ keepingAxes: Bool, empty: Scalar?
  ) -> Tensor {
    let axes = resolved(axes, "\(operation)")
    let kept = shape.indices.filter { !axes.contains($0) }
    let length = axes.map { shape[$0] }.product
    var result = Tensor(uninitialized: kept.map { shape[$0] })
    if length == 0 {
      check(empty != nil || result.count == 0, "\(operation): axes \(axes) of \(shape) are empty")
      if let empty { result = Tensor(repeating: empty, shape: result.shape) }
    } else {
      permuted(kept + axes).withUnsafeElements { elements in
        guard let input = elements.baseAddress else { return }
        Scalar._kernels.reduce(operation, input, result.count, length, result.mutablePointer)
      }
    }
    guard keepingAxes else { return result }
    return result.reshaped(shape.indices.map { axes.contains($0) ? 1 : shape[$0] })
  }

  private func places(_ operation: Reduction, _ axis: Int, _ name: String) -> Tensor<Int64> {
    let axis = self.axis(axis, name)
    check(shape[axis] > 0, "\(name): axis \(axis) of \(shape) is empty")
    let kept = shape.indices.filter { $0 != axis }
    let result = Tensor<Int64>(uninitialized: kept.map { shape[$0] })
    permuted(kept + [axis]).withUnsafeElements { elements in
      guard let input = elements.baseAddress else { return }
      Scalar._kernels.place(operation, input, result.count, shape[axis], result.mutablePointer)
    }
    return result
  }

  /// The axes that are meant, in their order; all of them where nil.
  private func resolved(_ axes: [Int]?, _ operation: String) -> [Int] {
    guard let axes else { return Array(shape.indices) }
    let resolved = Set(axes.map { axis($0, operation) })
    check(resolved.count == axes.count, "\(operation): axes \(axes) of \(shape) repeat")
    return resolved.sorted()
  }
}

extension Tensor where Scalar: TensorNumeric & BinaryFloatingPoint {
  /// The means over some axes, in `Double` and rounded once; NaN where there is nothing.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.mean, axes, keepingAxes, empty: .nan)
  }

  /// The mean squared differences from the mean over some axes.
  ///
  /// Both means are in `Double`, and rounded once; NaN where there is nothing.
  public func variance(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.variance, axes, keepingAxes, empty: .nan)
  }
}
