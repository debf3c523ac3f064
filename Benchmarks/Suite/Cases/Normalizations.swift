internal import Kernels
internal import Tensor

extension Case {
  /// Norms of rows in L2, where the models have them, and out of cache; each element is read once
  /// and written once.
  static var normalizations: [Case] {
    let shapes = [
      ([2, 64, 1152], "in L2"), ([2, 256, 1152], "DiT-XL 256²"), ([2, 1024, 1152], "DiT-XL 512²"),
      ([2, 16_384, 1152], "out of cache"),
    ]
    let modulated = Precision.floatingPoint.flatMap { precision in
      shapes.map { modulatedNorm($0.0, precision, note: $0.1) }
    }
    return modulated + [
      Case(
        family: "rms-norm", precision: .float32, shape: "300x4096", note: "T5-XXL, 300 tokens",
        work: .bytes(8 * 300 * 4096)
      ) {
        let (x, weight) = (numbers([300, 4096]), numbers([4096]))
        return { _ = rmsNorm(x, weight: weight, epsilon: 1e-6, in: $0) }
      }
    ]
  }

  private static func modulatedNorm(
    _ shape: [Int], _ precision: Precision, note: String
  ) -> Case {
    // The tokens have 32 bits; what becomes of them has 16 where a tile unit reads it.
    let bytes = precision == .bfloat16 && Workspace.hasTileUnit ? 6.0 : 8.0
    return Case(
      family: "layer-norm-modulate", precision: precision, shape: shape.joined, note: note,
      work: .bytes(bytes * Double(shape.product))
    ) {
      let (x, modulation) = (numbers(shape), numbers([shape[0], shape[2]]))
      return { _ = layerNorm(x, shift: modulation, scale: modulation, epsilon: 1e-6, in: $0) }
    }
  }
}
