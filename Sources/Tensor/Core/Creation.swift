// Tensors of numbers that follow a rule.
extension Tensor where Scalar: TensorNumeric {
  /// A tensor of zeros.
  ///
  ///     Tensor<Float>(zeros: [2, 3])   // [[0, 0, 0], [0, 0, 0]]
  public init(zeros shape: [Int]) { self.init(repeating: .zero, shape: shape) }

  /// A tensor of ones.
  ///
  ///     Tensor<Float>(ones: [2, 1])   // [[1], [1]]
  public init(ones shape: [Int]) { self.init(repeating: .one, shape: shape) }

  /// A tensor of zeros of the shape of another.
  ///
  ///     Tensor<Int32>(zerosLike: Tensor([0.5, 1.5]))   // [0, 0]
  public init<Other>(zerosLike other: Tensor<Other>) { self.init(zeros: other.shape) }

  /// A tensor of ones of the shape of another.
  ///
  ///     Tensor<Int32>(onesLike: Tensor([0.5, 1.5]))   // [1, 1]
  public init<Other>(onesLike other: Tensor<Other>) { self.init(ones: other.shape) }

  /// A vector of the integers of a range, or of every `step`-th of them, in rising order.
  ///
  ///     Tensor<Int64>(range: 0..<10, step: 3)   // [0, 3, 6, 9]
  ///
  /// - Precondition: The step is positive, and the type holds the numbers: floating-point ones as
  ///   the nearest that there are.
  public init(
    range: Range<Int>, step: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) {
    check(step > 0, "range: the step \(step) is not positive", file: file, line: line)
    let numbers = Tensor<Int64>(
      stride(from: range.lowerBound, to: range.upperBound, by: step).map(Int64.init))
    let converted = numbers.converted(to: Scalar.self)
    check(
      Scalar.scalarType.isFloatingPoint || converted.converted(to: Int64.self) == numbers,
      "range: \(Scalar.self) does not hold all of \(range)", file: file, line: line)
    self = converted
  }

  /// The identity matrix, or one with ones on another diagonal.
  ///
  ///     Tensor<Float>(identity: 2)                            // [[1, 0], [0, 1]]
  ///     Tensor<Float>(identity: 2, columns: 3, diagonal: 1)   // [[0, 1, 0], [0, 0, 1]]
  ///
  /// - Parameters:
  ///   - rows: The number of rows.
  ///   - columns: The number of columns; that of the rows by default.
  ///   - diagonal: How far above the main diagonal the ones are; below it where negative.
  public init(identity rows: Int, columns: Int? = nil, diagonal: Int = 0) {
    self.init(zeros: [rows, columns ?? rows])
    fillDiagonal(with: Tensor(scalar: .one), offset: diagonal)
  }

  /// A matrix with a vector on a diagonal and zeros elsewhere.
  ///
  ///     Tensor(diagonal: Tensor([1, 2]))   // [[1, 0], [0, 2]]
  ///
  /// - Parameters:
  ///   - elements: A vector.
  ///   - offset: How far above the main diagonal it is; below it where negative.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public init(
    diagonal elements: Tensor, offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    check(
      elements.rank == 1, "diagonal: \(elements.shape) is no vector", file: file, line: line)
    let side = elements.count + abs(offset)
    self.init(zeros: [side, side])
    fillDiagonal(with: elements, offset: offset)
  }

  /// Ones on and below a diagonal, zeros above it.
  ///
  ///     Tensor<Float>(lowerTriangle: 3)   // [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
  public init(lowerTriangle rows: Int, columns: Int? = nil, diagonal: Int = 0) {
    self = Tensor(ones: [rows, columns ?? rows]).lowerTriangle(diagonal: diagonal)
  }

  /// The matrices along the last two axes with zeros above a diagonal.
  ///
  ///     Tensor([[1, 2], [3, 4]]).lowerTriangle()   // [[1, 0], [3, 4]]
  public func lowerTriangle(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    self.where(isBelow(diagonal, "lowerTriangle", file, line), else: Tensor(scalar: .zero))
  }

  /// The matrices along the last two axes with zeros below a diagonal.
  ///
  ///     Tensor([[1, 2], [3, 4]]).upperTriangle()   // [[1, 2], [0, 4]]
  public func upperTriangle(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    self.where(.!isBelow(diagonal - 1, "upperTriangle", file, line), else: Tensor(scalar: .zero))
  }

  /// Where the column is at most the row and `diagonal` more.
  private func isBelow(
    _ diagonal: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor<Bool> {
    check(rank >= 2, "\(name): \(shape) is no matrix", file: file, line: line)
    let rows = Tensor<Int64>(range: 0..<shape[rank - 2]).expanded(at: 1)
    let columns = Tensor<Int64>(range: 0..<shape[rank - 1])
    return columns .<= rows + Tensor<Int64>(scalar: Int64(diagonal))
  }

  /// Rows with a one at the place that each index says, and zeros elsewhere.
  ///
  ///     Tensor<Float>(oneHot: [1, 0], count: 3)   // [[0, 1, 0], [1, 0, 0]]
  ///
  /// - Parameters:
  ///   - indices: Of any shape, each at least zero and below `count`.
  ///   - count: The extent of the last axis, which is new.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public init(
    oneHot indices: Tensor<Int64>, count: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    indices.checkIndices(below: count, "oneHot", file, line)
    let isThere = indices.expanded(at: -1) .== Tensor<Int64>(range: 0..<count)
    self = isThere.converted(to: Scalar.self)
  }

  /// The powers of a vector's elements, the highest first unless they rise: NumPy's `vander`.
  ///
  ///     Tensor(powersOf: Tensor([2, 3]), count: 3)   // [[4, 2, 1], [9, 3, 1]]
  public init(powersOf elements: Tensor, count: Int, rising: Bool = false) {
    let powers = (0..<Swift.max(count, 1)).reduce(into: [Tensor]()) { powers, i in
      powers.append(i == 0 ? Tensor(onesLike: elements) : powers[i - 1] * elements)
    }.prefix(count)
    self =
      powers.isEmpty
      ? Tensor(zeros: elements.shape + [0])
      : Tensor(stacking: rising ? Array(powers) : powers.reversed(), axis: -1)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// A vector of the numbers from one up to another, which is not included, a step apart.
  ///
  /// Worked out in `Double` as `start + i · step`.
  ///
  ///     Tensor<Float>(from: 0, to: 1, by: 0.25)   // [0, 0.25, 0.5, 0.75]
  ///
  /// - Precondition: The step is not zero, and there are finitely many.
  public init(
    from start: Double, to end: Double, by step: Double, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let count = ((end - start) / step).rounded(.up)
    check(
      step != 0 && count.isFinite && count < 0x1p48,
      "from \(start) to \(end) by \(step) are no finite number of steps", file: file, line: line)
    self.init((0..<Swift.max(Int(count), 0)).map { Scalar(start + Double($0) * step) })
  }

  /// A vector of equally spaced numbers from one to another, both included.
  ///
  ///     Tensor<Float>(from: 0, through: 1, count: 5)   // [0, 0.25, 0.5, 0.75, 1]
  ///
  /// - Precondition: `count` is not negative.
  public init(
    from start: Double, through end: Double, count: Int, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    check(count >= 0, "from \(start) through \(end): \(count) numbers", file: file, line: line)
    let step = (end - start) / Double(Swift.max(count - 1, 1))
    self.init(
      (0..<count).map { i in
        Scalar(i == count - 1 && i > 0 ? end : start + Double(i) * step)
      })
  }

  /// A vector of powers of `base` with equally spaced exponents: NumPy's `logspace`.
  ///
  ///     Tensor<Float>(powersFrom: 0, through: 2, count: 3)   // [1, 10, 100]
  public init(
    powersFrom start: Double, through end: Double, count: Int, base: Double = 10,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let exponents = Tensor<Double>(from: start, through: end, count: count, file: file, line: line)
    self = pow(Tensor<Double>(scalar: base), exponents).converted(to: Scalar.self)
  }

  /// A geometric progression from one number to another, both included: NumPy's `geomspace`.
  ///
  ///     Tensor<Float>(geometricFrom: 1, through: 8, count: 4)   // [1, 2, 4, 8]
  ///
  /// - Precondition: Both ends are positive.
  public init(
    geometricFrom start: Double, through end: Double, count: Int, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    check(
      start > 0 && end > 0, "geometric from \(start) through \(end): both must be positive",
      file: file, line: line)
    let ratio = Tensor<Double>(scalar: end / start)
    let exponents = Tensor<Double>(from: 0, through: 1, count: count, file: file, line: line)
    var numbers = start * pow(ratio, exponents)
    if count > 1 { numbers[-1] = Tensor<Double>(scalar: end) }
    self = numbers.converted(to: Scalar.self)
  }
}

extension Tensor {
  /// A tensor of equal elements, of the shape of another.
  ///
  ///     Tensor<Float>(repeating: 2, like: Tensor([1, 5]))   // [2, 2]
  public init<Other>(repeating element: Scalar, like other: Tensor<Other>) {
    self.init(repeating: element, shape: other.shape)
  }

  /// A tensor of what a function gives for each index.
  ///
  ///     Tensor<Float>(shape: [2, 2]) { Float($0[0] * 10 + $0[1]) }   // [[0, 1], [10, 11]]
  public init(shape: [Int], _ element: ([Int]) throws -> Scalar) rethrows {
    var elements: [Scalar] = []
    var index = shape.map { _ in 0 }
    elements.reserveCapacity(shape.product)
    for _ in 0..<shape.product {
      elements.append(try element(index))
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    self.init(copying: elements, shape)
  }

  /// The vectors of a grid, each along an axis of its own and repeated along the others, as views:
  /// NumPy's `meshgrid` with `indexing="ij"`.
  ///
  ///     let grid = Tensor<Float>.grid([[0, 1], [0, 1, 2]])
  ///     10 * grid[0] + grid[1]   // [[0, 1, 2], [10, 11, 12]]
  ///
  /// - Parameters:
  ///   - vectors: Any number of vectors.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: As many tensors, each of the extents of all vectors.
  public static func grid(
    _ vectors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    check(
      vectors.allSatisfy { $0.rank == 1 }, "grid: of shapes \(vectors.map(\.shape)), not vectors",
      file: file, line: line)
    let shape = vectors.map(\.count)
    return vectors.enumerated().map { axis, vector in
      vector.reshaped([vector.count] + shape.dropFirst(axis + 1).map { _ in 1 })
        .broadcast(to: shape)
    }
  }
}
