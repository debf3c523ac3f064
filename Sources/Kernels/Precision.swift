package import _KernelsMicro

/// The numbers that matrix products and attention multiply.
///
/// Sums are always of 32 bits.
public enum Precision: String, Sendable, CaseIterable {
  /// 32-bit floating point.
  case float32 = "f32"
  /// 16-bit floating point with 8 bits of precision and the range of 32 bits.
  case bfloat16 = "bf16"
}

extension KernelTable {
  /// The products of a precision.
  package func products(_ precision: Precision) -> MatrixKernels {
    switch precision {
    case .float32: float32
    case .bfloat16: bfloat16
    }
  }
}
