internal import DiT
internal import Tensor

/// The finished samples of all batches so far.
struct Samples: Sendable {
  /// The samples of each batch, `[batch] + sampleShape`.
  private var batches: [Tensor<Float>] = []
  /// What the runs did and what they cost.
  private(set) var report = RunReport()
  /// The steps of all runs.
  private(set) var stepCount = 0

  var isEmpty: Bool { batches.isEmpty }

  /// The number of samples.
  var count: Int { batches.reduce(0) { $0 + $1.shape[0] } }

  /// All samples, `[count] + sampleShape`.
  var latents: Tensor<Float> { Tensor(concatenating: batches, axis: 0) }

  /// Adds the result of a finished run.
  mutating func append(_ run: DenoisingRun) {
    batches.append(run.latents)
    report += run.report
    stepCount += run.index
  }
}
