import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct AttentionTests {
  @Test(arguments: Precision.floatingPoint, KernelTable.supported)
  func multiHeadAttentionMatchesPyTorch(_ precision: Precision, _ table: KernelTable) throws {
    let golden = try LayerCase("attention")
    let layer = try MultiHeadAttention(12, headCount: 3, from: golden.weights(precision, table))
    let bound = precision == .float32 ? 3e-6 : 2e-2
    let (x, context) = try (golden.x, golden["context"])
    let mask = (try golden["mask"]).converted(to: Bool.self)
    func error(_ y: Tensor<Float>, _ name: String) throws -> Double {
      relativeError(y.elements, try golden[name].elements)
    }
    #expect(try error(layer(x), "y") < bound)
    #expect(try error(layer(x, isCausal: true), "causal") < bound)
    #expect(try error(layer(x, context: context), "crossed") < bound)
    let masked = layer(x, context: context, mask: mask, bias: try golden["bias"])
    #expect(try error(masked, "masked") < bound)
    if precision == .float32 { try expectParameters(of: layer, are: golden) }

    // With one product for queries, keys and values.
    let weights = golden.weights(precision, table)
    let same = SelfAttention(
      qkv: Linear(
        weight: try weights.tensor("in_proj_weight", [36, 12]),
        bias: try weights.tensor("in_proj_bias", [36]), precision: precision, table: table),
      projection: try Linear(12, 12, from: weights["out_proj"]), headCount: 3)
    #expect(try error(same(x), "y") < bound)
    #expect(try error(same(x, isCausal: true), "causal") < bound)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    var sum = x
    same(Operand(x, in: workspace), addedTo: &sum, in: workspace)
    #expect(relativeError(sum.elements, (x + (try golden.y)).elements) < bound)
  }

  @Test func keysAndValuesMayHaveOtherWidths() throws {
    let golden = try LayerCase("attention-widths")
    let layer = try MultiHeadAttention(
      12, headCount: 3, keyWidth: 9, valueWidth: 10, from: golden.weights)
    let y = layer(try golden.x, context: try golden["keys"], values: try golden["values"])
    #expect(relativeError(y.elements, try golden.y.elements) < 3e-6)
    try expectParameters(of: layer, are: golden)
  }

  @Test func layersMayBeWithoutBias() throws {
    let golden = try LayerCase("attention-plain")
    let layer = try MultiHeadAttention(12, headCount: 3, bias: false, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 3e-6)
    try expectParameters(of: layer, are: golden)
    let other = MultiHeadAttention(
      query: layer.query, key: layer.key, value: layer.value, output: layer.output,
      headCount: 3)
    #expect(other(try golden.x).elements == layer(try golden.x).elements)
    #expect(
      other.parameters.map(\.name)
        == ["query.weight", "key.weight", "value.weight", "output.weight"])
  }

  /// Fewer queries than keys are the last tokens: what a cache of keys and values needs.
  @Test func causalBiasAllowsWhatCameBefore() {
    func rows(_ queries: Int, _ keys: Int) -> [Bool] {
      causalBias(heads: 2, queries: queries, keys: keys)[1].elements.map { $0 == 0 }
    }
    #expect(rows(3, 3) == [true, false, false, true, true, false, true, true, true])
    #expect(rows(1, 3) == [true, true, true])
    #expect(rows(2, 3) == [true, true, false, true, true, true])
    #expect(rows(3, 1) == [false, false, true])
  }

  /// A layer of 8-bit integers writes what attention reads.
  ///
  /// The bits are those from rows of 32 bits, which attention rounds. Beside a workspace of 32 bits
  /// nothing is rounded.
  @Test(arguments: KernelTable.supported, [Precision.int8, .float32])
  func attentionReadsWhatALayerWritesForIt(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 91)
    let (tokens, headCount, size) = (37, 3, 24)
    let width = headCount * size
    let layer = Linear(
      weight: Tensor(numbers.next(3 * width * width), shape: [3 * width, width]), bias: nil,
      precision: .int8, table: table)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let x = Operand(Tensor(numbers.next(2 * tokens * width), shape: [2, tokens, width]))
    let mask = Tensor((0..<3 * tokens).map { $0 % 5 > 0 }, shape: [3, tokens])
    func result(_ parts: Operand) -> [Float] {
      func heads(_ part: Int) -> HeadView {
        HeadView(parts, from: part * width, count: headCount, size: size).samples([1, 0, 1])
      }
      return attention(
        query: heads(0), key: heads(1), value: heads(2), mask: mask, in: workspace
      ).tensor.elements
    }
    let expected = result(layer.operand(x, in: workspace))
    #expect(result(layer.attentionOperand(x, in: workspace)) == expected)
    #expect(expected.allSatisfy { $0.isFinite })
  }
}
