extension Tensor where Scalar: TensorFloatingPoint {
  /// The polynomial that comes nearest to some points, by least squares in 64 bits; NumPy's `polyfit`.
  ///
  ///     let x: Tensor<Double> = [0, 1, 2, 3], y: Tensor<Double> = [1, 2, 5, 10]
  ///     try Tensor.polynomialFit(x: x, y: y, degree: 2)   // [1, 0, 1]
  ///
  /// - Parameters:
  ///   - x: Where the points are, `[count]`.
  ///   - y: Their values, `[count]`.
  ///   - degree: The highest power. A high one is fitted badly: of many points, about 10 is the most.
  ///   - weights: How much the distance of each point counts, `[count]`; 1 where nil.
  /// - Returns: The coefficients, that of the highest power first, `[degree + 1]`. Where fewer points
  ///   than that are given, it is the shortest of the vectors that fit them.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are as many values as places, at least one.
  public static func polynomialFit(
    x: Tensor, y: Tensor, degree: Int, weights: Tensor? = nil
  ) throws(LinearAlgebraError) -> Tensor {
    check(
      x.rank == 1 && x.shape == y.shape && x.count > 0 && degree >= 0
        && weights?.shape ?? x.shape == x.shape,
      "polynomialFit: x \(x.shape), y \(y.shape)" + (weights.map { ", weights \($0.shape)" } ?? "")
        + " and degree \(degree) do not go together")
    let places = x.converted(to: Double.self).elements
    let factors =
      weights?.converted(to: Double.self).elements ?? Array(repeating: 1, count: places.count)
    // A column for each power, the highest first, of length one: else the tolerance would drop the
    // short ones.
    let powers = ColumnMatrix(rows: places.count, columns: degree + 1)
    for (row, place) in places.enumerated() {
      var power = factors[row]
      for column in (0...degree).reversed() {
        powers[row, column] = power
        power *= place
      }
    }
    let lengths = (0...degree).map { powers.dot($0, $0).squareRoot() }
    for (column, length) in lengths.enumerated() where length > 0 {
      powers.scale(column, by: 1 / length)
    }
    let values = ColumnMatrix(rows: places.count, columns: 1)
    for (row, value) in y.converted(to: Double.self).elements.enumerated() {
      values[row, 0] = factors[row] * value
    }
    if !values.largestMagnitude.isFinite {
      throw .notFinite(operation: "polynomialFit", matrix: 0)
    }
    let svd = try JacobiSVD(powers, .thin, "polynomialFit", matrix: 0)
    let tolerance = Tensor<Double>.rankTolerance(places.count, 0)
    let solution = svd.pseudoInverse(rank: svd.rank(tolerance: tolerance)).times(values)
    let coefficients = lengths.indices.map {
      lengths[$0] > 0 ? solution[$0, 0] / lengths[$0] : 0
    }
    return Tensor<Double>(coefficients).converted(to: Scalar.self)
  }

  /// The values of a polynomial, by Horner's rule; NumPy's `polyval`.
  ///
  ///     Tensor<Double>.polynomialValue([1, 0, 1], at: [2, 3])   // [5, 10]
  ///
  /// - Parameters:
  ///   - coefficients: Those of the powers, the highest first, `[degree + 1]`; the sum of none is 0.
  ///   - x: Where to compute it, any shape.
  /// - Returns: `x.shape`.
  public static func polynomialValue(_ coefficients: Tensor, at x: Tensor) -> Tensor {
    check(
      coefficients.rank == 1, "polynomialValue: coefficients \(coefficients.shape) are no vector")
    return coefficients.elements.reduce(Tensor(repeating: .zero, shape: x.shape)) {
      $0 * x + Tensor(scalar: $1)
    }
  }
}
