internal import Kernels
internal import Tensor

/// The vector operations that an element needs, each a multiply-add's worth of time.
///
/// Counted for the best known way, not for what a kernel does today. The bar is 1.5 times that
/// many operations' time. Reading and writing an element happen meanwhile.
private enum VectorOperations {
  /// Two bounds, four to split x into n ln 2 + r, eight for the polynomial of degree seven, two to
  /// add n to the exponent.
  static let exp = 16.0
  /// An estimate of the reciprocal (two), a Newton step (two), the quotient and its correction.
  static let quotient = 6.0
  /// u is x (a + b x²), with the factor of the exponent in a and b: three; then e^u, one sum, one
  /// quotient.
  static let geluTanh = 3 + exp + 1 + quotient
  /// Scaling, two bounds, x², seven and five for numerator and denominator (one of them the product
  /// with x), a quotient, then x/2 (1 + erf): two.
  static let gelu = 1 + 2 + 1 + 7 + 5 + quotient + 2
  /// e^-x, one sum, one quotient.
  static let silu = exp + 1 + quotient
  /// The maximum, the scaled distance from it, e to the power of that, the sum, the product with
  /// its inverse.
  static let softmax = 1 + 1 + exp + 1 + 1
}

extension Case {
  /// Functions of elements in L2, and where the models have them: `gelu-tanh/f32/<rows>x<columns>`.
  static var functions: [Case] {
    [
      activation(.geluTanh, VectorOperations.geluTanh, [128, 1024], note: "in L2"),
      activation(.geluTanh, VectorOperations.geluTanh, [512, 4608], note: "DiT-XL 256²"),
      activation(
        .geluTanh, VectorOperations.geluTanh, [512, 4608], .bfloat16,
        note: "DiT-XL 256², of 32 bits here too"),
      activation(.gelu, VectorOperations.gelu, [128, 1024], note: "in L2"),
      activation(.silu, VectorOperations.silu, [128, 1024], note: "in L2"),
      rowSoftmax([128, 1024], note: "in L2"),
      rowSoftmax([8192, 256], note: "the scores of DiT-XL 256²"),
    ]
  }

  private static func activation(
    _ activation: Activation, _ operations: Double, _ shape: [Int],
    _ precision: Precision = .float32, note: String
  ) -> Case {
    Case(
      family: activation == .geluTanh ? "gelu-tanh" : "\(activation)", precision: precision,
      shape: shape.joined, note: note,
      work: .elements(shape.product, operations: operations)
    ) {
      let x = numbers(shape, scale: 4)
      return { _ = activate(activation, x, in: $0) }
    }
  }

  private static func rowSoftmax(_ shape: [Int], note: String) -> Case {
    Case(
      family: "softmax", precision: .float32, shape: shape.joined, note: note,
      work: .elements(shape.product, operations: VectorOperations.softmax)
    ) {
      let x = numbers(shape, scale: 4)
      return { _ = softmax(x, in: $0) }
    }
  }
}
