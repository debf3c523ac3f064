import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct TransposedConvolutionTests {
  /// Kernels whose parts go by Winograd's products, on every table.
  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func matchesReference(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 16)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    for (size, stride, padding) in [(6, 2, 2), (3, 1, 1), (4, 2, 1)] {
      let (inputs, outputs, height, width) = (32, 33, 5, 3)
      let x = Tensor(numbers.next(2 * height * width * inputs), shape: [2, height, width, inputs])
      let weight = Tensor(
        numbers.next(inputs * outputs * size * size), shape: [inputs, outputs, size, size])
      let bias = Tensor(numbers.next(outputs))
      let kernel = PackedTransposedKernel(
        weight, stride: stride, padding: padding, precision: precision, table: table)
      let y = transposedConvolution(
        PaddedPixels(x, in: workspace), kernel, bias: bias, in: workspace
      ).tensor(in: workspace)
      let extent = (
        height: (height - 1) * stride - 2 * padding + size,
        width: (width - 1) * stride - 2 * padding + size
      )
      #expect(y.shape == [2, extent.height, extent.width, outputs])
      // Each pixel spread over the result.
      var expected = (0..<y.count).map { Double(bias.elements[$0 % outputs]) }
      let (pixels, terms) = (x.elements, weight.elements)
      for place in 0..<2 * height * width {
        let (image, rest) = place.quotientAndRemainder(dividingBy: height * width)
        for k in 0..<size * size {
          let line = rest / width * stride + k / size - padding
          let column = rest % width * stride + k % size - padding
          guard (0..<extent.height).contains(line), (0..<extent.width).contains(column) else {
            continue
          }
          let first = ((image * extent.height + line) * extent.width + column) * outputs
          for output in 0..<outputs {
            expected[first + output] += (0..<inputs).reduce(0) { sum, input in
              let term = terms[(input * outputs + output) * size * size + k]
              return sum + Double(pixels[place * inputs + input]) * Double(term)
            }
          }
        }
      }
      #expect(relativeError(y.elements, expected) < (precision == .float32 ? 3e-6 : 1e-2))
    }
  }
}
