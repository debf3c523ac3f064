internal import _KernelsActive
internal import _KernelsMicro

extension Tensor {
  /// The elements as another type.
  ///
  /// A number becomes the nearest of the other type. Where that is an integer, fractions are
  /// dropped, what is out of range becomes the nearest end of it, and NaN becomes zero. A number
  /// other than zero is true.
  ///
  ///     Tensor([1.7, -2.5, 300]).converted(to: UInt8.self)   // [1, 0, 255]
  public func converted<Other: TensorScalar>(to other: Other.Type) -> Tensor<Other> {
    AnyTensor(self).converted(to: other)
  }
}

extension AnyTensor {
  /// The elements as another type, by the rules of `Tensor.converted(to:)`; the same elements where
  /// they are of that type.
  ///
  ///     AnyTensor(Tensor([1.5, 2])).converted(to: Int32.self)   // [1, 2]
  public func converted<Scalar: TensorScalar>(to scalar: Scalar.Type) -> Tensor<Scalar> {
    if let tensor: Tensor<Scalar> = tensor() { return tensor }
    let result = Tensor<Scalar>(uninitialized: shape)
    withUnsafeBytes { bytes in
      guard let input = bytes.baseAddress else { return }
      let output = UnsafeMutableRawPointer(result.mutablePointer)
      switch (scalarType, Scalar.scalarType) {
      case (.float, .bfloat16):
        KernelTable.active.narrow(input.assumingMemoryBound(to: Float.self), output, count)
      case (.bfloat16, .float):
        KernelTable.active.widen(input, output.assumingMemoryBound(to: Float.self), count)
      case (.float16, .float):
        KernelTable.active.widenFloat16(input, output.assumingMemoryBound(to: Float.self), count)
      case (let type, let outputType):
        nonisolated(unsafe) let (input, output) = (input, output)
        let (size, outputSize) = (type.byteCount, outputType.byteCount)
        inParallel(count, grain: 4096, cost: size + outputSize) {
          let start = $0.lowerBound
          KernelTable.conversion.convert(
            type, input + start * size, outputType, output + start * outputSize, $0.count)
        }
      }
    }
    return result
  }
}
