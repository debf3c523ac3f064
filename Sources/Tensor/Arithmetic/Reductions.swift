internal import _KernelsActive
internal import _KernelsMicro

// Reductions over some axes, all of them by default; negative ones count from the end. The axes stay
// with extent one where `keepingAxes` says so.
//
//     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
//     x.sum()                              // 21
//     x.sum(axis: 0)                       // [5, 7, 9]
//     x.mean(axis: -1, keepingAxes: true)  // [[2], [5]]
//
// NaN: whatever is computed of a NaN is NaN, the largest and the smallest too, and `argmax` finds the
// first one; sorting puts them last. Those that leave NaN out have it in their name (`sumOfNumbers`).
//
// A result depends on the values and their order alone, not on how they stand in memory. A dimension
// that is only repeated, by `broadcast(to:)`, is counted instead of walked: its sum is a product.
extension Tensor where Scalar: TensorNumeric {
  /// The sums over some axes, of which negative ones count from the end.
  ///
  /// Floating-point numbers are added in `Double` and rounded once. Integers wrap around;
  /// `sum(as: Int64.self)` does not.
  public func sum(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.sum, axes, keepingAxes, empty: .zero, file, line)
  }

  /// The sums over an axis.
  public func sum(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sum(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over some axes.
  ///
  /// Those of integers wrap around. That of nothing is one.
  public func product(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.product, axes, keepingAxes, empty: .one, file, line)
  }

  /// The products over an axis.
  public func product(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    product(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The largest elements over some axes; NaN where there is one.
  ///
  /// - Precondition: There is at least one element to each result.
  public func max(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.maximum, axes, keepingAxes, empty: nil, file, line)
  }

  /// The largest elements over an axis; NaN where there is one.
  public func max(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    max(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The smallest elements over some axes; NaN where there is one.
  ///
  /// - Precondition: There is at least one element to each result.
  public func min(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.minimum, axes, keepingAxes, empty: nil, file, line)
  }

  /// The smallest elements over an axis; NaN where there is one.
  public func min(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    min(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The differences of the largest and the smallest elements over some axes.
  ///
  /// - Precondition: There is at least one element to each result.
  public func spread(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    max(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
      - min(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The differences of the largest and the smallest elements over an axis.
  public func spread(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    spread(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over some axes in another type, which small integers do not overflow.
  ///
  ///     Tensor<UInt8>([200, 100]).sum(as: Int64.self)  // 300
  public func sum<Wide: TensorNumeric>(
    as type: Wide.Type, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    converted(to: type).sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over an axis in another type, which small integers do not overflow.
  public func sum<Wide: TensorNumeric>(
    as type: Wide.Type, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    sum(as: type, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The means over some axes in another type: of integers, with a fraction.
  public func mean<Wide: TensorFloatingPoint>(
    as type: Wide.Type, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    converted(to: type).mean(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The means over an axis in another type: of integers, with a fraction.
  public func mean<Wide: TensorFloatingPoint>(
    as type: Wide.Type, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    mean(as: type, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over some axes are not zero; NaN counts.
  public func countNonzero(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    (self .!= Tensor(scalar: .zero)).count(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over an axis are not zero; NaN counts.
  public func countNonzero(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    countNonzero(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the largest elements along an axis: the first of equals, or of NaN.
  ///
  ///     x.argmax(axis: -1)
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmax(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    places(.maximum, axis, keepingAxes, "argmax", file, line)
  }

  /// The places of the smallest elements along an axis: the first of equals, or of NaN.
  ///
  /// - Precondition: The axis exists and is not empty.
  public func argmin(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    places(.minimum, axis, keepingAxes, "argmin", file, line)
  }

  /// The place of the largest element in row-major order: the first of equals, or of NaN.
  ///
  /// - Precondition: There is an element.
  public func argmax(file: StaticString = #fileID, line: UInt = #line) -> Int {
    Int(reshaped([count]).argmax(axis: 0, file: file, line: line).item)
  }

  /// The place of the smallest element in row-major order: the first of equals, or of NaN.
  ///
  /// - Precondition: There is an element.
  public func argmin(file: StaticString = #fileID, line: UInt = #line) -> Int {
    Int(reshaped([count]).argmin(axis: 0, file: file, line: line).item)
  }

  /// A reduction over some axes.
  ///
  /// - Parameters:
  ///   - operation: What they are reduced by.
  ///   - axes: The axes, all of them by default.
  ///   - keepingAxes: Whether the axes stay with extent one.
  ///   - empty: The result of nothing, if there is one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  func reduced(
    _ operation: Reduction, _ axes: [Int]?, _ keepingAxes: Bool, empty: Scalar?,
    _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let axes = resolved(axes, "\(operation)", file, line)
    let kept = shape.indices.filter { !axes.contains($0) }
    let keptShape = kept.map { shape[$0] }
    let result: Tensor
    if axes.contains(where: { shape[$0] == 0 }) {
      check(
        empty != nil || keptShape.contains(0), "\(operation): axes \(axes) of \(shape) are empty",
        file: file, line: line)
      result =
        empty.map { Tensor(scalar: $0).broadcast(to: keptShape) } ?? Tensor([], shape: keptShape)
    } else if keptShape.contains(0) {
      result = Tensor(uninitialized: keptShape)
    } else {
      // What is repeated is left out: of kept axes in the result too, of the others it is counted.
      var source = self
      for axis in shape.indices where strides[axis] == 0 {
        source = source.narrowed(axis, 0..<1)
      }
      let repeats = axes.filter { strides[$0] == 0 }.map { shape[$0] }.product
      result = source.walked(operation, kept, axes, repeats).broadcast(to: keptShape)
    }
    guard keepingAxes else { return result }
    return axes.reduce(result) { $0.expanded(at: $1) }
  }

  /// A reduction of what is not empty, and counts `repeats` times.
  private func walked(
    _ operation: Reduction, _ kept: [Int], _ axes: [Int], _ repeats: Int
  ) -> Tensor {
    guard repeats > 1, [.sum, .product, .norm].contains(operation) else {
      return walked(operation, kept, axes)
    }
    if operation == .norm || (operation == .sum && Scalar.scalarType.isFloatingPoint) {
      let results = converted(to: Double.self).walked(operation, kept, axes)
      let factor = operation == .norm ? Double(repeats).squareRoot() : Double(repeats)
      return (results * factor).converted(to: Scalar.self)
    }
    // So many times the same, by the bits of the number.
    var (result, term, rest) = (
      Tensor(scalar: operation == .sum ? .zero : .one), walked(operation, kept, axes), repeats
    )
    while rest > 0 {
      if rest & 1 == 1 { result = operation == .sum ? result + term : result * term }
      term = operation == .sum ? term + term : term * term
      rest >>= 1
    }
    return result
  }

  private func walked(_ operation: Reduction, _ kept: [Int], _ axes: [Int]) -> Tensor {
    let result = Tensor(uninitialized: kept.map { shape[$0] })
    let length = axes.map { shape[$0] }.product
    if let columns = ReducedColumns(shape, strides, kept: kept, axes: axes) {
      nonisolated(unsafe) let (input, output) = (pointer, result.mutablePointer)
      let kernel = Scalar._kernels.reduceColumns
      withExtendedLifetime(storage) {
        inParallel(
          columns.blocks, cost: length * columns.blockWidth * MemoryLayout<Scalar>.stride
        ) { range in
          for block in range {
            let (start, count, target) = columns.block(block)
            kernel(operation, input + start, columns.stride, length, count, output + target)
          }
        }
      }
      return result
    }
    permuted(kept + axes).withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
      let kernel = Scalar._kernels.reduce
      inParallel(result.count, cost: length * MemoryLayout<Scalar>.stride) { rows in
        let first = rows.lowerBound
        kernel(operation, input + first * length, rows.count, length, output + first)
      }
    }
    return result
  }

  private func places(
    _ operation: Reduction, _ axis: Int, _ keepingAxes: Bool, _ name: String,
    _ file: StaticString, _ line: UInt
  ) -> Tensor<Int64> {
    let axis = self.axis(axis, name, file, line)
    let length = shape[axis]
    check(length > 0, "\(name): axis \(axis) of \(shape) is empty", file: file, line: line)
    let kept = shape.indices.filter { $0 != axis }
    let result = Tensor<Int64>(uninitialized: kept.map { shape[$0] })
    permuted(kept + [axis]).withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
      let kernel = Scalar._kernels.place
      inParallel(result.count, cost: length * MemoryLayout<Scalar>.stride) { rows in
        let first = rows.lowerBound
        kernel(operation, input + first * length, rows.count, length, output + first)
      }
    }
    return keepingAxes ? result.expanded(at: axis) : result
  }
}

extension Tensor {
  /// The axes that are meant, in their order; all of them where nil.
  func resolved(
    _ axes: [Int]?, _ operation: String, _ file: StaticString, _ line: UInt
  ) -> [Int] {
    guard let axes else { return Array(shape.indices) }
    let resolved = Set(axes.map { axis($0, operation, file, line) })
    check(
      resolved.count == axes.count, "\(operation): axes \(axes) of \(shape) repeat", file: file,
      line: line)
    return resolved.sorted()
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The means over some axes, in `Double` and rounded once; NaN where there are no elements.
  public func mean(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.mean, axes, keepingAxes, empty: Scalar(.nan), file, line)
  }

  /// The means over an axis, in `Double` and rounded once; NaN where there are no elements.
  public func mean(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    mean(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The variances over some axes: the means of the squared differences from the mean.
  ///
  /// Both means are in `Double`, and rounded once; NaN where there are no elements. With a
  /// correction the sum of the squares is divided by the number of elements less that: 1 is NumPy's
  /// `ddof=1`, and PyTorch's default.
  public func variance(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    corrected(correction, axes, keepingAxes, file, line) { $0 }
  }

  /// The variances over an axis.
  public func variance(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    variance(correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The square roots of the variances over some axes.
  public func standardDeviation(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    corrected(correction, axes, keepingAxes, file, line) { $0.squareRoot() }
  }

  /// The square roots of the variances over an axis.
  public func standardDeviation(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    standardDeviation(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The norms over some axes: of order 2 the root of the sum of squares, of order 1 the sum of the
  /// magnitudes, of infinity the largest of them, of zero the number of those that are not zero.
  ///
  /// In `Double`, rounded once.
  public func norm(
    order: Double = 2, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    norms(order, axes, keepingAxes, file, line)
  }

  /// The norms over an axis.
  public func norm(
    order: Double = 2, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    norm(order: order, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The logarithms of the sums of the exponentials over some axes, which do not overflow; minus
  /// infinity where there are no elements.
  ///
  /// In `Double`, rounded once.
  public func logSumExp(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    logSums(axes, keepingAxes, file, line)
  }

  /// The logarithms of the sums of the exponentials over an axis, which do not overflow.
  public func logSumExp(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    logSumExp(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over some axes, ignoring NaN.
  public func sumOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    replacingNaN(with: Tensor(scalar: .zero)).sum(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over an axis, ignoring NaN.
  public func sumOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sumOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over some axes, ignoring NaN.
  public func productOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    replacingNaN(with: Tensor(scalar: .one)).product(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over an axis, ignoring NaN.
  public func productOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    productOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The largest elements over some axes, ignoring NaN; NaN where every element is.
  ///
  /// - Precondition: There is at least one element to each result.
  public func maxOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bestOfNumbers(.maximum, axes, keepingAxes, file, line)
  }

  /// The largest elements over an axis, ignoring NaN; NaN where every element is.
  public func maxOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The smallest elements over some axes, ignoring NaN; NaN where every element is.
  ///
  /// - Precondition: There is at least one element to each result.
  public func minOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bestOfNumbers(.minimum, axes, keepingAxes, file, line)
  }

  /// The smallest elements over an axis, ignoring NaN; NaN where every element is.
  public func minOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    minOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The means over some axes, ignoring NaN; NaN where every element is.
  public func meanOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    momentOfNumbers(axes, keepingAxes, file, line).mean.converted(to: Scalar.self)
  }

  /// The means over an axis, ignoring NaN; NaN where every element is.
  public func meanOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    meanOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The variances over some axes, ignoring NaN.
  public func varianceOfNumbers(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let variance = momentOfNumbers(axes, keepingAxes, file, line).variance(correction)
    // No number is at a distance from an infinite mean.
    let hasInfinity = (inDouble().absolute() .== Double.infinity)
      .any(axes: axes, keepingAxes: keepingAxes)
    return Tensor<Double>.select(hasInfinity, Tensor<Double>(scalar: .nan), variance)
      .converted(to: Scalar.self)
  }

  /// The variances over an axis, ignoring NaN.
  public func varianceOfNumbers(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    varianceOfNumbers(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The square roots of the variances over some axes, ignoring NaN.
  public func standardDeviationOfNumbers(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inDouble().varianceOfNumbers(
      correction: correction, axes: axes, keepingAxes: keepingAxes, file: file, line: line
    ).squareRoot().converted(to: Scalar.self)
  }

  /// The square roots of the variances over an axis, ignoring NaN.
  public func standardDeviationOfNumbers(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    standardDeviationOfNumbers(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the largest elements along an axis, ignoring NaN; the first of equals.
  ///
  /// - Precondition: The axis exists and is not empty. Where every element is NaN, the place is 0.
  public func argmaxOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    replacingNaN(with: Tensor(scalar: Scalar(-.infinity)))
      .argmax(axis: axis, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the smallest elements along an axis, ignoring NaN; the first of equals.
  ///
  /// - Precondition: The axis exists and is not empty. Where every element is NaN, the place is 0.
  public func argminOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    replacingNaN(with: Tensor(scalar: Scalar(.infinity)))
      .argmin(axis: axis, keepingAxes: keepingAxes, file: file, line: line)
  }

  private func corrected(
    _ correction: Double, _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt,
    _ finish: (Tensor<Double>) -> Tensor<Double>
  ) -> Tensor {
    let axes = resolved(axes, "variance", file, line)
    let count = Double(axes.map { shape[$0] }.product)
    let variance = inDouble()
      .reduced(.variance, axes, keepingAxes, empty: .nan, file, line)
    let divisor = Swift.max(count - correction, 0)
    return finish(correction == 0 ? variance : variance * (count / divisor))
      .converted(to: Scalar.self)
  }

  private func norms(
    _ order: Double, _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    switch order {
    case 0:
      return countNonzero(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
        .converted(to: Scalar.self)
    case 2: return reduced(.norm, axes, keepingAxes, empty: .zero, file, line)
    case 1: return absolute().sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    case .infinity:
      return absolute().max(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    case -.infinity:
      return absolute().min(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    default:
      let powers = pow(inDouble().absolute(), order)
      let sums = powers.sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
      return pow(sums, 1 / order).converted(to: Scalar.self)
    }
  }

  private func logSums(
    _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let axes = resolved(axes, "logSumExp", file, line)
    let largest = reduced(.maximum, axes, true, empty: Scalar(-.infinity), file, line)
      .converted(to: Double.self)
    // Where the largest is infinite, so is the sum, or it is zero.
    let shift = largest.where(largest.isFinite(), else: 0)
    let rows = permuted(shape.indices.filter { !axes.contains($0) } + axes)
    let kernels = KernelTable.active.wide
    let sums =
      Scalar.scalarType == .double
      ? rows.converted(to: Double.self).sumsOfRows(shift) {
        kernels.sumOfWideExponentials($0, $1, $2)
      }
      : rows.converted(to: Float.self).sumsOfRows(shift) { kernels.sumOfExponentials($0, $1, $2) }
    let result = sums.log() + shift
    return (keepingAxes ? result : axes.reversed().reduce(result) { $0.squeezed($1) })
      .converted(to: Scalar.self)
  }

  /// The sums that `sum` gives of the elements and the shift of each row, in the shape of the shifts.
  private func sumsOfRows(
    _ shift: Tensor<Double>, _ sum: @Sendable (UnsafePointer<Scalar>, Int, Double) -> Double
  ) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: shift.shape)
    let length = count / Swift.max(result.count, 1)
    withUnsafeElements { elements in
      shift.withUnsafeElements { shifts in
        guard let base = elements.baseAddress, let first = shifts.baseAddress else { return }
        nonisolated(unsafe) let (input, shift, output) = (base, first, result.mutablePointer)
        inParallel(result.count, cost: 32 * length) {
          for row in $0 { output[row] = sum(input + row * length, length, shift[row]) }
        }
      }
    }
    return result
  }

  private func bestOfNumbers(
    _ operation: Reduction, _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let other = Scalar(operation == .maximum ? -Double.infinity : .infinity)
    let best = replacingNaN(with: Tensor(scalar: other))
      .reduced(operation, axes, keepingAxes, empty: nil, file, line)
    let isNothing = isNaN().all(axes: axes, keepingAxes: keepingAxes)
    return best.where(.!isNothing, else: Tensor(scalar: Scalar(.nan)))
  }

  private func momentOfNumbers(
    _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> (mean: Tensor<Double>, variance: (Double) -> Tensor<Double>) {
    let wide = inDouble()
    let isNumber = .!wide.isNaN()
    let count = isNumber.count(axes: axes, keepingAxes: true, file: file, line: line)
      .converted(to: Double.self)
    let mean = wide.sumOfNumbers(axes: axes, keepingAxes: true, file: file, line: line) / count
    func squeezed(_ x: Tensor<Double>) -> Tensor<Double> {
      keepingAxes
        ? x : resolved(axes, "mean", file, line).reversed().reduce(x) { $0.squeezed($1) }
    }
    return (
      squeezed(mean),
      { correction in
        let difference = wide - mean
        let squares = (difference * difference).sumOfNumbers(axes: axes, keepingAxes: true)
        return squeezed(squares / maximum(count - correction, 0))
      }
    )
  }

  /// The elements in `Double`, repeated where they are repeated here.
  private func inDouble() -> Tensor<Double> {
    var source = self
    for axis in shape.indices where strides[axis] == 0 && shape[axis] > 1 {
      source = source.narrowed(axis, 0..<1)
    }
    return source.converted(to: Double.self).broadcast(to: shape)
  }
}
