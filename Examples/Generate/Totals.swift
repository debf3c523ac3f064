internal import DiT
internal import Tensor

/// What the runs of all batches so far did.
struct Totals: Sendable {
  /// What the runs did and what they cost.
  private(set) var report = RunReport()
  /// The number of finished samples.
  private(set) var count = 0

  /// Adds a finished run.
  mutating func append(_ run: DenoisingRun) {
    report += run.report
    count += run.latents.shape[0]
  }
}
