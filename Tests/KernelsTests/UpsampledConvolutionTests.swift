import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct UpsampledConvolutionTests {
  /// Batch, height, width, inputs and outputs.
  static let shapes = [
    [1, 1, 1, 1, 1], [2, 1, 3, 4, 5], [1, 2, 1, 7, 33], [3, 4, 5, 3, 16], [1, 7, 9, 40, 2],
    [1, 6, 13, 31, 37],
  ]

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 26)
    let workspace = Workspace(threads: 2, table: table)
    for shape in Self.shapes {
      let (x, weight) = (
        numbers.next(Array(shape[..<4])), numbers.next([shape[4], shape[3], 3, 3])
      )
      let bias = numbers.next([shape[4]])
      let result = upsampledConvolution(
        PaddedPixels(x, padding: PackedUpsamplingKernel.padding, in: workspace),
        PackedUpsamplingKernel(weight, table: table), bias: bias, in: workspace
      ).tensor(in: workspace)
      let reference = Reference.Convolution(
        batch: shape[0], height: 2 * shape[1], width: 2 * shape[2], inputs: shape[3],
        outputs: shape[4])
      #expect(result.shape == reference.outputShape)
      let upsampled = NaiveArray(reference.inputShape) {
        NaiveArray(x)[broadcast: [$0[0], $0[1] / 2, $0[2] / 2, $0[3]]]
      }
      let (values, magnitudes) = reference(upsampled.elements, weight.elements)
      let biases = bias.elements
      for (i, element) in result.elements.enumerated() {
        let expected = values[i] + Double(biases[i % shape[4]])
        // Each addition rounds once, those of weights too.
        let terms = Double(9 * shape[3] + 3)
        #expect((Double(element) - expected).magnitude <= terms * 6e-8 * (magnitudes[i] + 2))
      }
    }
  }

  /// Images are the same bits alone, in any batch, and on any number of threads.
  @Test(arguments: KernelTable.supported)
  func imagesDoNotDependOnTheirBatch(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 27)
    let weight = PackedUpsamplingKernel(numbers.next([37, 19, 3, 3]), table: table)
    let x = numbers.next([3, 13, 11, 19])
    func bits(_ x: Tensor<Float>, threads: Int) -> [UInt32] {
      let workspace = Workspace(threads: threads, table: table)
      return upsampledConvolution(
        PaddedPixels(x, padding: PackedUpsamplingKernel.padding, in: workspace), weight,
        in: workspace
      ).tensor(in: workspace).bits
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
}
