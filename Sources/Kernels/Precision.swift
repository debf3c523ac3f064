internal import _KernelsActive
package import _KernelsMicro

/// The numbers that matrix products and attention multiply, as PyTorch's `dtype` of a model.
///
/// Sums are always of 32 bits.
public enum Precision: String, Sendable, CaseIterable {
  /// 32-bit floating point.
  case float32 = "f32"
  /// 16-bit floating point with 8 bits of precision and the range of 32 bits.
  case bfloat16 = "bf16"
  /// 8-bit integers: weights are quantized on loading and rows on the way, each in groups of terms
  /// with a scale of their own. Attention multiplies bfloat16 where the machine does, and else
  /// 32-bit numbers.
  case int8 = "int8"
  /// 32-bit numbers by weights of 8 bits in groups with a scale each, which takes a quarter of the
  /// memory.
  case weights8 = "w8"
  /// 32-bit numbers by weights of 4 bits in groups with a scale each, which takes an eighth of the
  /// memory.
  case weights4 = "w4"

  /// Those whose weights are floating-point numbers.
  package static let floatingPoint: [Precision] = [.float32, .bfloat16]

  /// The bits of quantized weights; nil where weights are floating-point numbers.
  public var elementWidth: QuantizedMatrix.Width? {
    switch self {
    case .float32, .bfloat16: nil
    case .int8, .weights8: .eightBits
    case .weights4: .fourBits
    }
  }

  /// For layers that a model keeps out of quantization: 32-bit numbers where weights are quantized,
  /// else the same numbers.
  public var unquantized: Precision { elementWidth == nil ? self : .float32 }

  /// For layers that a model quantizes the weights of alone, in 8 bits: those whose few rows cost
  /// no time, and whose errors count in every token.
  public var weightsOnly: Precision { elementWidth == nil ? self : .weights8 }
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
    table.multipliesBFloat16 && parameterCount >= 100_000_000 ? .bfloat16 : .float32
  }
}

extension KernelTable {
  /// Whether there is an instruction that multiplies bfloat16.
  var multipliesBFloat16: Bool { bfloat16.format == .elements }

  /// The floating-point kernels of a precision: those that weights of small integers go with take
  /// and give 32-bit numbers.
  package func kernels(for precision: Precision) -> MatrixKernels {
    precision == .bfloat16 ? bfloat16 : float32
  }

  /// The kernels for quantized weights of a precision; nil where weights are floating-point
  /// numbers.
  package func quantizedKernels(for precision: Precision) -> QuantizedKernels? {
    switch precision {
    case .float32, .bfloat16: nil
    case .int8: int8
    case .weights8: vector.weights8
    case .weights4: vector.weights4
    }
  }

  /// The kernels of attention without a bias.
  func attentionKernels(for precision: Precision) -> MatrixKernels {
    precision == .int8 && multipliesBFloat16 ? bfloat16 : kernels(for: precision)
  }
}
