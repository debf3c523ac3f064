/// A tensor to be written to a file, which is made only when its turn comes.
///
/// So a checkpoint that is larger than memory can be converted.
public struct DeferredTensor {
  /// The name.
  public let name: String
  /// The element type that it will have.
  public let scalarType: ScalarType
  /// The number of elements that it will have in each dimension.
  public let shape: [Int]
  private let make: () throws -> AnyTensor

  /// A tensor that `make` makes.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - scalarType: The element type that it will have.
  ///   - shape: The number of elements that it will have in each dimension.
  ///   - make: Makes the tensor.
  public init(
    _ name: String, scalarType: ScalarType, shape: [Int], make: @escaping () throws -> AnyTensor
  ) {
    (self.name, self.scalarType, self.shape, self.make) = (name, scalarType, shape, make)
  }

  /// A tensor that is there already.
  public init(_ name: String, _ tensor: AnyTensor) {
    self.init(name, scalarType: tensor.scalarType, shape: tensor.shape) { tensor }
  }

  /// The number of bytes that it will have.
  public var byteCount: Int { shape.product * scalarType.byteCount }

  /// Makes the tensor.
  ///
  /// - Precondition: It has the type and shape that were announced.
  func tensor() throws -> AnyTensor {
    let tensor = try make()
    check(
      tensor.scalarType == scalarType && tensor.shape == shape,
      "tensor '\(name)': \(tensor.scalarType) \(tensor.shape) was made where "
        + "\(scalarType) \(shape) was announced")
    return tensor
  }
}
