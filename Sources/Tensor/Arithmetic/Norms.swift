internal import _KernelsActive
internal import _KernelsMicro

// Norms, and logarithms of sums of exponentials, over some axes.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The norms over some axes: of order 2 the root of the sum of squares, of order 1 the sum of the
  /// magnitudes, of infinity the largest of them, of zero the number of those that are not zero.
  ///
  /// In `Double`, rounded once.
  ///
  ///     let x: Tensor<Float> = [3, -4]
  ///     x.norm()           // 5
  ///     x.norm(order: 1)   // 7
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

  /// The logarithms of the sums of the exponentials over some axes, which do not overflow; minus
  /// infinity where there are no elements.
  ///
  /// In `Double`, rounded once.
  ///
  ///     Tensor([1000, 1000]).logSumExp()   // 1000.693
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
}
