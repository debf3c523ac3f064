internal import Kernels
internal import Tensor

extension DiffusionTransformer {
  /// What the condition of one step makes of every layer.
  struct Modulations: Sendable {
    let blocks: [Block.Modulation]
    let output: OutputLayer.Modulation
  }

  /// The modulations of a condition, `[batch, width]`.
  func modulations(_ c: Tensor<Float>, in workspace: Workspace) -> Modulations {
    let c = Operand(activate(.silu, c, in: workspace))
    return Modulations(
      blocks: blocks.map { Block.Modulation($0.modulation(c, in: workspace)) },
      output: OutputLayer.Modulation(output.modulation(c, in: workspace)))
  }

  /// The modulations of some steps of a run, worked out together.
  ///
  /// A run knows its timesteps and labels before it starts. One product over many conditions reads
  /// the modulation weights, a third of the model, once instead of once a step; and each distinct
  /// pair of timestep and label is worked out once.
  struct ModulationTable: Sendable {
    /// For each block and then the last layer, a row for each step and sample,
    /// `[steps, batch, …]`.
    private let rows: [Tensor<Float>]
    private let firstStep: Int

    /// The modulations of `steps`.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - steps: The indices of the steps.
    ///   - timesteps: The timestep of every step of the run.
    ///   - labels: The label of each sample of the batch.
    ///   - workspace: What to compute with.
    init(
      _ model: DiffusionTransformer, steps: Range<Int>, timesteps: [Double], labels: [Int],
      in workspace: Workspace
    ) {
      let distinct = Array(Set(labels)).sorted()
      let c = model.condition(
        timesteps: steps.flatMap { step in distinct.map { _ in timesteps[step] } },
        labels: steps.flatMap { _ in distinct }, in: workspace)
      let operand = Operand(activate(.silu, c, in: workspace))
      let places = Tensor(labels.map { label in Int64(distinct.firstIndex(of: label) ?? 0) })
      rows = (model.blocks.map(\.modulation) + [model.output.modulation]).map { layer in
        layer(operand, in: workspace).reshaped([steps.count, distinct.count, -1])
          .gathered(places, axis: 1)
      }
      firstStep = steps.lowerBound
    }

    /// The number of steps that fit in 64 MB, at least one.
    static func stepLimit(_ c: Configuration, batch: Int) -> Int {
      max(1, (64 << 20) / (batch * (6 * c.depth + 2) * c.width * MemoryLayout<Float>.stride))
    }

    /// Whether a step is among those of this table.
    func contains(_ step: Int) -> Bool {
      (firstStep..<firstStep + rows[0].shape[0]).contains(step)
    }

    /// The modulations of a step.
    subscript(step: Int) -> Modulations {
      let rows = rows.map { $0[step - firstStep] }
      return Modulations(
        blocks: rows.dropLast().map(Block.Modulation.init),
        output: OutputLayer.Modulation(rows[rows.count - 1]))
    }
  }
}
