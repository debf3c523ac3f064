public import Kernels
internal import Tensor

extension DiffusionTransformer: Denoiser {
  /// The sizes and costs of the model.
  public var architecture: Architecture { configuration.architecture }
  /// Only the size that it was trained for.
  public var sizes: SampleSizes { .only(configuration.inputSize) }
  /// The null class.
  public var unconditional: Condition? { .label(configuration.nullClass) }

  /// The sizes and costs of the model for samples of a size; it draws only one.
  ///
  /// - Throws: `RunError.size` where the size is not the model's.
  public func architecture(for size: SampleSize) throws(RunError) -> Architecture {
    guard sizes.contains(size) else { throw .size(size, expected: sizes.described()) }
    return architecture
  }

  /// A workspace of the instruction set that the weights are packed for.
  public func workspace(threads: Int?) -> Workspace {
    Workspace(threads: threads, precision: precision, table: table)
  }

  /// Prepares the evaluations of one run.
  ///
  /// - Throws: `RunError.condition` where one is no class of the model, `RunError.size` where the
  ///   size is not the model's.
  public func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession {
    let architecture = try architecture(for: size)
    var labels: [Int] = []
    for condition in conditions {
      guard case .label(let label) = condition, (0...configuration.nullClass).contains(label)
      else {
        throw .condition(
          "\(condition)",
          expected:
            "classes 0 to \(configuration.classCount - 1), and \(configuration.nullClass) for none")
      }
      labels.append(label)
    }
    return Session(
      model: self, architecture: architecture, labels: labels, timesteps: timesteps)
  }

  /// The classes and timesteps of one run, and the modulations computed from them.
  struct Session: DenoiserSession {
    let model: DiffusionTransformer
    let architecture: Architecture
    let labels: [Int]
    let timesteps: [Double]
    private var table: ModulationTable?
    private(set) var executed = MultiplyAdds()

    init(
      model: DiffusionTransformer, architecture: Architecture, labels: [Int],
      timesteps: [Double]
    ) {
      (self.model, self.architecture) = (model, architecture)
      (self.labels, self.timesteps) = (labels, timesteps)
    }

    mutating func predict(
      _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState,
      in workspace: Workspace
    ) throws -> Tensor<Float> {
      let modulations = modulations(of: step, in: workspace)[step, rows]
      var tokens = model.embed(x, in: workspace)
      let first = modulations.blocks[0]
      executed += try cache.passBlocks(
        &tokens, in: workspace,
        modulatedInput: { model.blocks[0].modulatedInput($0, first, in: workspace) }
      ) { block, tokens, rows, cache in
        try Task.checkCancellation()
        model.blocks[block](
          &tokens, modulations.blocks[block][rows], index: block, &cache, in: workspace)
      }
      executed += rows.count * architecture.embedding
      return model.predict(tokens, modulations.output, in: workspace)
    }

    /// The table that has the modulations of a step; a new one is computed for as many steps as
    /// `stepLimit` says.
    private mutating func modulations(
      of step: Int, in workspace: Workspace
    ) -> ModulationTable {
      if let table, table.contains(step) { return table }
      let limit = ModulationTable.stepLimit(model.configuration, batch: labels.count)
      let table = ModulationTable(
        model, steps: step..<min(step + limit, timesteps.count), timesteps: timesteps,
        labels: labels, in: workspace)
      executed +=
        table.conditionCount
        * model.configuration.conditionCost(embeddings: model.conditionEmbeddings.count)
      self.table = table
      return table
    }
  }
}
