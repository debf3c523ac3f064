internal import Kernels
internal import NN
internal import Tensor

extension DiffusionTransformer {
  /// The modulation of every layer in one step.
  struct Modulations: Sendable {
    let blocks: [Block.Modulation]
    let output: OutputLayer.Modulation
  }

  /// The modulations of some conditions.
  func modulations(_ c: Conditions, in workspace: Workspace) -> Modulations {
    Modulations(
      blocks: blocks.indices.map {
        Block.Modulation(blocks[$0].modulation(c[$0], in: workspace))
      },
      output: OutputLayer.Modulation(output.modulation(c.output, in: workspace)))
  }

  /// The modulations of some steps of a run, computed together.
  ///
  /// A run knows its timesteps and labels before it starts. So one product computes the modulations
  /// of many steps: it reads the weights, a third of the model, once instead of once for each step.
  /// Each distinct pair of a timestep and a label is computed once.
  struct ModulationTable: Sendable {
    /// The modulations of each block and then of the last layer, `[steps, batch, …]`.
    private let rows: [Tensor<Float>]
    private let firstStep: Int
    /// The number of pairs of a timestep and a label that were computed.
    let conditionCount: Int

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
      let c = Conditions(
        model, timesteps: steps.flatMap { step in distinct.map { _ in timesteps[step] } },
        labels: steps.flatMap { _ in distinct }, in: workspace)
      let places = Tensor(labels.map { label in Int64(distinct.firstIndex(of: label) ?? 0) })
      func modulated(_ layer: Linear, _ c: Operand) -> Tensor<Float> {
        layer(c, in: workspace).reshaped([steps.count, distinct.count, -1])
          .gathered(places, axis: 1)
      }
      rows =
        model.blocks.indices.map { modulated(model.blocks[$0].modulation, c[$0]) }
        + [modulated(model.output.modulation, c.output)]
      firstStep = steps.lowerBound
      conditionCount = steps.count * distinct.count
    }

    /// The number of steps whose modulations fit in 64 MB, at least one.
    static func stepLimit(_ c: Configuration, batch: Int) -> Int {
      max(1, (64 << 20) / (batch * (6 * c.depth + 2) * c.width * MemoryLayout<Float>.stride))
    }

    /// Whether a step is among those of this table.
    func contains(_ step: Int) -> Bool {
      (firstStep..<firstStep + rows[0].shape[0]).contains(step)
    }

    /// The modulations of a step, for some samples of the batch.
    subscript(step: Int, samples: [Int]) -> Modulations {
      let isWholeBatch = samples.elementsEqual(0..<rows[0].shape[1])
      let places = Tensor(samples.map(Int64.init))
      let rows = rows.map {
        isWholeBatch ? $0[step - firstStep] : $0[step - firstStep].gathered(places, axis: 0)
      }
      return Modulations(
        blocks: rows.dropLast().map(Block.Modulation.init),
        output: OutputLayer.Modulation(rows[rows.count - 1]))
    }
  }
}
