import DiT
import Foundation
import Tensor

/// The small PixArt in plain loops over Double, one sample at a time, open at every branch.
struct PlainPixArt {
  typealias Branch = Architecture.Branch

  /// What a step and a text make, which all blocks see.
  struct Context {
    /// The embedded timestep, and the modulation that blocks share.
    let timestep, modulation: [Double]
    /// The tokens of the text, as wide as those of the image.
    let text: Matrix
  }

  var c: PixArtTransformer.Configuration { SmallPixArt.configuration }
  private var layers: PlainLayers { Self.allLayers }

  private static let allLayers = PlainLayers(SmallPixArt().tensors)

  /// What a timestep and one of the small model's texts make.
  func context(_ timestep: Double, text index: Int) -> Context {
    let embedder = "adaln_single.emb.timestep_embedder"
    let time = layers.timestep(timestep, "\(embedder).linear_1", "\(embedder).linear_2")
    let states = SmallPixArt.texts[index].hiddenStates
    let rows = (0..<states.shape[0]).map { states[$0].elements.map(Double.init) }
    return Context(
      timestep: time, modulation: layers.linear("adaln_single.linear", [silu(time)])[0],
      text: layers.feedForward("caption_projection.linear_1", "caption_projection.linear_2", rows))
  }

  /// The tokens of a sample, `[channels][height · width]`.
  func embed(_ x: Matrix) -> Matrix {
    let (quarter, columns) = (c.width / 4, c.sampleSize.width / c.patchSize)
    func waves(_ position: Int) -> [Double] {
      let angles = (0..<quarter).map {
        Double(position) * pow(10_000, -Double($0) / Double(quarter))
      }
      return angles.map { sin($0) } + angles.map { cos($0) }
    }
    let tokens = layers.linear(
      "pos_embed.proj", patches(x, side: c.sampleSize.width, size: c.patchSize))
    return tokens + tokens.indices.map { waves($0 % columns) + waves($0 / columns) }
  }

  private func modulation(_ block: Int, _ branch: Branch, _ context: Context) -> PlainModulation {
    let own = layers.matrix("transformer_blocks.\(block).scale_shift_table").flatMap { $0 }
    return PlainModulation(
      zip(own, context.modulation).map { $0 + $1 }, branch, width: c.width)
  }

  /// A branch of a block before its gate.
  private func branch(
    _ x: Matrix, _ block: Int, _ branch: Branch, _ context: Context
  ) -> Matrix {
    let scope = "transformer_blocks.\(block)"
    func attention(_ name: String, _ x: Matrix, to keys: Matrix) -> Matrix {
      func projected(_ part: String, _ x: Matrix) -> Matrix {
        layers.linear("\(scope).\(name).\(part)", x)
      }
      return projected(
        "to_out.0",
        attended(
          projected("to_q", x), projected("to_k", keys), projected("to_v", keys),
          headCount: c.headCount))
    }
    // Attention to the text has neither a norm nor a modulation.
    if branch == .crossAttention { return attention("attn2", x, to: context.text) }
    let m = modulation(block, branch, context)
    let input = norm(x, shift: m.shift, scale: m.scale)
    return branch == .attention
      ? attention("attn1", input, to: input)
      : layers.feedForward("\(scope).ff.net.0.proj", "\(scope).ff.net.2", input)
  }

  /// All blocks; `value` may put something else in the place of a branch before its gate.
  func blocks(
    _ x: Matrix, _ context: Context,
    value: (_ block: Int, Branch, _ compute: @escaping () -> Matrix) -> Matrix = { $2() }
  ) -> Matrix {
    (0..<c.depth).reduce(x) { x, block in
      [Branch.attention, .crossAttention, .feedForward].reduce(x) { x, branch in
        let output = value(block, branch) { self.branch(x, block, branch, context) }
        return x
          + (branch == .crossAttention
            ? output : modulation(block, branch, context).gate * output)
      }
    }
  }

  /// The prediction of the last tokens, `[outputChannels][height · width]`.
  func predict(_ tokens: Matrix, _ context: Context) -> Matrix {
    let table = layers.matrix("scale_shift_table").map { zip($0, context.timestep).map { $0 + $1 } }
    return image(
      layers.linear("proj_out", norm(tokens, shift: table[0], scale: table[1])),
      side: c.sampleSize.width, size: c.patchSize, channels: c.outputChannels)
  }
}
