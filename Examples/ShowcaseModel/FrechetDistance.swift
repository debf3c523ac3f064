package import Kernels
package import Tensor

extension Judge {
  /// The Fréchet distance of the features of images to those of the test set, as if both were
  /// normally distributed; nil for fewer than two images.
  ///
  /// It falls with the number of images, so it compares only sets of one size.
  ///
  /// Reference: Heusel et al., 2017, "GANs trained by a two time-scale update rule", with this
  /// judge's features in the place of Inception's.
  ///
  /// - Parameters:
  ///   - images: `[batch, 28, 28, 1]`, values from -1 to 1.
  ///   - workspace: What to compute with.
  /// - Returns: |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁ C₂)^½).
  package func frechetDistance(_ images: Tensor<Float>, in workspace: Workspace) -> Double? {
    let x = features(of: images, in: workspace).converted(to: Double.self)
    guard x.shape[0] > 1 else { return nil }
    let mean = x.mean(axes: [0])
    let centred = x - mean
    let covariance =
      product(centred.transposed(), centred) * (1 / Double(x.shape[0] - 1))
    let (testMean, test) = (
      testMean.converted(to: Double.self), testCovariance.converted(to: Double.self)
    )
    guard let root = squareRoot(of: test),
      let values = try? product(product(root, covariance), root)
        .symmetricEigenvalues()
    else { return nil }
    let trace = (0..<test.shape[0]).reduce(0.0) { $0 + covariance[$1, $1].item + test[$1, $1].item }
    let shared = values.elements.reduce(0.0) { $0 + max($1, 0).squareRoot() }
    let distance = ((mean - testMean) * (mean - testMean)).sum().item
    return distance + trace - 2 * shared
  }

  /// The square root of a covariance; nil where its eigenvalues cannot be found.
  private func squareRoot(of matrix: Tensor<Double>) -> Tensor<Double>? {
    guard let (values, vectors) = try? matrix.symmetricEigen() else { return nil }
    let roots = Tensor(values.elements.map { max($0, 0).squareRoot() })
    return product(vectors * roots, vectors.transposed())
  }
}

/// The product of two matrices of 64-bit numbers.
private func product(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
  (a[.all, .all, .newAxis] * b[.newAxis]).sum(axes: [1])
}
