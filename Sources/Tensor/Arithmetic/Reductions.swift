internal import _KernelsMicro

// Reductions over some axes, all of them by default; negative ones count from the end. The axes stay
// with extent one where `keepingAxes` says so.
//
// NaN: whatever is computed of a NaN is NaN, the largest and the smallest too, and `argmax` finds the
// first one; sorting puts them last. Those that leave NaN out have it in their name (`sumOfNumbers`).
//
// A result depends on the values and their order alone, not on how they stand in memory. A dimension
// that is only repeated, by `broadcast(to:)`, is counted instead of walked: its sum is a product.
extension Tensor where Scalar: TensorNumeric {
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
  /// The elements in `Double`, repeated where they are repeated here.
  func inDouble() -> Tensor<Double> {
    var source = self
    for axis in shape.indices where strides[axis] == 0 && shape[axis] > 1 {
      source = source.narrowed(axis, 0..<1)
    }
    return source.converted(to: Double.self).broadcast(to: shape)
  }
}
