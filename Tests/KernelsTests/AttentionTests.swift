import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct AttentionTests {
  static let shapes: [(batch: Int, queries: Int, keys: Int, heads: Int, size: Int)] = [
    (1, 1, 1, 1, 1), (2, 3, 5, 2, 7), (1, 64, 64, 3, 64), (2, 17, 33, 1, 72), (3, 9, 9, 5, 12),
    (1, 130, 257, 2, 8), (1, 40, 6000, 1, 3),
  ]

  @Test(arguments: KernelTable.supported)
  func matchesReference(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 7)
    for s in Self.shapes {
      let tokens = max(s.queries, s.keys)
      // Queries, keys and values stand between each other, as a fused layer leaves them.
      let qkv = Tensor(
        numbers.next(s.batch * tokens * 3 * s.heads * s.size).map { 3 * $0 },
        shape: [s.batch, tokens, 3, s.heads, s.size])
      func part(_ i: Int, _ count: Int) -> Tensor<Float> { qkv[.all, 0..<count, i] }
      let (query, key, value) = (part(0, s.queries), part(1, s.keys), part(2, s.keys))
      let result = attention(
        query: query, key: key, value: value, in: Workspace(threads: 2, table: table))
      #expect(result.shape == [s.batch, s.queries, s.heads * s.size])
      // The sums over up to 6000 keys run in one order, each addition rounding once.
      #expect(relativeError(result.tensor.elements, reference(query, key, value)) < 4e-6)
      let alone = attention(
        query: query, key: key, value: value, in: Workspace(threads: 1, table: table))
      #expect(alone.tensor.bits == result.tensor.bits)
    }
  }

  /// Attention of bfloat16, whose operands and weights are rounded by up to 2⁻⁹ of themselves, and
  /// the result too.
  @Test(arguments: KernelTable.supported)
  func matchesReferenceInBFloat16(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 8)
    let more = [(2, 32, 32, 2, 72), (1, 33, 100, 3, 40), (1, 5, 31, 2, 20), (1, 64, 300, 2, 33)]
    for s in Self.shapes + more {
      func rounded(_ tokens: Int) -> Tensor<Float> {
        let shape = [s.batch, tokens, s.heads, s.size]
        return Tensor(numbers.next(shape.reduce(1, *)).map { Float(BFloat16($0)) }, shape: shape)
      }
      let (query, key, value) = (rounded(s.queries), rounded(s.keys), rounded(s.keys))
      func result(threads: Int) -> Tensor<Float> {
        attention(
          query: query, key: key, value: value,
          in: Workspace(threads: threads, precision: .bfloat16, table: table)
        ).tensor
      }
      let two = result(threads: 2)
      #expect(two.shape == [s.batch, s.queries, s.heads * s.size])
      #expect(relativeError(two.elements, reference(query, key, value)) < 8e-3)
      #expect(two.elements.allSatisfy { Float(BFloat16($0)) == $0 })
      #expect(result(threads: 1).bits == two.bits)
    }
  }

  private func reference(
    _ query: Tensor<Float>, _ key: Tensor<Float>, _ value: Tensor<Float>
  ) -> [Double] {
    let (batch, queries, heads, size) = (
      query.shape[0], query.shape[1], query.shape[2], query.shape[3]
    )
    let keys = key.shape[1]
    var result = [Double](repeating: 0, count: batch * queries * heads * size)
    for sample in 0..<batch {
      for head in 0..<heads {
        func rows(_ x: Tensor<Float>) -> [Float] { x[sample, .all, head].elements }
        let (q, k, v) = (rows(query), rows(key), rows(value))
        let scores = Reference.product(q, k, rows: queries, columns: keys, depth: size).values
        for i in 0..<queries {
          let row = scores[i * keys..<(i + 1) * keys].map { $0 / Double(size).squareRoot() }
          let largest = row.max() ?? 0
          let weights = row.map { exp($0 - largest) }
          let total = weights.reduce(0, +)
          for j in 0..<size {
            let sum = (0..<keys).reduce(0) { $0 + weights[$1] * Double(v[$1 * size + j]) }
            result[((sample * queries + i) * heads + head) * size + j] = sum / total
          }
        }
      }
    }
    return result
  }
}
