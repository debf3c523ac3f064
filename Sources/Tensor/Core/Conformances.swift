extension Tensor: Hashable where Scalar: Hashable {
  /// Hashes the shape and the elements, so that equal tensors give the same, whatever their strides.
  ///
  ///     Set([Tensor([1, 2]), Tensor([1, 2])]).count   // 1
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    withUnsafeElements { for element in $0 { hasher.combine(element) } }
  }
}

/// The parts of an encoded tensor.
private enum TensorKeys: String, CodingKey {
  case shape, elements
}

extension Tensor: Encodable where Scalar: Encodable {
  /// Encodes the shape and the elements in row-major order: `{"shape": [2], "elements": [1, 2]}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: TensorKeys.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(elements, forKey: .elements)
  }
}

extension Tensor: Decodable where Scalar: Decodable {
  /// Decodes the shape and the elements.
  ///
  /// - Throws: `DecodingError.dataCorrupted` where there are not as many elements as the shape asks
  ///   for.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TensorKeys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let elements = try container.decode([Scalar].self, forKey: .elements)
    let count = shape.reduce(1 as Int?) { count, extent in
      guard let count, extent >= 0 else { return nil }
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      return overflows ? nil : product
    }
    guard count == elements.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: container,
        debugDescription: "\(elements.count) elements do not fill a tensor of shape \(shape)")
    }
    self.init(copying: elements, shape)
  }
}

/// The slices of a tensor along an axis, each a view of one rank less.
public struct TensorSlices<Scalar: TensorScalar>: RandomAccessCollection, Sendable {
  /// The tensor, its axis in front.
  let tensor: Tensor<Scalar>
  /// Zero.
  public var startIndex: Int { 0 }
  /// The extent of the axis.
  public var endIndex: Int { tensor.shape[0] }
  /// A slice.
  public subscript(_ position: Int) -> Tensor<Scalar> { tensor[position] }
}

extension Tensor {
  /// The slices along an axis, to iterate over; each is a view.
  ///
  ///     let x: Tensor<Float> = [[1, 2], [3, 4]]
  ///     x.slices().map { $0.sum().item }   // [3, 7]
  ///     x.slices(axis: 1)[1]               // [2, 4]
  public func slices(
    axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> TensorSlices<Scalar> {
    check(rank > 0, "slices: a tensor of no dimension has none", file: file, line: line)
    return TensorSlices(tensor: movingAxis(axis, to: 0, file: file, line: line))
  }

  fileprivate func checkRank(_ expected: Int) {
    check(rank == expected, "a tensor of shape \(shape) is no array of depth \(expected)")
  }
}

extension Array {
  /// The elements of a vector.
  ///
  ///     [Float](Tensor([1, 2]))   // [1, 2]
  ///
  /// - Precondition: The tensor has one dimension; `elements` has those of any.
  public init(_ tensor: Tensor<Element>) where Element: TensorScalar {
    tensor.checkRank(1)
    self = tensor.elements
  }

  /// The rows of a matrix: `[[Float]](matrix)`.
  ///
  ///     [[Float]](Tensor([[1, 2], [3, 4]]))   // [[1, 2], [3, 4]]
  ///
  /// - Precondition: The tensor has two dimensions.
  public init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) where Element == [Scalar] {
    tensor.checkRank(2)
    self = tensor.slices().map { [Scalar]($0) }
  }

  /// The nested elements of a tensor: `[[[Float]]](tensor)`.
  ///
  /// - Precondition: The tensor has three dimensions.
  public init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) where Element == [[Scalar]] {
    tensor.checkRank(3)
    self = tensor.slices().map { [[Scalar]]($0) }
  }

  /// The nested elements of a tensor: `[[[[Float]]]](tensor)`.
  ///
  /// - Precondition: The tensor has four dimensions.
  public init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) where Element == [[[Scalar]]] {
    tensor.checkRank(4)
    self = tensor.slices().map { [[[Scalar]]]($0) }
  }
}

extension BinaryFloatingPoint where Self: TensorScalar {
  /// The only element of a tensor: `Float(loss)`.
  ///
  ///     Float(Tensor([1, 2]).sum())   // 3
  ///
  /// - Precondition: There is one element.
  public init(_ tensor: Tensor<Self>) { self = tensor.item }
}

extension FixedWidthInteger where Self: TensorScalar {
  /// The only element of a tensor: `Int64(x.argmax(axis: 0))`.
  ///
  ///     Int64(Tensor([1, 5, 2]).argmax(axis: 0))   // 1
  ///
  /// - Precondition: There is one element.
  public init(_ tensor: Tensor<Self>) { self = tensor.item }
}
