/// A tensor to be written to a file, which is made only when its turn comes.
///
/// So a checkpoint that is larger than memory can be converted.
public struct DeferredTensor {
  /// The name.
  public let name: String
  /// The type that its elements will have in the file.
  public let elementType: StoredType
  /// The number of elements that it will have in each dimension.
  public let shape: [Int]
  private let make: () throws -> StoredTensor

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
    self.init(name, elementType: StoredType(scalarType), shape: shape) { StoredTensor(try make()) }
  }

  /// A tensor of a file, or one of elements that tensors cannot have, that `make` makes.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - elementType: The element type that it will have.
  ///   - shape: The number of elements that it will have in each dimension.
  ///   - make: Makes the tensor.
  public init(
    _ name: String, elementType: StoredType, shape: [Int], make: @escaping () throws -> StoredTensor
  ) {
    (self.name, self.elementType, self.shape, self.make) = (name, elementType, shape, make)
  }

  /// A tensor that is there already.
  public init(_ name: String, _ tensor: AnyTensor) {
    self.init(name, scalarType: tensor.scalarType, shape: tensor.shape) { tensor }
  }

  /// The number of bytes that it will have.
  public var byteCount: Int { shape.product * elementType.bitCount / 8 }

  /// Makes the tensor.
  ///
  /// - Precondition: It has the type and shape that were announced.
  func stored() throws -> StoredTensor {
    let tensor = try make()
    check(
      tensor.elementType == elementType && tensor.shape == shape,
      "tensor '\(name)': \(tensor.elementType) \(tensor.shape) was made where "
        + "\(elementType) \(shape) was announced")
    return tensor
  }
}
