internal import _KernelsSequential

// What is drawn with any generator.
extension RandomSource {
  /// Draws independent normal numbers of a mean and a standard deviation, in row-major order.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.normal([3], mean: 5, standardDeviation: 0.1)   // [5.038, 4.970, 4.975]
  public mutating func normal(
    _ shape: [Int], mean: Float, standardDeviation: Float
  ) -> Tensor<Float> {
    normal(shape) * standardDeviation + mean
  }

  /// Draws independent numbers, evenly distributed over a range without its end, in row-major order.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.uniform([3], in: -1..<1)   // [0.813, -0.921, 0.892]
  public mutating func uniform(_ shape: [Int], in range: Range<Float>) -> Tensor<Float> {
    uniform(shape) * (range.upperBound - range.lowerBound) + range.lowerBound
  }

  /// Draws independent integers, evenly distributed over a range, in row-major order.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.integers([6], in: 1..<7)   // [5, 1, 3, 2, 6, 5]
  ///
  /// - Precondition: The range is not empty, and has at most 2⁶³ - 1 numbers.
  public mutating func integers(
    _ shape: [Int], in range: Range<Int64>, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    let (count, overflows) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
    check(
      count > 0 && !overflows, "integers: there is none, or there are too many, in \(range)",
      file: file, line: line)
    return integers(shape, below: count) + range.lowerBound
  }

  /// Draws truth values that are true with some probability, in row-major order.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.bernoulli([4], probability: 0.5)   // [false, true, false, true]
  public mutating func bernoulli(_ shape: [Int], probability: Float) -> Tensor<Bool> {
    uniform(shape) .< probability
  }

  /// Draws an order of the integers below a count; all are equally likely but for count / 2⁶⁴.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.permutation(5)   // [0, 4, 2, 1, 3]
  public mutating func permutation(_ count: Int) -> Tensor<Int64> {
    let order = Tensor<Int64>(uninitialized: [count])
    var words = Tensor<UInt32>(uninitialized: [2 * min(count, numbersDrawnAtOnce)])
    words.withUnsafeMutableElements { words in
      for start in stride(from: 0, to: count, by: numbersDrawnAtOnce) {
        let range = start..<min(start + numbersDrawnAtOnce, count)
        let draws = UnsafeMutableBufferPointer(rebasing: words[..<(2 * range.count)])
        next32(into: draws)
        if let base = draws.baseAddress { shuffle(order.mutablePointer, range, base) }
      }
    }
    return order
  }

  /// Draws the order of the slices of an axis anew.
  ///
  ///     var generator = PhiloxGenerator(seed: 2)
  ///     generator.shuffled(Tensor([[1, 2], [3, 4], [5, 6]]))   // [[5, 6], [3, 4], [1, 2]]
  public mutating func shuffled<Scalar>(
    _ tensor: Tensor<Scalar>, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Scalar> {
    let axis = tensor.axis(axis, "shuffle", file, line)
    return tensor.gathered(permutation(tensor.shape[axis]), axis: axis)
  }

  /// Draws integers below a count, with equal or with given probabilities.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.choice(of: 10, [3], replacing: false)           // [3, 9, 0]
  ///     generator.choice(of: 2, [5], probabilities: [0.5, 0.5])   // [0, 1, 0, 0, 0]
  ///
  /// - Parameters:
  ///   - count: How many there are to choose from.
  ///   - shape: The shape of the result.
  ///   - probabilities: Of each of them, in proportion; equal ones by default.
  ///   - replacing: Whether the same may be drawn again.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: There are enough to choose from; no probability is negative, and enough are more
  ///   than zero.
  public mutating func choice(
    of count: Int, _ shape: [Int], probabilities: Tensor<Double>? = nil, replacing: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    let size = shape.product
    let weights = probabilities ?? Tensor<Double>(ones: [count])
    check(
      weights.shape == [count] && (weights .>= 0).all(),
      "choice: \(weights) are no probabilities of \(count)", file: file, line: line)
    let possible = (weights .> 0).truePlaces().count
    check(
      size == 0 || (possible > 0 && (replacing || possible >= size)),
      "choice: \(size) of \(possible) that can be chosen", file: file, line: line)
    if replacing {
      let sums = weights.cumulativeSum(axis: 0)
      guard size > 0 else { return Tensor<Int64>(zeros: shape) }
      let draws = uniform(shape, of: Double.self) * sums[-1].item
      return minimum(sums.places(for: draws, behindEquals: true), Int64(count - 1))
    }
    // Those with the largest keys, the logarithms of uniform numbers divided by the weights
    // (Efraimidis and Spirakis, 2006).
    let keys = (1 - uniform([count], of: Double.self)).log() / weights
    return keys.where(weights .> 0, else: -Double.infinity).argsort(descending: true)[0..<size]
      .copied().reshaped(shape)
  }

  /// Draws independent numbers of a distribution, in row-major order, computed in `Double` and rounded
  /// once.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.draw(.gamma(shape: 2), [3, 4]).shape   // [3, 4]
  ///
  /// - Precondition: The distribution's parameters are in their ranges.
  public mutating func draw(
    _ distribution: Distribution, _ shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Float> {
    check(
      distribution.isValid, "draw: the parameters of \(distribution) are out of range", file: file,
      line: line)
    var tensor = Tensor<Float>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      for i in elements.indices { elements[i] = Float(distribution.draw(&self)) }
    }
    return tensor
  }
}
