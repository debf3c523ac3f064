import Kernels
import NN
import Tensor
import Testing
import _TestSupport

@Suite struct EmbeddingTests {
  @Test func rowsMatchPyTorch() throws {
    let golden = try LayerCase("embedding")
    let layer = try Embedding(11, 6, from: golden.weights)
    let tokens = try golden["tokens"].converted(to: Int64.self)
    #expect(layer(tokens).shape == [2, 3, 6])
    #expect(layer(tokens).elements == (try golden.y.elements))
    #expect(layer(tokens.converted(to: Int32.self)).elements == (try golden.y.elements))
    #expect(layer([1, 10]).elements == Array(try golden.y.elements.prefix(12)))
    try expectParameters(of: layer, are: golden)
  }

  @Test func sinusoidsMatchPyTorch() throws {
    let golden = try LayerCase("sinusoidal")
    let positions = try golden["positions"].elements.map(Double.init)
    func expect(_ waves: SinusoidalEmbedding, _ name: String) throws {
      let (found, expected) = try (waves(positions), golden[name])
      #expect(found.shape == expected.shape)
      // PyTorch has frequencies of 32 bits, which count at a position of 999.
      #expect(relativeError(found.elements, expected.elements) < 2e-4, "\(name)")
    }
    try expect(SinusoidalEmbedding(7, downscaleFrequencyShift: 1), "sines-7")
    try expect(
      SinusoidalEmbedding(10, order: .cosinesFirst, maximumPeriod: 500, scale: 2.5),
      "cosines-10")
    try expect(SinusoidalEmbedding(8, order: .interleaved), "interleaved-8")
    #expect(SinusoidalEmbedding(1)(0..<2).elements == [0, 0])
    #expect(SinusoidalEmbedding(0)(0..<2).shape == [2, 0])
  }
}
