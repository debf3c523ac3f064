import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Quantized weights, and products of 32-bit numbers by them.
@Suite struct QuantizedMatrixTests {
  @Test(arguments: KernelTable.supported, QuantizedMatrix.Width.allCases)
  func equalsAPlainLoop(_ table: KernelTable, _ width: QuantizedMatrix.Width) throws {
    var numbers = SampleNumbers(seed: 41)
    for (outputs, inputs) in [(1, 1), (3, 7), (17, 128), (5, 300), (2, 1031), (0, 4), (4, 0)] {
      var weights = numbers.next(outputs * inputs)
      for k in 0..<min(inputs, weights.count) { weights[k] = 0 }  // a row of zeros
      for groupSize in [1, 5, 32, 128, 4096] {
        let matrix = try QuantizedMatrix(
          Tensor(weights, shape: [outputs, inputs]), width: width, groupSize: groupSize,
          table: table)
        let groups = ReferenceQuantization.groups(inputs, groupSize)
        let parts = (0..<outputs).flatMap { row in
          groups.map { group in
            ReferenceQuantization.quantized(
              weights[row * inputs + group.lowerBound..<row * inputs + group.upperBound],
              levels: Float(width.levels))
          }
        }
        #expect(matrix.elements.elements.map(Int32.init) == parts.flatMap(\.elements))
        #expect(matrix.scales.elements == parts.map { $0.scale == 0 ? 1 : $0.scale })
        #expect(matrix.groupSize == min(groupSize, max(inputs, 1)))
        // Each weight is within half a step of what stands for it.
        let scales = matrix.scales.elements
        for (i, weight) in matrix.tensor.elements.enumerated() {
          let scale = scales[i / inputs * groups.count + i % inputs / matrix.groupSize]
          #expect((weight - weights[i]).magnitude <= 0.5001 * scale)
        }
      }
    }
  }

  @Test func takesAnyStrides() throws {
    var numbers = SampleNumbers(seed: 42)
    let weights = Tensor(numbers.next(7 * 150), shape: [150, 7])
    let turned = try QuantizedMatrix(weights.permuted([1, 0]))
    let straight = try QuantizedMatrix(weights.permuted([1, 0]).contiguous())
    #expect(turned.elements.elements == straight.elements.elements)
    #expect(turned.scales.elements == straight.scales.elements)
  }

  /// Products of 32-bit numbers by weights of 8 and of 4 bits are those by the numbers that these
  /// stand for.
  @Test(arguments: KernelTable.supported, [Precision.weights8, .weights4])
  func productsEqualThoseOfWideWeights(_ table: KernelTable, _ precision: Precision) throws {
    var numbers = SampleNumbers(seed: 43)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let large = [(rows: 5, outputs: 40, inputs: 1301), (rows: 300, outputs: 70, inputs: 2600)]
    for (rows, outputs, inputs) in LinearTests.shapes.prefix(24) + large {
      let a = numbers.next(rows * inputs)
      let b = Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs])
      for groupSize in inputs > 1000 ? [128] : [3, 32, 128] {
        let weight = try QuantizedMatrix(
          b, width: precision.elementWidth ?? .eightBits, groupSize: groupSize, table: table)
        let result = linear(
          Operand(Tensor(a, shape: [rows, inputs])),
          PackedMatrix(weight, precision: precision, table: table), in: workspace)
        let reference = Reference.product(
          a, weight.tensor.elements, rows: rows, columns: outputs, depth: inputs)
        for (i, element) in result.elements.enumerated() {
          let bound = Double(inputs + 2) * 6e-8 * (reference.magnitudes[i] + 1)
          #expect((Double(element) - reference.values[i]).magnitude <= bound)
        }
      }
    }
  }

  @Test func refusesWhatMakesNoSense() throws {
    func error(_ body: () throws(QuantizationError) -> QuantizedMatrix) -> QuantizationError? {
      do throws(QuantizationError) {
        _ = try body()
        return nil
      } catch { return error }
    }
    for bad: Float in [.nan, .infinity, -.infinity] {
      var weights = [Float](repeating: 1, count: 3 * 200)
      weights[200 + 150] = bad
      let tensor = Tensor(weights, shape: [3, 200])
      #expect(
        error { () throws(QuantizationError) in try QuantizedMatrix(tensor, groupSize: 128) }
          == .notFinite(output: 1, inputs: 128..<200))
    }
    let elements = Tensor(repeating: Int8(3), shape: [2, 200])
    func made(
      _ scales: [Float], _ shape: [Int] = [2, 2], groupSize: Int = 128,
      width: QuantizedMatrix.Width = .eightBits
    ) -> QuantizationError? {
      error { () throws(QuantizationError) in
        try QuantizedMatrix(
          elements: elements, scales: Tensor(scales, shape: shape), groupSize: groupSize,
          width: width)
      }
    }
    #expect(made([1, 1, 1, 1]) == nil)
    #expect(made([1, 1], [2, 1], groupSize: .max) == nil)
    #expect(made([1, 1], [2, 1]) == .scaleShape(expected: [2, 2], found: [2, 1]))
    #expect(made([1, 1, 1, 1], groupSize: 0) == .groupSize(0))
    for bad: Float in [0, -1, .infinity] {
      #expect(made([1, 1, 1, bad]) == .scale(output: 1, group: 1, found: bad))
    }
    if case .scale(1, 0, let found) = made([1, 1, .nan, 1]) {
      #expect(found.isNaN)
    } else {
      Issue.record("a scale that is not a number")
    }
    let large = Tensor(repeating: Int8(8), shape: [1, 4])
    #expect(
      error { () throws(QuantizationError) in
        try QuantizedMatrix(
          elements: large, scales: Tensor([1], shape: [1, 1]), groupSize: 4, width: .fourBits)
      } == .element(found: 8))
  }
}
