@testable import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct UnpackedMatrixTests {
  /// What was packed comes back, rounded to what products multiply, whatever the panels look like.
  @Test(arguments: KernelTable.supported, Precision.allCases)
  func givesWhatWasPacked(_ table: KernelTable, _ precision: Precision) throws {
    var numbers = SampleNumbers(seed: 21)
    for (outputs, inputs) in [
      (1, 1), (3, 2), (32, 33), (49, 64), (65, 31), (7, 300), (5, 900), (0, 5), (5, 0),
    ] {
      let weight = Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs])
      let packed = PackedMatrix(weight, precision: precision, table: table)
      let expected =
        switch precision {
        case .float32: weight
        case .bfloat16: weight.converted(to: BFloat16.self).converted(to: Float.self)
        case .int8, .weights8: try QuantizedMatrix(weight).tensor
        case .weights4: try QuantizedMatrix(weight, width: .fourBits).tensor
        }
      #expect(packed.unpacked.shape == weight.shape)
      #expect(packed.unpacked.elements == expected.elements)
    }
  }
}
