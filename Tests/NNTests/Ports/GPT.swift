import NN
import Tensor

/// A GPT with the names of nanoGPT, written with the public API alone.
struct GPT: Layer {
  let tokens, positions: Embedding
  let blocks: [Block]
  let norm: LayerNorm
  /// The scores of the next token: the table of tokens again.
  let head: Linear

  struct Block: Layer {
    let norm1, norm2: LayerNorm
    let attention: SelfAttention
    let mlp: FeedForward

    init(_ width: Int, headCount: Int, from weights: Weights) throws {
      let (attn, mlp) = (weights["attn"], weights["mlp"])
      norm1 = try LayerNorm(width, bias: false, from: weights["ln_1"])
      attention = try SelfAttention(
        width, headCount: headCount, qkv: [attn["c_attn"]], projection: attn["c_proj"],
        bias: false)
      norm2 = try LayerNorm(width, bias: false, from: weights["ln_2"])
      self.mlp = try FeedForward(
        width, hiddenWidth: 4 * width, activation: .gelu, bias: false, fc1: mlp["c_fc"],
        fc2: mlp["c_proj"])
    }

    var parameters: [Parameter] {
      norm1.parameters(below: "ln_1") + norm2.parameters(below: "ln_2")
        + attention.qkv.parameters(below: "attn.c_attn")
        + attention.projection.parameters(below: "attn.c_proj")
        + mlp.fc1.parameters(below: "mlp.c_fc") + mlp.fc2.parameters(below: "mlp.c_proj")
    }

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let x = x + attention(norm1(x), isCausal: true)
      return x + mlp(norm2(x))
    }
  }

  init(from weights: Weights) throws {
    let weights = weights["transformer"]
    tokens = try Embedding(17, 12, from: weights["wte"])
    positions = try Embedding(16, 12, from: weights["wpe"])
    blocks = try (0..<2).map { try Block(12, headCount: 2, from: weights["h"][$0]) }
    norm = try LayerNorm(12, bias: false, from: weights["ln_f"])
    head = Linear(weight: tokens.weight)
  }

  /// As the checkpoint names them; the head has none of its own.
  var parameters: [Parameter] {
    let parts =
      tokens.parameters(below: "wte") + positions.parameters(below: "wpe")
      + blocks.enumerated().flatMap { $0.element.parameters(below: "h.\($0.offset)") }
      + norm.parameters(below: "ln_f")
    return parts.map { $0.below("transformer") }
  }

  /// The scores of what follows each token, `[batch, tokens, 17]`.
  func callAsFunction(_ text: Tensor<Int64>) -> Tensor<Float> {
    var x = tokens(text) + positions(Tensor<Int64>(range: 0..<text.shape[1]))
    for block in blocks { x = block(x) }
    return head(norm(x))
  }

  /// Texts with the likeliest next token appended, so many times.
  func generate(_ text: Tensor<Int64>, count: Int) -> Tensor<Int64> {
    (0..<count).reduce(text) { text, _ in
      let next = self(text)[.all, text.shape[1] - 1].argmax(axis: 1)
      return Tensor(concatenating: [text, next.reshaped([-1, 1])], axis: 1)
    }
  }
}
