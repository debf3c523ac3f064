internal import Kernels
internal import NN
internal import Tensor

extension PixArtTransformer {
  /// Self-attention.
  ///
  /// In some blocks of PixArt-Σ at 2048 × 2048, the tokens of a square share one key and one value.
  ///
  /// Reference: [Chen et al., 2024](https://arxiv.org/abs/2403.04692), section 3.2.
  struct CompressedAttention: Sendable {
    let qkv: Linear
    let projection: Linear
    let headCount: Int
    /// Joins the keys, or the values, of each square into one; nil where each token has its own.
    let compression: Compression?

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      qkv = try Linear(c.width, 3 * c.width, joining: names.qkv.map { weights[$0] })
      projection = try Linear(c.width, c.width, from: weights[names.projection])
      headCount = c.headCount
      compression =
        weights["attn"].contains("sr.weight")
        ? try Compression(c.width, side: c.keyCompression, from: weights["attn"]) : nil
    }

    /// A weighted sum of the tokens of a square for each channel, then a LayerNorm.
    struct Compression: Sendable {
      let side: Int
      /// `[side, 1, side, width]`.
      let weight: Tensor<Float>
      let bias: Tensor<Float>
      let norm: LayerNorm

      init(_ width: Int, side: Int, from weights: Weights) throws {
        self.side = side
        weight = try weights["sr"].tensor("weight", [width, 1, side, side])
          .reshaped([width, side, side]).permuted([1, 2, 0]).reshaped([side, 1, side, width])
        bias = try weights["sr"].tensor("bias", [width])
        norm = try LayerNorm(width, from: weights["norm"])
      }

      /// The keys or values of squares, `[rows, tokens / side², width]`.
      func callAsFunction(
        _ x: Tensor<Float>, grid: (rows: Int, columns: Int), in workspace: Workspace
      ) -> Tensor<Float> {
        let (rows, columns) = (grid.rows / side, grid.columns / side)
        let squares = x.reshaped([x.shape[0], rows, side, columns, side, x.shape[2]])
        let sums = (squares * weight).sum(axes: [2, 4]) + bias
        return norm(sums.reshaped([x.shape[0], rows * columns, x.shape[2]]), in: workspace)
      }
    }

    /// The result of each head, side by side, `[rows, tokens, width]`.
    ///
    /// A token attends to those at most `window` places away; where keys are joined, the window has
    /// no effect.
    func callAsFunction(
      _ x: Operand, grid: (rows: Int, columns: Int), window: Int? = nil, in workspace: Workspace
    ) -> Operand {
      guard compression == nil else {
        return heads(of: qkv(x, in: workspace), grid: grid, in: workspace)
      }
      let parts =
        window == nil ? qkv.attentionOperand(x, in: workspace) : qkv.operand(x, in: workspace)
      return heads(of: parts, window: window, in: workspace)
    }

    /// The same of queries, keys and values side by side, `[rows, tokens, 3 · width]`.
    func heads(
      of parts: Tensor<Float>, grid: (rows: Int, columns: Int), in workspace: Workspace
    ) -> Operand {
      guard let compression else {
        return heads(of: Operand(parts, in: workspace), in: workspace)
      }
      let width = parts.shape[2] / 3
      func part(_ index: Int) -> Tensor<Float> {
        parts[.all, .all, index * width..<(index + 1) * width]
      }
      func perHead(_ x: Tensor<Float>) -> Tensor<Float> {
        x.reshaped([x.shape[0], x.shape[1], headCount, width / headCount])
      }
      return attention(
        query: perHead(part(0)), key: perHead(compression(part(1), grid: grid, in: workspace)),
        value: perHead(compression(part(2), grid: grid, in: workspace)), in: workspace)
    }

    /// The same where each token has its own key and value.
    private func heads(
      of parts: Operand, window: Int? = nil, in workspace: Workspace
    ) -> Operand {
      let width = parts.shape[2] / 3
      func view(_ part: Int) -> HeadView {
        HeadView(parts, from: part * width, count: headCount, size: width / headCount)
      }
      return attention(
        query: view(0), key: view(1), value: view(2), window: window, in: workspace)
    }
  }
}
