import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct ConvolutionTests {
  /// A convolution of the golden file: what its layer is made with.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let channels: (Int, Int)
    let size: (Int, Int)
    var stride = 1
    var padding: Padding = 0
    var outputPadding = 0
    var dilation = 1
    var groups = 1
    var bias = true
    var testDescription: String { name }

    init(
      _ name: String, _ inputs: Int, _ outputs: Int, _ size: Int, _ stride: Int = 1,
      padding: Padding = 0, outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1,
      bias: Bool = true
    ) {
      (self.name, channels, self.size) = (name, (inputs, outputs), (size, size))
      (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
      (self.dilation, self.groups, self.bias) = (dilation, groups, bias)
    }
  }

  static let cases = [
    Case("conv2d", 3, 5, 3, padding: 1),
    Case("conv2d-stride", 3, 7, 3, 2, padding: 1, bias: false),
    Case("conv2d-patch", 3, 11, 4, 4),
    Case("conv2d-dilated", 5, 6, 3, padding: 2, dilation: 2),
    Case("conv2d-winograd", 32, 33, 3, padding: 1),
    Case("conv2d-groups", 6, 4, 3, 2, padding: 1, groups: 2),
    Case("conv2d-groups-dilated", 6, 9, 3, padding: 2, dilation: 2, groups: 3),
    Case("conv2d-depthwise", 37, 37, 3, padding: 1, groups: 37),
    Case("conv2d-depthwise-stride", 5, 5, 5, 2, padding: 2, groups: 5, bias: false),
    Case("conv2d-depthwise-dilated", 3, 3, 3, padding: 3, dilation: 3, groups: 3),
    Case("conv2d-multiplier", 3, 6, 3, padding: 1, groups: 3),
  ]

  static let transposed = [
    Case("transposed", 3, 5, 3),
    Case("transposed-stride", 5, 4, 4, 2, padding: 1),
    Case("transposed-output-padding", 4, 3, 3, 2, padding: 1, outputPadding: 1, bias: false),
    Case("transposed-gaps", 3, 4, 2, 3, outputPadding: 1),
    Case("transposed-dilated", 3, 5, 3, 2, padding: 1, dilation: 3),
    Case("transposed-common", 3, 2, 3, 4, padding: 2, outputPadding: 3, dilation: 2),
    Case("transposed-groups", 6, 4, 3, 2, padding: 1, outputPadding: 1, groups: 2),
  ]

  /// What bfloat16 may err, against the largest result.
  static func bound(_ precision: Precision) -> Double { precision == .float32 ? 3e-6 : 2e-2 }

  @Test(arguments: cases, KernelTable.supported)
  func conv2dMatchesPyTorch(_ test: Case, _ table: KernelTable) throws {
    for precision in Precision.floatingPoint { try conv2dMatchesPyTorch(test, precision, table) }
  }

  func conv2dMatchesPyTorch(
    _ test: Case, _ precision: Precision, _ table: KernelTable
  ) throws {
    let golden = try LayerCase(test.name)
    let layer = try Conv2d(
      test.channels.0, test.channels.1, size: test.size.0, stride: test.stride,
      padding: test.padding, dilation: test.dilation, groups: test.groups, bias: test.bias,
      from: golden.weights(precision, table))
    let (x, y) = try (golden.x.channelsLast, golden.y.channelsLast)
    #expect(layer(x).shape == y.shape)
    #expect(relativeError(layer(x).elements, y.elements) < Self.bound(precision))
    if precision == .float32 { try expectParameters(of: layer, are: golden) }

    // The same between layers, with a residual and padding of the result.
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let images = PaddedPixels(x, padding: layer.padding, in: workspace)
    let residual = PaddedPixels(y, in: workspace)
    let sum = layer(images, residual: residual, padding: 1, in: workspace)
    #expect(
      relativeError(sum.tensor(in: workspace).elements, (y + y).elements)
        < Self.bound(precision))
  }

  @Test func conv2dOfRectanglesMatchesPyTorch() throws {
    let golden = try LayerCase("conv2d-rectangle")
    let layer = try Conv2d(
      4, 5, height: 2, width: 3, padding: Padding(height: 0, width: 1), from: golden.weights)
    let y = layer(try golden.x.channelsLast)
    #expect(relativeError(y.elements, try golden.y.channelsLast.elements) < 3e-6)
    let same = Conv2d(
      weight: try golden["layer.weight"], bias: try golden["layer.bias"],
      padding: Padding(height: 0, width: 1))
    #expect(same(try golden.x.channelsLast).elements == y.elements)
  }

  @Test(arguments: transposed, KernelTable.supported)
  func convTranspose2dMatchesPyTorch(_ test: Case, _ table: KernelTable) throws {
    for precision in Precision.floatingPoint {
      try convTranspose2dMatchesPyTorch(test, precision, table)
    }
  }

  func convTranspose2dMatchesPyTorch(
    _ test: Case, _ precision: Precision, _ table: KernelTable
  ) throws {
    let golden = try LayerCase(test.name)
    let layer = try ConvTranspose2d(
      test.channels.0, test.channels.1, size: test.size.0, stride: test.stride,
      padding: test.padding.top, outputPadding: test.outputPadding, dilation: test.dilation,
      groups: test.groups, bias: test.bias, from: golden.weights(precision, table))
    let (y, expected) = try (layer(golden.x.channelsLast), golden.y.channelsLast)
    #expect(y.shape == expected.shape)
    #expect(relativeError(y.elements, expected.elements) < Self.bound(precision))
    if precision == .float32 { try expectParameters(of: layer, are: golden) }
  }

  @Test func conv1dMatchesPyTorch() throws {
    let plain = try LayerCase("conv1d")
    let layer = try Conv1d(5, 7, size: 3, padding: 1, from: plain.weights)
    #expect(
      relativeError(
        layer(try plain.x.channelsLast).elements, try plain.y.channelsLast.elements) < 3e-6)
    try expectParameters(of: layer, are: plain)
    let all = try LayerCase("conv1d-all")
    let second = try Conv1d(
      6, 4, size: 3, stride: 2, padding: 2, dilation: 2, groups: 2, bias: false,
      from: all.weights)
    #expect(
      relativeError(
        second(try all.x.channelsLast).elements, try all.y.channelsLast.elements) < 3e-6)
    try expectParameters(of: second, are: all)
  }
}
