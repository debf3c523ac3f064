/// What runs did and what they cost.
public struct RunReport: Sendable {
  /// The blocks that were computed, over all steps.
  public private(set) var computedBlocks = 0
  /// The blocks that were reused, over all steps.
  public private(set) var reusedBlocks = 0
  /// The multiply-adds of the blocks as the papers count them, for the whole batch.
  public private(set) var blockCost = MultiplyAdds()
  /// The same without a cache.
  public private(set) var fullBlockCost = MultiplyAdds()
  /// The multiply-adds that were executed: modulations once for each distinct condition, and the
  /// embeddings and the last layer too.
  public private(set) var executedCost = MultiplyAdds()
  /// The most bytes that a cache held.
  public private(set) var cachePeakBytes = 0
  private var fullSteps: [Double] = []
  private var cheapSteps: [Double] = []

  /// The report of no run.
  public init() {}

  /// The report of the steps that a run has taken so far.
  init(_ run: DenoisingRun) {
    let block = run.architecture.paperBlock
    for step in 0..<run.index {
      let seconds = run.durations[step] / .seconds(1)
      if run.plan.reusedBlocks(step: step) == 0 {
        fullSteps.append(seconds)
      } else {
        cheapSteps.append(seconds)
      }
      computedBlocks += run.plan.computedBlocks(step: step)
      reusedBlocks += run.plan.reusedBlocks(step: step)
    }
    blockCost = run.batchSize * computedBlocks * block
    fullBlockCost = run.batchSize * (computedBlocks + reusedBlocks) * block
    executedCost = run.executedCost
    cachePeakBytes = run.cachePeakBytes
  }

  /// Adds the report of another run.
  public static func += (total: inout RunReport, other: RunReport) {
    total.computedBlocks += other.computedBlocks
    total.reusedBlocks += other.reusedBlocks
    total.blockCost = total.blockCost + other.blockCost
    total.fullBlockCost = total.fullBlockCost + other.fullBlockCost
    total.executedCost = total.executedCost + other.executedCost
    total.cachePeakBytes = max(total.cachePeakBytes, other.cachePeakBytes)
    total.fullSteps += other.fullSteps
    total.cheapSteps += other.cheapSteps
  }

  /// The seconds of all steps.
  public var seconds: Double { (fullSteps + cheapSteps).reduce(0, +) }

  /// The median seconds of a step that computed every block; nil where there was none.
  public var fullStepSeconds: Double? { median(fullSteps) }

  /// The median seconds of a step that reused blocks; nil where there was none.
  public var cheapStepSeconds: Double? { median(cheapSteps) }
}

extension DenoisingRun {
  /// What the steps so far did and what they cost.
  public var report: RunReport { RunReport(self) }
}

/// The middle of some numbers; nil where there are none.
private func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
