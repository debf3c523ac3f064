internal import Tensor

/// What runs did and what they cost.
public struct RunReport: Sendable {
  /// The blocks, counted over all steps, of which something was computed; the mean of all images.
  public private(set) var computedBlocks = 0
  /// The blocks, counted over all steps, of which nothing was computed; the mean of all images.
  public private(set) var reusedBlocks = 0
  /// The multiply-adds of the blocks as the papers count them, for the whole batch.
  public private(set) var blockCost = MultiplyAdds()
  /// The same without a cache.
  public private(set) var fullBlockCost = MultiplyAdds()
  /// All multiply-adds that were executed: those of the embeddings and the last layer too, and
  /// those of modulations once for each distinct condition.
  public private(set) var executedCost = MultiplyAdds()
  /// The most bytes that a cache held.
  public private(set) var cachePeakBytes = 0
  /// The most bytes that the plan of the cache said before the run.
  public private(set) var plannedCacheBytes = 0
  /// What the rules of the cache did: one trace for each run or, where gates decide, for each
  /// image.
  public private(set) var traces: [CacheTrace] = []
  private var fullSteps: [Double] = []
  private var cheapSteps: [Double] = []

  /// The report of no run.
  public init() {}

  /// The report of the steps that a run has taken so far.
  init(_ run: DenoisingRun) {
    traces = run.traces
    for step in 0..<run.index {
      let seconds = run.durations[step] / .seconds(1)
      if traces.contains(where: { $0.reuses(in: step) }) {
        cheapSteps.append(seconds)
      } else {
        fullSteps.append(seconds)
      }
    }
    reusedBlocks = run.reusedBlocks
    computedBlocks = run.index * run.architecture.depth - reusedBlocks
    (blockCost, fullBlockCost) = run.blockCosts
    plannedCacheBytes = run.plan.peakByteCount
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
    total.plannedCacheBytes = max(total.plannedCacheBytes, other.plannedCacheBytes)
    total.traces += other.traces
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

/// The median; nil of no numbers.
private func median(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : Tensor(values).median().item
}
