import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct ConvolutionTests {
  /// Kernels, strides and paddings of the autoencoder and others, of small and odd images.
  static let cases: [Reference.Convolution] = {
    var numbers = SampleNumbers(seed: 20)
    let extents = [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 23]
    let channels = [1, 2, 3, 4, 5, 7, 8, 13, 16, 31, 33, 40]
    func shape() -> Reference.Convolution {
      Reference.Convolution(
        batch: numbers.next(in: 1...3), height: extents[numbers.next(in: 0...11)],
        width: extents[numbers.next(in: 0...11)], inputs: channels[numbers.next(in: 0...11)],
        outputs: channels[numbers.next(in: 0...11)])
    }
    let same = (0..<20).map { _ in shape() }
    let pointwise = (0..<8).map { _ in
      var convolution = shape()
      (convolution.kernel, convolution.padding) = ((1, 1), (0, 0, 0, 0))
      return convolution
    }
    let downsampling = (0..<8).map { _ in
      var convolution = shape()
      convolution.height += 2
      convolution.width += 2
      (convolution.stride, convolution.padding) = (2, (0, 1, 0, 1))
      return convolution
    }
    let others = (0..<16).map { _ in
      var convolution = shape()
      convolution.kernel = (numbers.next(in: 1...5), numbers.next(in: 1...5))
      convolution.stride = numbers.next(in: 1...3)
      convolution.padding = (
        numbers.next(in: 0...2), numbers.next(in: 0...2), numbers.next(in: 0...2),
        numbers.next(in: 0...2)
      )
      // No smaller than the kernel.
      convolution.height += 4
      convolution.width += 4
      return convolution
    }
    // The depth beyond what one section of a product holds.
    let deep = Reference.Convolution(batch: 1, height: 4, width: 5, inputs: 150, outputs: 33)
    // Wide enough for Winograd's products: whole squares, and halves of them at the edges.
    let wide = [
      (3, 3, (0, 0, 0, 0)), (3, 6, (0, 0, 0, 0)), (4, 4, (1, 1, 1, 1)), (5, 7, (2, 0, 1, 3)),
      (8, 10, (1, 1, 1, 1)), (15, 11, (0, 0, 0, 0)),
    ].map { height, width, padding in
      var convolution = Reference.Convolution(
        batch: numbers.next(in: 1...3), height: height, width: width,
        inputs: numbers.next(in: 32...50), outputs: numbers.next(in: 32...50))
      convolution.padding = padding
      return convolution
    }
    return same + pointwise + downsampling + others + [deep] + wide
  }()

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 21)
    let workspace = Workspace(threads: 2, table: table)
    for (index, reference) in Self.cases.enumerated() {
      let (shape, weightShape) = (reference.outputShape, reference.weightShape)
      let (x, weight) = (numbers.next(reference.inputShape), numbers.next(weightShape))
      let bias = numbers.next([reference.outputs])
      let residual = index % 2 == 0 ? numbers.next(shape) : nil
      let result = convolution(
        PaddedPixels(x, padding: Padding(reference.padding), in: workspace),
        PackedKernel(weight, stride: reference.stride, table: table), bias: bias,
        residual: residual, in: workspace)
      #expect(result.shape == shape)
      let (values, magnitudes) = reference(x.elements, weight.elements)
      let (biases, summands) = (bias.elements, residual?.elements)
      for (i, element) in result.elements.enumerated() {
        let summand = Double(summands?[i] ?? 0)
        let expected = values[i] + Double(biases[i % reference.outputs]) + summand
        // Each addition rounds once.
        let terms = Double(weightShape.dropFirst().reduce(1, *) + 3)
        #expect((Double(element) - expected).magnitude <= terms * 6e-8 * (magnitudes[i] + 2))
      }
    }
  }

  /// Images are the same bits alone, in any batch, and on any number of threads.
  @Test(arguments: KernelTable.supported, [19, 45])
  func imagesDoNotDependOnTheirBatch(_ table: KernelTable, _ inputs: Int) {
    var numbers = SampleNumbers(seed: 22)
    let weight = PackedKernel(numbers.next([37, inputs, 3, 3]), table: table)
    let x = numbers.next([3, 13, 11, inputs])
    func bits(_ x: Tensor<Float>, threads: Int) -> [UInt32] {
      let workspace = Workspace(threads: threads, table: table)
      return convolution(
        PaddedPixels(x, padding: weight.padding, in: workspace), weight, in: workspace
      ).bits
    }
    let all = bits(x, threads: 1)
    for threads in 2...4 { #expect(bits(x, threads: threads) == all) }
    let count = all.count / 3
    for image in 0..<3 {
      #expect(
        bits(x[image..<image + 1], threads: 2)
          == Array(all[image * count..<(image + 1) * count]))
    }
  }

  /// Memory that comes back from the pool has zeros around the images again.
  @Test func paddingIsZeroInUsedMemory() {
    let workspace = Workspace(threads: 2)
    let weight = PackedKernel(Tensor(repeating: 1, shape: [1, 2, 3, 3]))
    let padding = Padding(top: 1, bottom: 2, left: 3, right: 1)
    let x = Tensor<Float>(repeating: 1, shape: [2, 4, 5, 2])
    let expected = convolution(
      PaddedPixels(x, padding: padding, in: workspace), weight, in: workspace
    ).elements
    _ = upsampled(Tensor(repeating: .nan, shape: [2, 7, 9, 2]), by: 1, in: workspace)
    let again = convolution(
      PaddedPixels(x, padding: padding, in: workspace), weight, in: workspace)
    #expect(again.elements == expected)
    #expect(expected.allSatisfy { $0.isFinite })
  }

  @Test(arguments: KernelTable.supported, [1, 2, 3])
  func enlargesImages(_ table: KernelTable, by factor: Int) {
    var numbers = SampleNumbers(seed: 23)
    let workspace = Workspace(threads: 3, table: table)
    for channels in [1, 3, 4, 17, 32] {
      let x = numbers.next([2, 3, 5, channels])
      for padding in [Padding.none, .downsampling, Padding(1)] {
        let result = upsampled(
          x, by: factor, padding: padding, in: workspace)
        let expected = NaiveArray(result.shape) { index in
          NaiveArray(x)[broadcast: [index[0], index[1] / factor, index[2] / factor, index[3]]]
        }
        #expect(result.shape == [2, 3 * factor, 5 * factor, channels])
        #expect(result.tensor(in: workspace).elements == expected.elements)
      }
    }
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func noOutputsAreNone(_ table: KernelTable, _ precision: Precision) {
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let x = PaddedPixels(
      Tensor(repeating: 1, shape: [1, 8, 8, 1000]), padding: Padding(1), in: workspace)
    let kernel = PackedKernel(
      Tensor(repeating: 0, shape: [0, 1000, 5, 3]), stride: 2, precision: precision, table: table)
    #expect(convolution(x, kernel, in: workspace).shape == [1, 3, 4, 0])
    let upsampling = PackedUpsamplingKernel(
      Tensor(repeating: 0, shape: [0, 1000, 3, 3]), precision: precision, table: table)
    #expect(upsampledConvolution(x, upsampling, in: workspace).shape == [1, 16, 16, 0])
  }

  @Test func refusesPaddingBelowZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = upsampled(
        Tensor(repeating: 1, shape: [1, 6, 6, 3]), by: 1, padding: Padding(top: -1),
        in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("less than no pixels on a side"))
  }

  @Test func refusesShapesThatDoNotMeet() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let workspace = Workspace(threads: 1)
      _ = convolution(
        PaddedPixels(Tensor(repeating: 0, shape: [2, 6, 7, 3]), in: workspace),
        PackedKernel(Tensor(repeating: 0, shape: [5, 4, 3, 3])), in: workspace)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      message.contains(
        "convolution: [2, 6, 7, 3], with padding 6 × 7, by weights [5, 4, 3, 3] do not meet"))
  }

  @Test func refusesAResidualOfAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let workspace = Workspace(threads: 1)
      _ = convolution(
        PaddedPixels(Tensor(repeating: 0, shape: [1, 6, 7, 3]), in: workspace),
        PackedKernel(Tensor(repeating: 0, shape: [5, 3, 3, 3])),
        residual: Tensor(repeating: 0, shape: [1, 6, 7, 5]), in: workspace)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("a result of [1, 4, 5, 5] does not add to [1, 6, 7, 5]"))
  }
}

extension Padding {
  init(_ sides: (top: Int, bottom: Int, left: Int, right: Int)) {
    self.init(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right)
  }
}

extension SampleNumbers {
  /// The next numbers as a tensor.
  mutating func next(_ shape: [Int]) -> Tensor<Float> {
    Tensor(next(shape.reduce(1, *)), shape: shape)
  }
}
