internal import _LibC

// Vectors that are drawn at once, one in each row.
extension RandomSource {
  /// Draws vectors of normal numbers with a mean and a covariance.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     let covariance: Tensor<Double> = [[2, 0.5], [0.5, 1]]
  ///     try generator.normal(100, mean: [0, 1], covariance: covariance).shape   // [100, 2]
  ///
  /// - Parameters:
  ///   - count: How many vectors.
  ///   - mean: `[size]`.
  ///   - covariance: `[size, size]`, of which only the lower triangle is read.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: `[count, size]`.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite`, where the covariance is not.
  public mutating func normal(
    _ count: Int, mean: Tensor<Double>, covariance: Tensor<Double>, file: StaticString = #fileID,
    line: UInt = #line
  ) throws(LinearAlgebraError) -> Tensor<Float> {
    let size = mean.count
    check(
      mean.rank == 1 && covariance.shape == [size, size],
      "normal: a mean of shape \(mean.shape) and a covariance of shape \(covariance.shape)",
      file: file, line: line)
    let root = try covariance.cholesky()
    var numbers = Tensor<Double>(uninitialized: [count, size])
    numbers.withUnsafeMutableElements { elements in
      for i in elements.indices { elements[i] = nextStandardNormal() }
    }
    let result = Tensor<Double>(uninitialized: [count, size])
    doubleProduct(numbers, root.transposed().contiguous(), into: result)
    return (result + mean).converted(to: Float.self)
  }

  /// Draws vectors of positive numbers whose sum is one: Dirichlet's distribution, by gamma numbers.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.dirichlet(2, concentrations: [1, 1, 1]).sum(axis: 1)   // [1, 1]
  ///
  /// - Parameters:
  ///   - count: How many vectors.
  ///   - concentrations: Positive numbers, at least one; the larger, the more a place gets.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: `[count, concentrations.count]`.
  public mutating func dirichlet(
    _ count: Int, concentrations: [Double], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Float> {
    check(
      !concentrations.isEmpty && concentrations.allSatisfy { $0 > 0 },
      "dirichlet: concentrations \(concentrations) are not all positive", file: file, line: line)
    let rows = (0..<count).flatMap { _ in concentrations.map { nextLogGamma($0) } }
    return Tensor<Double>(rows, shape: [count, concentrations.count]).softmax()
      .converted(to: Float.self)
  }

  /// Draws how often each of some outcomes comes in a number of trials, by binomial numbers.
  ///
  ///     var generator = PhiloxGenerator(seed: 1)
  ///     generator.multinomial(2, trials: 10, probabilities: [0.5, 0.5]).sum(axis: 1)   // [10, 10]
  ///
  /// - Parameters:
  ///   - count: How many vectors.
  ///   - trials: The number of trials of each.
  ///   - probabilities: Of each outcome, in proportion.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: `[count, probabilities.count]`, each row of which adds up to `trials`.
  public mutating func multinomial(
    _ count: Int, trials: Int, probabilities: [Double], file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Int64> {
    let total = probabilities.reduce(0, +)
    check(
      (0..<1 << 53).contains(trials) && probabilities.allSatisfy { $0 >= 0 } && total > 0
        && total.isFinite,
      "multinomial: \(trials) trials with probabilities \(probabilities)", file: file, line: line)
    let last = probabilities.lastIndex { $0 > 0 }
    let rows = (0..<count).flatMap { _ in
      var (left, rest) = (Double(trials), total)
      return probabilities.enumerated().map { place, probability -> Int64 in
        // What is left over is the last one's.
        var drawn = place == last ? left : 0
        if place != last && left > 0 && probability > 0 {
          drawn = nextBinomial(left, min(probability / rest, 1))
        }
        left -= drawn
        rest -= probability
        return Int64(drawn)
      }
    }
    return Tensor<Int64>(rows, shape: [count, probabilities.count])
  }
}
