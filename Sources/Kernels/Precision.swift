internal import _KernelsActive
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

extension Precision {
  /// What suits a model on this machine: bfloat16 where the active instruction set multiplies it
  /// and the model has a hundred million parameters or more, else 32 bits.
  ///
  /// A small model spends its time elsewhere, and would lose digits for little.
  public static func automatic(parameterCount: Int) -> Precision {
    automatic(parameterCount: parameterCount, table: .active)
  }

  package static func automatic(parameterCount: Int, table: KernelTable) -> Precision {
    !table.bfloat16.widens && parameterCount >= 100_000_000 ? .bfloat16 : .float32
  }
}

extension KernelTable {
  /// The products of a precision.
  package func kernels(for precision: Precision) -> MatrixKernels {
    switch precision {
    case .float32: float32
    case .bfloat16: bfloat16
    }
  }
}
