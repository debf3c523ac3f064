public import Tensor

/// What a cache method knows of a run before it begins.
public struct RunOutline: Sendable {
  /// The model, for samples of this run's size.
  public var architecture: Architecture
  /// The steps, the noisiest first.
  public var steps: [CacheStep]
  /// How much of image and of noise the sample has before each step; empty where it is not known.
  public var noiseLevels: [NoiseLevel]
  /// The sampler's name.
  public var sampler: String
  /// The guidance scale; 1 is no guidance.
  public var guidanceScale: Float
  /// The images that are drawn together.
  public var imageCount: Int
  private let identify: @Sendable () -> String
  /// The weights of a linear layer of a block, `[outputs, inputs]`; nil where the model has none of
  /// that kind.
  public var weight: @Sendable (BlockLinear, _ block: Int) -> Tensor<Float>?

  /// The outline of a run.
  ///
  /// - Parameters:
  ///   - architecture: The model, for samples of this run's size.
  ///   - timesteps: The training timestep of each step.
  ///   - noiseLevels: How much of image and of noise the sample has before each step, where it is
  ///     known.
  ///   - sampler: The sampler's name.
  ///   - guidanceScale: The guidance scale; 1 is no guidance.
  ///   - imageCount: The images that are drawn together.
  ///   - fingerprint: A text that differs between models.
  ///   - weight: The weights of a linear layer of a block.
  public init(
    architecture: Architecture, timesteps: [Double], noiseLevels: [NoiseLevel] = [],
    sampler: String, guidanceScale: Float, imageCount: Int = 1,
    fingerprint: @autoclosure @escaping @Sendable () -> String = "",
    weight: @escaping @Sendable (BlockLinear, _ block: Int) -> Tensor<Float>? = { _, _ in nil }
  ) {
    self.architecture = architecture
    steps = timesteps.enumerated().map {
      CacheStep(index: $0, count: timesteps.count, timestep: $1)
    }
    (self.noiseLevels, self.sampler, self.guidanceScale) = (noiseLevels, sampler, guidanceScale)
    (self.imageCount, identify, self.weight) = (imageCount, fingerprint, weight)
  }

  /// The outline of a run of a model.
  init(
    _ denoiser: any Denoiser, _ architecture: Architecture, sampler: any Sampler,
    guidance: Guidance, imageCount: Int
  ) {
    self.init(
      architecture: architecture, timesteps: sampler.timesteps,
      noiseLevels: sampler.timesteps.indices.map(sampler.noiseLevel), sampler: sampler.name,
      guidanceScale: guidance.scale, imageCount: imageCount, fingerprint: denoiser.fingerprint,
      weight: denoiser.weight)
  }

  /// A text that differs between models, for calibrations; computed when it is asked for.
  public var fingerprint: String { identify() }
  /// Whether there is an unconditional stream.
  public var isGuided: Bool { guidanceScale != 1 }
  /// The rows of the batch for one image: two with guidance, else one.
  public var rowsOfImage: Int { isGuided ? 2 : 1 }
  /// The number of steps.
  public var stepCount: Int { steps.count }
  /// The number of blocks.
  public var depth: Int { architecture.depth }
  /// The branches of a block in their order.
  public var branches: [Architecture.Branch] { architecture.branches.map(\.branch) }

  /// The rows and columns of tokens; patches are square.
  public var grid: (rows: Int, columns: Int) {
    let (height, width) = (architecture.sampleShape[1], architecture.sampleShape[2])
    let area = Double(height * width) / Double(architecture.tokenCount)
    let side = max(1, Int(area.squareRoot().rounded()))
    return (height / side, width / side)
  }

  /// The sites of some branches in some blocks; all of them by default.
  public func branchSites(
    _ kinds: Set<Architecture.Branch>? = nil, blocks: Range<Int>? = nil
  ) -> [CacheSite] {
    branches.filter { kinds?.contains($0) ?? true }.flatMap { branch in
      (blocks ?? 0..<depth).map { CacheSite.branch(branch, block: $0) }
    }
  }

  /// The steps of which the timestep lies within a range.
  public func steps(within timesteps: ClosedRange<Double>) -> [Int] {
    steps.filter { timesteps.contains($0.timestep) }.map(\.index)
  }
}

// The cost and the size of sites.
extension RunOutline {
  /// The multiply-adds of the blocks in all steps without a cache for one image, as papers count
  /// them.
  public var fullCost: MultiplyAdds {
    rowsOfImage * stepCount * depth * architecture.paperBlock
  }

  /// The multiply-adds of computing a site for one row.
  ///
  /// - Parameters:
  ///   - site: The site.
  ///   - asPapersCount: Whether the modulation of a block counts in every step; a run computes it
  ///     once for many steps.
  /// - Returns: The multiply-adds.
  func cost(of site: CacheSite, asPapersCount: Bool) -> MultiplyAdds {
    let block = asPapersCount ? architecture.paperBlock : architecture.block
    switch site {
    case .blocks(let range), .output(let range): return range.count * block
    case .prediction, .unconditional: return depth * block
    case .branch(let branch, _):
      return architecture.branches.first { $0.branch == branch }?.cost ?? MultiplyAdds()
    case .linear(let layer, _):
      let (inputs, outputs) = sizes(of: layer)
      return MultiplyAdds(
        linear: Double(architecture.tokenCount) * Double(inputs) * Double(outputs))
    }
  }

  /// The inputs and outputs of a linear layer.
  func sizes(of layer: BlockLinear) -> (inputs: Int, outputs: Int) {
    let width = architecture.width
    let cost = architecture.branches.first { $0.branch == .feedForward }?.cost.linear ?? 0
    let hidden = Int((cost / Double(2 * architecture.tokenCount * width)).rounded())
    switch layer {
    case .qkv: return (width, 3 * width)
    case .projection: return (width, width)
    case .fc1: return (width, hidden)
    case .fc2: return (hidden, width)
    }
  }

  /// The number of elements of a site's value, for all images of the batch.
  func elements(of site: CacheSite) -> Int {
    let tokens = imageCount * rowsOfImage * architecture.tokenCount
    switch site {
    case .blocks, .output, .branch: return tokens * architecture.width
    case .linear(let layer, _): return tokens * sizes(of: layer).outputs
    case .prediction, .unconditional:
      return imageCount * architecture.outputChannels
        * Array(architecture.sampleShape.dropFirst()).product
    }
  }

  /// The number of elements of a site's input, for all images of the batch.
  func inputs(of site: CacheSite) -> Int {
    switch site {
    case .linear(let layer, _):
      imageCount * rowsOfImage * architecture.tokenCount * sizes(of: layer).inputs
    case .prediction: imageCount * architecture.sampleShape.product
    default: elements(of: site)
    }
  }

  /// The number of elements of what a probe shows, for all images of the batch.
  func elements(of probe: CacheProbe) -> Int {
    switch probe {
    case .sample: inputs(of: CacheSite.prediction)
    case .prediction: elements(of: CacheSite.prediction)
    case .modulatedInput, .offset, .output, .branch: elements(of: CacheSite.blocks(0..<1))
    }
  }
}
