public import Kernels
internal import NN
public import Tensor

extension PixArtTransformer: Denoiser {
  /// The sizes and costs of the model.
  public var architecture: Architecture { configuration.architecture }
  /// All sizes that are multiples of a patch or, where keys are compressed, of a square of patches.
  public var sizes: SampleSizes {
    .multiples(of: configuration.patchSize * configuration.keyCompression, upTo: 1024)
  }
  /// The null text that checkpoints of the original code have learned; nil for others, where a
  /// pipeline encodes the empty prompt.
  public var unconditional: Condition? { nullText.map(Condition.text) }
  /// The width of the hidden states of its text encoder.
  public var textWidth: Int? { configuration.textWidth }

  /// The sizes and costs of the model for latents of a size, which patches must divide.
  ///
  /// - Throws: `RunError.size` where they do not.
  public func architecture(for size: SampleSize) throws(RunError) -> Architecture {
    guard sizes.contains(size) else { throw .size(size, expected: sizes.described()) }
    return configuration.architecture(for: size)
  }

  /// A workspace of the instruction set that the weights are packed for.
  public func workspace(threads: Int?) -> Workspace {
    Workspace(threads: threads, precision: precision, table: table)
  }

  /// Prepares the evaluations of one run: the keys and values of its texts, and the modulation of
  /// each timestep.
  ///
  /// - Throws: `RunError.condition` where one is no text of the model's width, `RunError.size`
  ///   where patches do not divide the size.
  public func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession {
    let architecture = try architecture(for: size)
    var texts: [EncodedText] = []
    for condition in conditions {
      guard case .text(let text) = condition, text.width == configuration.textWidth else {
        throw .condition(
          "\(condition)", expected: "texts of width \(configuration.textWidth)")
      }
      texts.append(text)
    }
    return Session(self, architecture, texts, timesteps, size, in: workspace)
  }

  /// What is computed once from the texts and timesteps of a run.
  struct Session: DenoiserSession {
    let model: PixArtTransformer
    let architecture: Architecture
    let grid: (rows: Int, columns: Int)
    let positions: Tensor<Float>
    let textKeys: TextKeys
    /// The embedded timestep of each step, `[steps, width]`.
    let timesteps: Tensor<Float>
    /// The modulation that all blocks share in each step, `[steps, 6, width]`.
    let modulations: Tensor<Float>
    private(set) var executed: MultiplyAdds

    init(
      _ model: PixArtTransformer, _ architecture: Architecture, _ texts: [EncodedText],
      _ timesteps: [Double], _ size: SampleSize, in workspace: Workspace
    ) {
      let c = model.configuration
      (self.model, self.architecture) = (model, architecture)
      grid = (size.height / c.patchSize, size.width / c.patchSize)
      positions = interpolatedPositions(
        width: c.width, rows: grid.rows, columns: grid.columns,
        trained: c.sampleSize.height / c.patchSize, scale: c.interpolationScale)
      textKeys = TextKeys(model, texts, in: workspace)
      var embedded = model.timestepEmbedding(timesteps, in: workspace)
      if let sizeEmbedding = model.sizeEmbedding {
        // In pixels of the image, which is eight times as large as the latent.
        let pixels = SampleSize(height: 8 * size.height, width: 8 * size.width)
        embedded = embedded + sizeEmbedding(pixels, in: workspace)
      }
      self.timesteps = embedded.copied()
      modulations = model.modulation(
        Operand(activate(.silu, embedded, in: workspace), in: workspace), in: workspace
      ).copied().reshaped([timesteps.count, 6, c.width])
      executed = c.conditionCost(
        texts: textKeys.textCount, places: textKeys.placeCount, steps: timesteps.count)
    }

    mutating func predict(
      _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState,
      in workspace: Workspace
    ) throws -> Tensor<Float> {
      var tokens = model.patchEmbedding(x, positions: positions, in: workspace)
      let mask = textKeys.mask(of: rows)
      func context(_ block: Int) -> Block.Context {
        self.context(block, step: step, rows: rows, mask: mask)
      }
      executed += try cache.passBlocks(
        &tokens, in: workspace,
        modulatedInput: { model.blocks[0].modulatedInput($0, context(0), in: workspace) }
      ) { block, tokens, rows, cache in
        try Task.checkCancellation()
        model.blocks[block](&tokens, context(block)[rows], index: block, &cache, in: workspace)
      }
      executed += rows.count * architecture.embedding
      return model.predict(
        tokens, timestep: timesteps[step...step], gridRows: grid.rows, in: workspace)
    }

    /// What a block takes in a step, for some rows, besides their tokens.
    func context(
      _ block: Int, step: Int, rows: [Int], mask: Tensor<Bool>
    ) -> Block.Context {
      Block.Context(
        grid: grid,
        modulation: Block.Modulation(
          model.blocks[block], step: modulations[step], rows: rows.count),
        text: textKeys.rows(rows, block: block, mask: mask))
    }
  }
}

extension PixArtTransformer {
  /// Predicts the noise in latents and, where the model learned it, the variance.
  ///
  /// - Parameters:
  ///   - x: Noisy latents, `[rows, channels, height, width]`.
  ///   - timestep: The timestep of all of them.
  ///   - texts: The text of each.
  ///   - workspace: What to compute with.
  /// - Returns: `[rows, outputChannels, height, width]`.
  /// - Throws: `RunError` where the size or a text is not for this model.
  public func callAsFunction(
    _ x: Tensor<Float>, timestep: Double, texts: [EncodedText], in workspace: Workspace
  ) throws(RunError) -> Tensor<Float> {
    let size = SampleSize(height: x.shape[2], width: x.shape[3])
    let session = Session(
      self, try architecture(for: size), texts, [timestep], size, in: workspace)
    let rows = Array(texts.indices)
    let mask = session.textKeys.mask(of: rows)
    var tokens = patchEmbedding(x, positions: session.positions, in: workspace)
    for block in blocks.indices {
      blocks[block](
        &tokens, session.context(block, step: 0, rows: rows, mask: mask), in: workspace)
    }
    return predict(
      tokens, timestep: session.timesteps, gridRows: session.grid.rows, in: workspace)
  }
}

extension PixArtTransformer.Configuration {
  /// The multiply-adds of the texts' keys and values and of the modulations of a run.
  func conditionCost(texts: Int, places: Int, steps: Int) -> MultiplyAdds {
    let (d, tokens) = (Double(width), Double(texts * places))
    let projection = Double(textWidth) * d + d * d
    return MultiplyAdds(
      linear: tokens * (projection + Double(depth) * 2 * d * d)
        + Double(steps) * (256 * d + 7 * d * d))
  }
}
