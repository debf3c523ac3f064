internal import Tensor

/// Finds N and N_c of Δ-DiT from a target of multiply-adds.
///
/// Reference: [Chen et al., 2024](https://arxiv.org/abs/2406.01125), section 4.3. The formula as
/// printed divides by a block's multiply-adds twice, and gives the blocks that a cheap step
/// computes, not those that it reuses; this is the corrected one. Only blocks are counted.
public struct DeltaPlanner: Sendable {
  /// The number of steps, T in the paper.
  public let stepCount: Int
  /// The number of blocks, N_b in the paper.
  public let depth: Int
  /// The multiply-adds of one block in one step, M_b in the paper.
  public let blockCost: Double

  /// A planner for a run of some steps of a model.
  ///
  /// - Precondition: All are positive.
  public init(stepCount: Int, depth: Int, blockCost: Double) {
    check(
      stepCount > 0 && depth > 0 && blockCost > 0,
      "planner: steps \(stepCount), depth \(depth) and cost \(blockCost) must be positive")
    (self.stepCount, self.depth, self.blockCost) = (stepCount, depth, blockCost)
  }

  /// The multiply-adds of a run without a cache.
  public var fullCost: Double { Double(stepCount * depth) * blockCost }

  /// The settings that come nearest to a target, M_g in the paper.
  ///
  /// - Parameter target: Multiply-adds for all blocks in all steps.
  /// - Returns: N and N_c.
  /// - Throws: `CacheError.target` where it is not positive or above the cost without a cache.
  public func settings(for target: Double) throws(CacheError) -> (
    interval: Int, cachedBlocks: Int
  ) {
    guard target > 0, target <= fullCost, (fullCost / target).rounded(.up) <= Double(stepCount)
    else {
      throw .target(target, allowed: fullCost / Double(stepCount)...fullCost)
    }
    let interval = Int((fullCost / target).rounded(.up))
    guard interval > 1 else { return (1, 0) }
    let fullStep = Double(depth) * blockCost
    let period = (target - Double(stepCount % interval) * fullStep) / Double(stepCount / interval)
    let computed = ((period - fullStep) / (blockCost * Double(interval - 1))).rounded()
    return (interval, depth - Int(min(max(computed, 0), Double(depth))))
  }

  /// The multiply-adds that a run with these settings spends.
  ///
  /// - Parameters:
  ///   - interval: N, at least one.
  ///   - cachedBlocks: N_c.
  /// - Returns: Multiply-adds for all blocks in all steps.
  public func cost(interval: Int, cachedBlocks: Int) -> Double {
    let full = (stepCount + interval - 1) / interval
    return blockCost * Double(full * depth + (stepCount - full) * (depth - cachedBlocks))
  }
}
