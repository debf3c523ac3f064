import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct SmallProductTests {
  static let extents = [
    (1, 1, 1), (1, 3, 2), (2, 1, 5), (3, 2, 17), (4, 4, 4), (5, 7, 33), (7, 0, 3), (8, 8, 8),
    (9, 16, 16), (17, 33, 31), (31, 5, 40), (33, 33, 33), (40, 70, 65),
  ]

  /// Many small matrices, dense or with any strides, flipped and broadcast.
  @Test(arguments: KernelTable.supported)
  func stacksMatchReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 14)
    let workspace = Workspace(threads: 2, table: table)
    for (rows, depth, columns) in Self.extents {
      let a = Tensor(numbers.next(6 * rows * depth), shape: [2, 3, rows, depth])
      let b = Tensor(numbers.next(6 * depth * columns), shape: [2, 3, depth, columns])
      let flipped = a.permuted([0, 1, 3, 2]).contiguous().permuted([0, 1, 3, 2])
      let across = b.permuted([0, 1, 3, 2]).contiguous().permuted([0, 1, 3, 2])
      let one = b[0..<1, 1..<2].broadcast(to: b.shape)
      for (a, b) in [(a, b), (flipped, b), (a, across), (flipped, across), (a, one)] {
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
    }
  }

  /// A product has the same bits alone and among many, whatever the number of threads.
  @Test(arguments: KernelTable.supported)
  func bitsDoNotDependOnTheStack(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 15)
    for (rows, depth, columns) in [(8, 8, 8), (35, 40, 70)] {
      let a = Tensor(numbers.next(300 * rows * depth), shape: [300, rows, depth])
      let b = Tensor(numbers.next(300 * depth * columns), shape: [300, depth, columns])
      let all = matmul(a, b, in: Workspace(threads: 3, table: table))
      let one = Workspace(threads: 1, table: table)
      for i in [0, 150, 299] {
        #expect(all[i].elements == matmul(a[i], b[i], in: one).elements)
      }
    }
  }
}
