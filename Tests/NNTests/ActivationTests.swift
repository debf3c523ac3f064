import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct ActivationTests {
  static let all: [(name: String, activation: Activation)] = [
    ("identity", .identity), ("relu", .relu), ("gelu", .gelu), ("geluTanh", .geluTanh),
    ("silu", .silu), ("quickGELU", .quickGELU), ("sigmoid", .sigmoid), ("tanh", .tanh),
    ("relu6", .relu6), ("leakyReLU", .leakyReLU(slope: 0.02)), ("elu", .elu(alpha: 1.5)),
    ("selu", .selu), ("softplus", .softplus), ("mish", .mish), ("hardSigmoid", .hardSigmoid),
    ("hardSwish", .hardSwish),
  ]

  /// In PyTorch's places, NaN and infinity included; alone and behind a product, which on the tile unit
  /// makes NaN of infinity.
  @Test(arguments: KernelTable.supported, all.indices)
  func matchesPyTorch(_ table: KernelTable, _ index: Int) throws {
    let golden = try LayerCase("activation")
    let (name, activation) = Self.all[index]
    let x = try golden.x
    // PyTorch's GELU of infinity is NaN.
    let expected = try zip(x.elements, golden[name].elements).map {
      activation == .gelu && $0 == .infinity ? .infinity : $1
    }
    // GELU is within 9 ulp of 1 where the error function cancels.
    let bound: Float = activation == .gelu ? 1.1e-6 : 4e-7
    let workspace = Workspace(threads: 1, table: table)
    let one = PackedMatrix(Tensor([1], shape: [1, 1]), table: table)
    let column = Operand(x.reshaped([x.count, 1]))
    for (found, isProduct) in [
      (activation(x, in: workspace).elements, false),
      (linear(column, one, activation: activation, in: workspace).elements, true),
      (linearOperand(column, one, activation: activation, in: workspace).tensor.elements, true),
    ] {
      for (x, (y, z)) in zip(x.elements, zip(found, expected)) {
        if isProduct && x.isInfinite && table.name == "amx" { continue }
        #expect(
          y == z || (y.isNaN && z.isNaN) || (y - z).magnitude <= bound * max(z.magnitude, 1),
          "\(name) of \(x): \(y), not \(z)")
      }
    }
  }

  @Test func functionsAndLayersAreTheSame() throws {
    let x = Tensor<Float>([-1, 0.5, 2])
    #expect(relu(x).elements == [0, 0.5, 2])
    #expect(silu(x).elements == Activation.silu(x).elements)
    #expect(gelu(x).elements == Activation.gelu(x).elements)
    #expect(geluTanh(x).elements == Activation.geluTanh(x).elements)
    #expect(sigmoid(x).elements == Activation.sigmoid(x).elements)
    #expect(softmax(x).elements == softmax(x, in: Workspace(threads: 1)).elements)
    #expect(Dropout(0.1)(x).elements == x.elements)
  }
}
