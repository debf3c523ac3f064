import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct MatrixProductTests {
  @Test(arguments: KernelTable.supported)
  func multipliesStridedStacks(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 12)
    let workspace = Workspace(threads: 2, table: table)
    let (rows, depth, columns) = (5, 19, 35)
    let a = Tensor(numbers.next(6 * rows * depth), shape: [2, depth, 3, rows])
      .permuted([0, 2, 3, 1])
    let b = Tensor(numbers.next(6 * depth * columns), shape: [3, 2, columns, depth])
      .permuted([1, 0, 3, 2])
    let result = matmul(a, b, in: workspace)
    #expect(result.shape == [2, 3, rows, columns])
    for i in 0..<2 {
      for j in 0..<3 {
        let expected = Reference.product(
          a[i, j].elements, b[i, j].transposed().elements, rows: rows, columns: columns,
          depth: depth)
        #expect(relativeError(result[i, j].elements, expected.values) < 2e-6)
      }
    }
  }

  @Test(arguments: KernelTable.supported)
  func combinesLinearly(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 13)
    let x = (0..<3).map { _ in Tensor(numbers.next(67), shape: [67]) }
    let result = linearCombination(
      [(2, x[0]), (-0.5, x[1]), (0.25, x[2])], in: Workspace(threads: 2, table: table))
    let expected = (0..<67).map {
      2 * Double(x[0].elements[$0]) - 0.5 * Double(x[1].elements[$0])
        + 0.25 * Double(x[2].elements[$0])
    }
    #expect(relativeError(result.elements, expected) < 2e-7)
  }
}
