import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Attention in bfloat16 beside that in 32 bits, on the tile unit and without it.
@Suite struct BFloat16AttentionTests {
  @Test(arguments: KernelTable.supported)
  func agreesWith32Bits(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 10)
    for s in AttentionTests.shapes {
      let tokens = max(s.queries, s.keys)
      // Numbers that bfloat16 can hold, between each other as a fused layer leaves them.
      let elements = numbers.next(s.batch * tokens * 3 * s.heads * s.size)
        .map { Float(BFloat16(3 * $0)) }
      let qkv = Tensor(elements, shape: [s.batch, tokens, 3, s.heads, s.size])
      func result(_ precision: Precision, threads: Int) -> Tensor<Float> {
        attention(
          query: qkv[.all, 0..<s.queries, 0], key: qkv[.all, 0..<s.keys, 1],
          value: qkv[.all, 0..<s.keys, 2],
          in: Workspace(threads: threads, precision: precision, table: table)
        ).tensor
      }
      let rounded = result(.bfloat16, threads: 2)
      #expect(rounded.shape == [s.batch, s.queries, s.heads * s.size])
      // Weights and results are rounded, each by at most 2⁻⁹ of itself.
      let expected = result(.float32, threads: 2)
      let error = relativeError(rounded.elements, expected.elements)
      #expect(error < 0x1p-8, "\(s)")
      #expect(rounded.elements.allSatisfy { Float(BFloat16($0)) == $0 })
      for threads in [1, 3] {
        #expect(result(.bfloat16, threads: threads).bits == rounded.bits)
      }
    }
  }
}
