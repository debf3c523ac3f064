import Kernels
import Tensor
import Testing
import _TestSupport

/// Products with a default workspace and contractions, against NumPy.
@Suite struct NumPyProductTests {
  let file: SafetensorsFile

  init() throws { file = try Fixtures.open("numpy") }

  func expect(
    _ name: String, tolerance: Double = 1e-12, _ result: Tensor<Double>,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try file.tensor(named: name).converted(to: Double.self)
    #expect(
      result.shape == expected.shape
        && result.allClose(to: expected, relative: tolerance, absolute: tolerance, nanIsEqual: true),
      "\(name)", sourceLocation: location)
  }

  @Test func products() throws {
    for input in ["turned", "repeated", "special", "ties"] {
      let x = try file.tensor(named: "input/\(input)").converted(to: Double.self)
      let steps = Tensor<Double>(range: 0..<x.shape[1])
      try expect("matmul/\(input)", x • x.transposed())
      try expect("matvec/\(input)", x • steps)
      try expect("einsum/\(input)", einsum("ij,kj->ki", x, x))
      try expect("einsum_outer/\(input)", einsum("ij,k->kij", x, [1, 2]))
      try expect("inner/\(input)", x • x.transposed())
      try expect("inner/\(input)", einsum("ik,jk->ij", x, x))
      try expect("tensordot/\(input)", einsum("ij,ij->", x, x))
      let float = x.converted(to: Float.self)
      try expect(
        "matmul/\(input)", tolerance: 1e-5, (float • float.transposed()).converted(to: Double.self))
      let half = x.converted(to: BFloat16.self)
      try expect(
        "matmul/\(input)", tolerance: 0.03, (half • half.transposed()).converted(to: Double.self))
    }
    let odd = try file.tensor(named: "input/odd").converted(to: Double.self)
    let steps = Tensor<Double>(range: 0..<3)
    try expect("matmul_broadcast", odd • Tensor<Double>(range: 0..<6).reshaped([3, 2]))
    try expect("einsum_batch", einsum("bij,bkj->bik", odd, odd))
    try expect("einsum_ellipsis", einsum("...i,i->...", odd, steps))
    try expect("einsum_three", einsum("bij,j,i->b", odd, steps, Tensor<Double>(range: 0..<5)))
    let matrix: Tensor<Int32> = [[1, 2], [3, 4]]
    #expect(einsum("ii", matrix) == 5 && einsum("ij->ji", matrix) == matrix.transposed())
    #expect(einsum("ii->i", matrix) == [1, 4] && einsum("ij->", matrix) == 10)
    #expect(matrix • matrix == [[7, 10], [15, 22]])
    #expect(Tensor<Int32>([1, 2]) • Tensor<Int32>([3, 4]) == 11)
    #expect(Tensor<Float>(zeros: [2, 0]) • Tensor<Float>(zeros: [0, 3]) == Tensor(zeros: [2, 3]))
  }

  /// Small matrices are computed without packing; one of them alone has the bits that it has among
  /// many, on any number of threads.
  @Test func smallProductsAreExact() {
    var numbers = SampleNumbers(seed: 3)
    for (rows, depth, columns) in [(8, 8, 8), (1, 5, 3), (5, 1, 17), (32, 32, 32), (7, 31, 9)] {
      let a = Tensor(numbers.next(50 * rows * depth), shape: [50, rows, depth])
      let b = Tensor(numbers.next(50 * depth * columns), shape: [50, depth, columns])
      let all = matmul(a, b, in: Workspace(threads: 1))
      #expect(matmul(a, b, in: Workspace(threads: 3)) == all)
      #expect(matmul(a[7], b[7], in: Workspace(threads: 2)) == all[7])
      let exact = matmul(a.converted(to: Double.self), b.converted(to: Double.self))
      #expect(
        all.converted(to: Double.self).allClose(to: exact, relative: 1e-5, absolute: 1e-5))
      let turned = a.transposed().contiguous().transposed()
      #expect(matmul(turned, b) == all)
    }
  }
}
