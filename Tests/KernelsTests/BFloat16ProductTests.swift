import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Products of bfloat16 against `Double`, on the tile unit and without it.
@Suite struct BFloat16ProductTests {
  /// What a number becomes as an operand.
  private func rounded(_ x: [Float]) -> [Float] { x.map { Float(BFloat16($0)) } }

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 7)
    let workspace = Workspace(threads: 2, precision: .bfloat16, table: table)
    let edges = [(17, 33, 31), (32, 64, 96), (33, 65, 97), (64, 31, 1300), (2, 97, 1152)]
    for (rows, outputs, inputs) in LinearTests.shapes + edges {
      let (a, b) = (numbers.next(rows * inputs), numbers.next(outputs * inputs))
      let bias = numbers.next(outputs)
      let x = Operand(Tensor(a, shape: [rows, inputs]), in: workspace)
      let weight = PackedMatrix(
        Tensor(b, shape: [outputs, inputs]), precision: .bfloat16, table: table)
      #expect(x.tensor.elements == rounded(a))
      let result = linear(x, weight, bias: Tensor(bias), in: workspace)
      let reference = Reference.product(
        rounded(a), rounded(b), rows: rows, columns: outputs, depth: inputs)
      for (i, element) in result.elements.enumerated() {
        let expected = reference.values[i] + Double(bias[i % outputs])
        // The products of rounded operands are exact; each of the additions rounds once.
        let bound = Double(inputs + 2) * 6e-8 * (reference.magnitudes[i] + 1)
        #expect((Double(element) - expected).magnitude <= bound)
      }
      // As an operand: the same, rounded once more, by at most 2⁻⁹ of itself.
      let operand = linearOperand(x, weight, bias: Tensor(bias), in: workspace)
      #expect(operand.tensor.elements == rounded(result.elements))
    }
  }

  /// The terms that fill a tile up are zero, whatever was in their memory.
  @Test(arguments: KernelTable.supported)
  func chainsOperands(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 8)
    let workspace = Workspace(threads: 1, precision: .bfloat16, table: table)
    for (rows, middle, inputs) in [(5, 40, 33), (40, 17, 9), (33, 33, 64)] {
      // Memory of the pool with NaN in it, of all sizes that are lent below; none is given back
      // before all are there.
      let dirt = [1024, 2048, 3072, 4096].flatMap { count in
        (0..<4).map { _ in
          var tensor: Tensor<Float> = workspace.tensor([count])
          tensor.update(from: Tensor(repeating: .nan, shape: [count]))
          return tensor
        }
      }
      withExtendedLifetime(dirt) {}
      func matrix(_ outputs: Int, _ inputs: Int) -> PackedMatrix {
        PackedMatrix(
          Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), precision: .bfloat16,
          table: table)
      }
      let x = Operand(
        Tensor(numbers.next(rows * inputs), shape: [rows, inputs]), in: workspace)
      let hidden = linearOperand(x, matrix(middle, inputs), activation: .geluTanh, in: workspace)
      let result = linear(hidden, matrix(20, middle), in: workspace)
      #expect(result.elements.allSatisfy { $0.isFinite })
    }
  }

  /// Rows are the same bits alone, in any batch, and on any number of threads.
  @Test(arguments: KernelTable.supported, [70, 1700])
  func rowsDoNotDependOnTheirBatch(_ table: KernelTable, _ inputs: Int) {
    var numbers = SampleNumbers(seed: 9)
    let (rows, outputs) = (600, 130)
    let x = Tensor(numbers.next(rows * inputs), shape: [rows, inputs])
    let weight = PackedMatrix(
      Tensor(numbers.next(outputs * inputs), shape: [outputs, inputs]), precision: .bfloat16,
      table: table)
    func bits(_ x: Tensor<Float>, threads: Int) -> [UInt32] {
      let workspace = Workspace(threads: threads, precision: .bfloat16, table: table)
      return linear(Operand(x), weight, activation: .geluTanh, in: workspace).bits
    }
    let all = bits(x, threads: 1)
    for threads in 2...4 { #expect(bits(x, threads: threads) == all) }
    for (first, count) in [(0, 1), (3, 16), (17, 40), (74, 33), (599, 1)] {
      let part = bits(x[first..<first + count], threads: 2)
      #expect(part == Array(all[first * outputs..<(first + count) * outputs]))
    }
  }
}
