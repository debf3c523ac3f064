internal import Kernels
internal import Tensor

extension Case {
  /// Decompositions of matrices and Fourier transforms, which are computed in 64 bits, and the split of
  /// latents into low and high frequencies.
  ///
  /// Operations are those of the textbook way.
  static var numerics: [Case] {
    [
      onMatrices("svd", side: 256, operations: 26) { _ = try $0.svd() },
      onMatrices("symmetric-eigen", side: 256, operations: 9) { _ = try $0.symmetricEigen() },
      onMatrices("qr", side: 512, operations: 8 / 3) { _ = try $0.qr() },
      onMatrices("inverse", side: 512, operations: 2) { _ = try $0.inverse() },
      onMatrices("cholesky", side: 512, operations: 1 / 3) {
        // Diagonally dominant, so that it is positive definite.
        _ = try ($0 + Tensor(identity: 512) * 1024).cholesky()
      },
      onMatrices("solve", side: 512, operations: 2 / 3) { _ = try $0.solve($0[0]) },
      onMatrices("least-squares", side: 256, operations: 26) { _ = try $0.leastSquares($0[0]) },
      transform([16, 256, 256], note: "powers of two"),
      transform([16, 243, 257], note: "a power of three, a prime"),
      split([2, 4, 32, 32], note: "latents of DiT-XL 256²"),
      split([2, 4, 64, 64], note: "latents of DiT-XL 512²"),
    ]
  }

  /// A decomposition that takes so many operations times the third power of the side.
  private static func onMatrices(
    _ family: String, side: Int, operations: Double,
    _ operation: @escaping (Tensor<Float>) throws -> Void
  ) -> Case {
    Case(
      family: family, precision: .float32, shape: [side, side].joined, note: "in 64 bits",
      work: .operations(operations * Double(side * side * side)), isThreaded: false
    ) {
      let matrix = numbers([side, side])
      // Random numbers, which all of them can decompose.
      try operation(matrix)
      return { _ in try? operation(matrix) }
    }
  }

  private static func transform(_ shape: [Int], note: String) -> Case {
    let pixels = shape[1] * shape[2]
    let rounds = Double(Int.bitWidth - pixels.leadingZeroBitCount)
    return Case(
      family: "fft2", precision: .float32, shape: shape.joined, note: "in 64 bits, \(note)",
      work: .operations(5 * Double(shape.product) * rounds), isThreaded: false
    ) {
      let images = numbers(shape)
      return { _ in _ = images.fft2() }
    }
  }

  private static func split(_ shape: [Int], note: String) -> Case {
    let (height, width) = (shape[2], shape[3])
    let radius = min(height, width) / 5
    let (across, along) = (radius + 1, 2 * radius + 1)
    let products = 2 * across * width * height + 8 * across * along * height
    return Case(
      family: "frequency-split", precision: .float32, shape: shape.joined, note: note,
      work: .operations(2 * Double(shape[0] * shape[1] * products))
    ) {
      let split = FrequencySplit(height: height, width: width, radius: Double(radius))
      let maps = numbers(shape)
      return { _ = split.low(maps, in: $0) }
    }
  }
}
