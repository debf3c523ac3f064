/// What a run did and what it cost.
public struct RunReport: Sendable, Codable, Hashable {
  /// The blocks that were computed and that were reused, over all steps.
  public let computedBlocks, reusedBlocks: Int
  /// The multiply-adds of the blocks as the papers count them, for the whole batch.
  public let blockCost: MultiplyAdds
  /// The same without a cache.
  public let fullBlockCost: MultiplyAdds
  /// The multiply-adds that were executed: modulations once for each distinct condition, and the
  /// embeddings and the last layer too.
  public let executedCost: MultiplyAdds
  /// The most bytes that the cache held.
  public let cachePeakBytes: Int
  /// The median seconds of a step that computed every block; nil where there was none.
  public let fullStepSeconds: Double?
  /// The median seconds of a step that reused blocks; nil where there was none.
  public let cheapStepSeconds: Double?
  /// The seconds of all steps.
  public let seconds: Double
}

extension DenoisingRun {
  /// What the steps so far did and what they cost.
  public var report: RunReport {
    let (c, steps) = (model.configuration, 0..<index)
    let computed = steps.reduce(0) { $0 + plan.computedBlocks(step: $1) }
    let seconds = durations.prefix(index).map { $0 / .seconds(1) }
    let full = steps.filter { plan.reusedBlocks(step: $0) == 0 }
    let cheap = steps.filter { plan.reusedBlocks(step: $0) > 0 }
    return RunReport(
      computedBlocks: computed, reusedBlocks: index * c.depth - computed,
      blockCost: batchSize * computed * c.blockCost,
      fullBlockCost: batchSize * index * c.depth * c.blockCost,
      executedCost: batchSize * computed * c.blockTokenCost
        + batchSize * index * c.embeddingCost + conditions * c.conditionCost,
      cachePeakBytes: cachePeakBytes, fullStepSeconds: median(full.map { seconds[$0] }),
      cheapStepSeconds: median(cheap.map { seconds[$0] }), seconds: seconds.reduce(0, +))
  }
}

/// The middle of some numbers; nil where there are none.
func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
