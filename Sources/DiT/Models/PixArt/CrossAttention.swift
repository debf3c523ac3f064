internal import Kernels
internal import NN
internal import Tensor

extension PixArtTransformer {
  /// Attention from the tokens of a sample to those of its text.
  struct CrossAttention: Sendable {
    let query: Linear
    let keyValue: Linear
    let projection: Linear
    let headCount: Int

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      query = try Linear(c.width, c.width, from: weights[names.crossQuery])
      keyValue = try Linear(
        c.width, 2 * c.width, joining: names.crossKeyValue.map { weights[$0] })
      projection = try Linear(c.width, c.width, from: weights[names.crossProjection])
      headCount = c.headCount
    }

    /// The result of each head, side by side, `[rows, tokens, width]`.
    func callAsFunction(
      _ x: Tensor<Float>, _ text: TextKeys.Rows, in workspace: Workspace
    ) -> Operand {
      let width = x.shape[2]
      let queries = query.attentionOperand(Operand(x, in: workspace), in: workspace)
      func heads(_ operand: Operand, _ part: Int) -> HeadView {
        HeadView(operand, from: part * width, count: headCount, size: width / headCount)
      }
      return attention(
        query: heads(queries, 0), key: heads(text.keyValues, 0).samples(text.texts),
        value: heads(text.keyValues, 1).samples(text.texts), mask: text.mask, in: workspace)
    }
  }

  /// The keys and values of the texts of a run, computed once because no step changes them.
  struct TextKeys: Sendable {
    /// For each block, `[texts, places, 2 · width]`: keys, then values.
    private let keyValues: [Operand]
    /// The text of each condition.
    private let texts: [Int]
    /// Which places of a text hold a token, `[texts, places]`.
    private let mask: Tensor<Bool>
    /// The number of distinct texts.
    var textCount: Int { mask.shape[0] }
    /// The places of the longest text.
    var placeCount: Int { mask.shape[1] }

    /// The texts of some rows, for one block.
    struct Rows {
      let keyValues: Operand
      let texts: [Int]
      let mask: Tensor<Bool>

      /// The texts of some of the rows.
      subscript(rows: [Int]) -> Rows {
        Rows(keyValues: keyValues, texts: rows.map { texts[$0] }, mask: mask.rows(rows))
      }
    }

    /// The keys and values of some texts; those of equal texts are computed once.
    init(_ model: PixArtTransformer, _ conditions: [EncodedText], in workspace: Workspace) {
      var distinct: [EncodedText] = []
      texts = conditions.map { text in
        if let known = distinct.firstIndex(where: { $0.hiddenStates == text.hiddenStates }) {
          return known
        }
        distinct.append(text)
        return distinct.count - 1
      }
      let places = distinct.map(\.tokenCount).max() ?? 0
      var states = Tensor<Float>(zeros: [distinct.count, places, model.configuration.textWidth])
      var mask = Tensor<Bool>(repeating: false, shape: [distinct.count, places])
      for (index, text) in distinct.enumerated() {
        states[index, 0..<text.tokenCount] = text.hiddenStates
        mask[index, 0..<text.tokenCount] = Tensor(repeating: true, shape: [text.tokenCount])
      }
      self.mask = mask
      let projected = model.captionProjection.second(
        model.captionProjection.first.operand(
          Operand(states, in: workspace), activation: .geluTanh, in: workspace), in: workspace)
      let operand = Operand(projected, in: workspace)
      keyValues = model.blocks.map {
        $0.crossAttention.keyValue.attentionOperand(operand, in: workspace)
      }
    }

    /// The keys and values of a block for some rows of the batch.
    func rows(_ rows: [Int], block: Int, mask: Tensor<Bool>) -> Rows {
      Rows(keyValues: keyValues[block], texts: rows.map { texts[$0] }, mask: mask)
    }

    /// Which places of the texts of some rows hold a token, `[rows, places]`.
    func mask(of rows: [Int]) -> Tensor<Bool> {
      mask.gathered(Tensor(rows.map { Int64(texts[$0]) }), axis: 0)
    }
  }
}
