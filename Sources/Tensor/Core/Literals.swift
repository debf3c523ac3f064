// What may stand where a tensor is wanted: a number, `true` or `false`, or an array of those in
// brackets of any depth. A bare `Tensor([1, 2, 3])` holds `Float`.

extension Tensor: ExpressibleByIntegerLiteral where Scalar: ExpressibleByIntegerLiteral {
  /// A tensor of no dimension, of an integer: `let a: Tensor<Float> = 2`.
  ///
  ///     let x: Tensor<Float> = 2   // 2
  public init(integerLiteral value: Scalar.IntegerLiteralType) {
    self.init(scalar: Scalar(integerLiteral: value))
  }
}

extension Tensor: ExpressibleByFloatLiteral where Scalar: ExpressibleByFloatLiteral {
  /// A tensor of no dimension, of a number: `let a: Tensor<Float> = 0.5`.
  ///
  ///     let x: Tensor<Float> = 0.5   // 0.5
  public init(floatLiteral value: Scalar.FloatLiteralType) {
    self.init(scalar: Scalar(floatLiteral: value))
  }
}

extension Tensor: ExpressibleByBooleanLiteral where Scalar == Bool {
  /// A tensor of no dimension, of a truth value.
  ///
  ///     let x: Tensor<Bool> = true   // true
  public init(booleanLiteral value: Bool) { self.init(scalar: value) }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// The elements stacked along a new first axis: `let a: Tensor<Float> = [[1, 2], [3, 4]]`.
  ///
  ///     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
  ///     x.shape   // [2, 3]
  ///
  /// - Precondition: All have the same shape.
  public init(arrayLiteral elements: Tensor...) {
    if elements.allSatisfy({ $0.rank == 0 }) {
      self.init(copying: elements.map(\.item), [elements.count])
    } else {
      self.init(stacking: elements)
    }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// A tensor of no dimension, not a number: `let a: Tensor<Float> = [1, .nan]`.
  ///
  ///     let x: Tensor<Float> = [1, .nan, .infinity, .pi]   // [1, nan, inf, 3.142]
  public static var nan: Tensor { Tensor(scalar: Scalar(.nan)) }
  /// A tensor of no dimension, infinity.
  public static var infinity: Tensor { Tensor(scalar: Scalar(.infinity)) }
  /// A tensor of no dimension, the ratio of a circle's circumference to its diameter.
  public static var pi: Tensor { Tensor(scalar: Scalar(.pi)) }
}

extension Tensor {
  /// A tensor of the elements of an array, in row-major order.
  ///
  ///     Tensor<Int32>([1, 2, 3, 4], shape: [2, 2])   // [[1, 2], [3, 4]]
  ///
  /// - Precondition: `elements.count` is the product of `shape`.
  @_disfavoredOverload
  public init(
    _ elements: [Scalar], shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(copying: elements, shape, file, line)
  }

  /// A vector of the elements of an array.
  ///
  ///     Tensor<Int32>([1, 2, 3])   // [1, 2, 3]
  @_disfavoredOverload
  public init(_ elements: [Scalar]) { self.init(copying: elements, [elements.count]) }

  /// A matrix of the elements of nested arrays.
  ///
  ///     Tensor<Int32>([[1, 2], [3, 4]])   // [[1, 2], [3, 4]]
  ///
  /// - Precondition: The inner arrays are of one length.
  @_disfavoredOverload
  public init(_ rows: [[Scalar]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(rows: rows, file, line)
  }

  /// A tensor of the elements of arrays, nested three deep.
  ///
  ///     Tensor<Int32>([[[1, 2]], [[3, 4]]]).shape   // [2, 1, 2]
  ///
  /// - Precondition: Inner arrays are of one length.
  @_disfavoredOverload
  public init(_ planes: [[[Scalar]]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(parts: planes.map { Tensor(rows: $0, file, line) }, file, line)
  }

  /// A tensor of the elements of arrays, nested four deep.
  ///
  /// - Precondition: Inner arrays are of one length.
  @_disfavoredOverload
  public init(_ blocks: [[[[Scalar]]]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(blocks: blocks, file, line)
  }

  private init(rows: [[Scalar]], _ file: StaticString, _ line: UInt) {
    let columns = rows.first?.count ?? 0
    check(
      rows.allSatisfy { $0.count == columns },
      "nested arrays of \(rows.map(\.count)) elements make no tensor", file: file, line: line)
    self.init(copying: Array(rows.joined()), [rows.count, columns])
  }

  private init(blocks: [[[[Scalar]]]], _ file: StaticString, _ line: UInt) {
    let parts = blocks.map { planes in
      Tensor(parts: planes.map { Tensor(rows: $0, file, line) }, file, line)
    }
    self.init(parts: parts, file, line)
  }

  private init(parts: [Tensor], _ file: StaticString, _ line: UInt) {
    guard let first = parts.first else {
      self.init(copying: [], [0])
      return
    }
    check(
      parts.allSatisfy { $0.shape == first.shape },
      "nested arrays of shapes \(parts.map(\.shape)) make no tensor", file: file, line: line)
    self.init(stacking: parts)
  }

  init(
    copying elements: [Scalar], _ shape: [Int], _ file: StaticString = #fileID, _ line: UInt = #line
  ) {
    check(
      elements.count == shape.product,
      "\(elements.count) elements do not fill a tensor of shape \(shape)", file: file, line: line)
    self.init(uninitialized: shape)
    withUnsafeMutableElements { _ = $0.initialize(from: elements) }
  }
}

// A literal of numbers alone is an array of Double where nothing else is asked for; these say that
// a tensor of it holds Float, which is what the kernels are for.
extension Tensor<Float> {
  /// A tensor of the elements of an array, in row-major order.
  ///
  ///     Tensor([1, 2, 3, 4], shape: [2, 2])   // [[1, 2], [3, 4]]
  ///
  /// - Precondition: `elements.count` is the product of `shape`.
  public init(
    _ elements: [Float], shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(copying: elements, shape, file, line)
  }

  /// A vector of the elements of an array.
  ///
  ///     Tensor([1, 0.5])   // [1, 0.5]
  public init(_ elements: [Float]) { self.init(copying: elements, [elements.count]) }

  /// A matrix of the elements of nested arrays.
  public init(_ rows: [[Float]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(rows: rows, file, line)
  }

  /// A tensor of the elements of arrays, nested three deep.
  public init(_ planes: [[[Float]]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(parts: planes.map { Tensor(rows: $0, file, line) }, file, line)
  }

  /// A tensor of the elements of arrays, nested four deep.
  public init(_ blocks: [[[[Float]]]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(blocks: blocks, file, line)
  }
}
