internal import _KernelsActive
internal import _KernelsMicro

extension Tensor<Float> {
  /// e to the power of each element, within 2 ulp.
  public func exp() -> Tensor { mapped(.exp) }

  /// The natural logarithms, within 1 ulp; -infinity of zero, NaN of what is less.
  public func log() -> Tensor { mapped(.log) }

  /// The hyperbolic tangents, within 3 ulp.
  public func tanh() -> Tensor { mapped(.tanh) }

  /// The square roots.
  public func squareRoot() -> Tensor { mapped(.squareRoot) }

  /// The nearest whole numbers, ties to even.
  public func rounded() -> Tensor { mapped(.rounded) }

  private func mapped(_ function: ElementFunction) -> Tensor {
    let result = Tensor(uninitialized: shape)
    withUnsafeElements { elements in
      guard let input = elements.baseAddress else { return }
      KernelTable.active.map(function, input, result.mutablePointer, count)
    }
    return result
  }
}
