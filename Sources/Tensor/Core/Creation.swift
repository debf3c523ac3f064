extension Tensor where Scalar: TensorNumeric {
  /// A tensor of zeros.
  public init(zeros shape: [Int]) { self.init(repeating: .zero, shape: shape) }

  /// A tensor of ones.
  public init(ones shape: [Int]) { self.init(repeating: .one, shape: shape) }

  /// A vector of the whole numbers of a range, or of every `step`-th of them, in rising order.
  ///
  /// - Precondition: The step is positive.
  public init(range: Range<Int>, step: Int = 1) {
    check(step > 0, "range: the step \(step) is not positive")
    let numbers = stride(from: range.lowerBound, to: range.upperBound, by: step).map(Int64.init)
    self = Tensor<Int64>(numbers).converted(to: Scalar.self)
  }
}
