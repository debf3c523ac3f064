import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Convolutions, norms and upsamplings of bfloat16 against `Double`, on the tile unit and without
/// it.
@Suite struct BFloat16ImageTests {
  /// What rounding to bfloat16 may change of a number: half a unit of 8 bits.
  private static let rounding = 0x1p-8

  /// What a number becomes as an operand.
  private func rounded(_ x: [Float]) -> [Float] { x.map { Float(BFloat16($0)) } }

  /// Images around the edges of spans, blocks and panels.
  static let cases: [Reference.Convolution] = {
    var wide = [(15, 32, 16), (16, 33, 17), (17, 64, 32), (31, 31, 33), (32, 32, 64), (33, 65, 3)]
      .map {
        Reference.Convolution(batch: 2, height: 3, width: $0.0, inputs: $0.1, outputs: $0.2)
      }
    wide += [(34, 1), (65, 2)].map {
      var c = Reference.Convolution(batch: 1, height: 6, width: $0.0, inputs: 40, outputs: 50)
      (c.stride, c.padding) = (2, (0, 1, $0.1, 1))
      return c
    }
    return ConvolutionTests.cases + wide
  }()

  @Test(arguments: KernelTable.supported)
  func convolutionMatchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 31)
    let workspace = Workspace(threads: 2, precision: .bfloat16, table: table)
    for (index, reference) in Self.cases.enumerated() {
      let shape = reference.outputShape
      let (x, w) = (numbers.next(reference.inputShape), numbers.next(reference.weightShape))
      let bias = numbers.next([reference.outputs])
      let residual =
        index % 2 == 0 ? Tensor(rounded(numbers.next(shape).elements), shape: shape) : nil
      let (values, magnitudes) = reference(rounded(x.elements), rounded(w.elements))
      let images = PaddedPixels(x, padding: Padding(reference.padding), in: workspace)
      let weight = PackedKernel(
        w, stride: reference.stride, precision: .bfloat16, table: table)
      let plain = convolution(
        images, weight, bias: bias, residual: residual, in: workspace)
      let pixels = convolutionPixels(
        images, weight, bias: bias,
        residual: residual.map { PaddedPixels($0, in: workspace) }, in: workspace)
      #expect(plain.shape == shape && pixels.shape == shape)
      let (biases, summands) = (bias.elements, residual?.elements)
      // The products of rounded operands are exact; each of the additions rounds once.
      let terms = Double(reference.weightShape.dropFirst().reduce(1, *) + 34)
      for (i, (a, b)) in zip(plain.elements, pixels.tensor(in: workspace).elements).enumerated() {
        let expected =
          values[i] + Double(biases[i % reference.outputs]) + Double(summands?[i] ?? 0)
        let bound = terms * 6e-8 * (magnitudes[i] + 2)
        #expect((Double(a) - expected).magnitude <= bound)
        #expect(
          (Double(b) - expected).magnitude <= bound + Self.rounding * expected.magnitude)
      }
    }
  }

  /// Images are the same bits alone, in any batch, and on any number of threads.
  @Test(arguments: KernelTable.supported, [32, 150])
  func imagesDoNotDependOnTheirBatch(_ table: KernelTable, _ outputs: Int) {
    var numbers = SampleNumbers(seed: 32)
    let weight = PackedKernel(
      numbers.next([outputs, 45, 3, 3]), precision: .bfloat16, table: table)
    let x = numbers.next([3, 13, 21, 45])
    func bits(_ x: Tensor<Float>, threads: Int) -> [UInt32] {
      let workspace = Workspace(threads: threads, precision: .bfloat16, table: table)
      let normal = groupNorm(
        x, groups: 5, epsilon: 1e-6, activation: .silu, padding: weight.padding, in: workspace)
      let result = convolutionPixels(normal, weight, in: workspace)
      return groupNorm(result, groups: 2, epsilon: 1e-6, in: workspace).tensor(in: workspace).bits
        + convolution(normal, weight, in: workspace).bits
    }
    let all = bits(x, threads: 1)
    for threads in 2...4 { #expect(bits(x, threads: threads) == all) }
    let count = all.count / 6
    for image in 0..<3 {
      let alone = bits(x[image..<image + 1], threads: 2)
      #expect(alone[..<count] == all[image * count..<(image + 1) * count])
      #expect(alone[count...] == all[(image + 3) * count..<(image + 4) * count])
    }
  }

  /// SiLU of what lies far below zero is next to nothing.
  @Test(arguments: KernelTable.supported)
  func siluOfHugeNumbers(_ table: KernelTable) {
    let x = Tensor((0..<128).map { Float($0 % 2) }, shape: [1, 1, 2, 64])
    let y = groupNorm(
      x, groups: 32, weight: Tensor(repeating: 3e38, shape: [64]), epsilon: 1e-6,
      activation: .silu, in: Workspace(threads: 1, precision: .bfloat16, table: table))
    for (x, y) in zip(x.elements, y.tensor(in: Workspace(threads: 1, table: table)).elements) {
      #expect(x > 0 ? y > 2.9e38 : y.magnitude < 1e-35)
    }
  }

  @Test(arguments: KernelTable.supported, [Activation.identity, .silu, .geluTanh])
  func groupNormMatchesReference(_ table: KernelTable, _ activation: Activation) {
    var numbers = SampleNumbers(seed: 33)
    let workspace = Workspace(threads: 2, precision: .bfloat16, table: table)
    let exact = Workspace(threads: 2, table: table)
    for (shape, groups) in GroupNormTests.cases + [([1, 3, 300, 64], 32), ([2, 5, 33, 96], 32)] {
      let x = Tensor(
        rounded(numbers.next(shape.reduce(1, *)).map { 3 * $0 + 5 }), shape: shape)
      let (weight, bias) = (numbers.next([shape[3]]), numbers.next([shape[3]]))
      func normalized(_ x: PaddedPixels, in workspace: Workspace) -> [Float] {
        groupNorm(
          x, groups: groups, weight: weight, bias: bias, epsilon: 1e-6, activation: activation,
          padding: Padding(1), in: workspace
        ).tensor(in: workspace).elements
      }
      // Of 32 bits, this is tested against `Double`.
      let expected = normalized(PaddedPixels(x, in: exact), in: exact)
      for images in [PaddedPixels(x, in: exact), PaddedPixels(x, in: workspace)] {
        for (y, z) in zip(normalized(images, in: workspace), expected) {
          #expect((y - z).magnitude <= Float(Self.rounding) * z.magnitude + 2e-5)
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, [1, 2, 3])
  func enlargesImages(_ table: KernelTable, by factor: Int) {
    var numbers = SampleNumbers(seed: 34)
    let workspace = Workspace(threads: 3, precision: .bfloat16, table: table)
    for channels in [1, 3, 17, 32, 33, 64] {
      let x = Tensor(rounded(numbers.next(2 * 3 * 5 * channels)), shape: [2, 3, 5, channels])
      let expected = NaiveArray([2, 3 * factor, 5 * factor, channels]) { index in
        NaiveArray(x)[broadcast: [index[0], index[1] / factor, index[2] / factor, index[3]]]
      }
      for padding in [Padding.none, .downsampling, Padding(1)] {
        let once = upsampled(x, by: factor, padding: padding, in: workspace)
        let again = upsampled(PaddedPixels(x, in: workspace), by: factor, in: workspace)
        #expect(once.tensor(in: workspace).elements == expected.elements)
        #expect(again.tensor(in: workspace).elements == expected.elements)
      }
    }
  }

  /// Memory that comes back from the pool has zeros where a convolution needs them.
  @Test(arguments: KernelTable.supported)
  func paddingIsZeroInUsedMemory(_ table: KernelTable) {
    let workspace = Workspace(threads: 2, precision: .bfloat16, table: table)
    let weight = PackedKernel(
      Tensor(repeating: 1, shape: [1, 2, 3, 3]), precision: .bfloat16, table: table)
    let x = Tensor<Float>(repeating: 1, shape: [2, 4, 5, 2])
    func result() -> [Float] {
      convolution(PaddedPixels(x, padding: Padding(1), in: workspace), weight, in: workspace)
        .elements
    }
    let expected = result()
    for channels in [2, 32] {
      for side in 4...8 {
        _ = upsampled(
          Tensor(repeating: .nan, shape: [2, side, side, channels]), by: 1, in: workspace)
      }
    }
    #expect(result() == expected)
    #expect(expected.allSatisfy { $0.isFinite })
  }

  @Test func refusesImagesOfAnotherPrecision() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let rounded = Workspace(threads: 1, precision: .bfloat16)
      _ = convolution(
        PaddedPixels(Tensor(repeating: 0, shape: [1, 6, 7, 3]), in: rounded),
        PackedKernel(Tensor(repeating: 0, shape: [5, 3, 3, 3])), in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("where weights of f32 take numbers of 32 bits"))
  }

  @Test(.enabled(if: Workspace.hasTileUnit))
  func refusesAResidualInBlocksWhereNumbersAreRead() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let images = Tensor<Float>(repeating: 0, shape: [1, 6, 7, 3])
      let inBlocks = PaddedPixels(images, in: Workspace(threads: 1, precision: .bfloat16))
      let workspace = Workspace(threads: 1)
      _ = convolutionPixels(
        PaddedPixels(images, padding: Padding(1), in: workspace),
        PackedKernel(Tensor(repeating: 0, shape: [3, 3, 3, 3])), residual: inBlocks, in: workspace)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a residual of bfloat16 in blocks of 32 channels does not add"))
  }
}
