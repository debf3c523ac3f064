public import Kernels
public import Tensor

/// What one run has kept so far.
///
/// It dies with the run.
/// A value holds the rows of the whole batch, conditional and unconditional ones each at their own
/// place, so they never meet.
public struct CacheState: Sendable {
  private let plan: CachePlan
  private var predictors: [any CachePredictor]
  /// The inputs of the ranges that are being recorded.
  private var inputs: [Int: Tensor<Float>] = [:]
  /// The most bytes held so far.
  private(set) var peakByteCount = 0

  init(_ plan: CachePlan) {
    self.plan = plan
    predictors = plan.rules.map(\.predictor)
  }

  /// Passes `tokens` through all blocks, computing or reusing each as the plan says for `step`.
  ///
  /// - Parameters:
  ///   - tokens: The residual stream, `[batch, tokens, width]`.
  ///   - step: The index of the step.
  ///   - workspace: What to compute with.
  ///   - block: Passes tokens through a block.
  public mutating func passBlocks(
    _ tokens: inout Tensor<Float>, step: Int, in workspace: Workspace,
    _ block: (Int, inout Tensor<Float>) throws -> Void
  ) rethrows {
    var index = 0
    while index < plan.depth {
      if let rule = rules(.reuse, in: step).first(where: { lowerBound($0) == index }) {
        let offset = require(
          predictors[rule].value(step: step),
          "cache: \(plan.rules[rule].site) has nothing for step \(step)")
        tokens = linearCombination([(1, tokens), (1, offset)], in: workspace)
        index = upperBound(rule)
        continue
      }
      let recorded = rules(.record, in: step)
      for rule in recorded where lowerBound(rule) == index { inputs[rule] = tokens }
      try block(index, &tokens)
      index += 1
      for rule in recorded where upperBound(rule) == index {
        guard let input = inputs.removeValue(forKey: rule) else { continue }
        predictors[rule].record(
          linearCombination([(1, tokens), (-1, input)], in: workspace), step: step)
      }
    }
    peakByteCount = max(peakByteCount, predictors.reduce(0) { $0 + $1.byteCount })
    for rule in rules(.reuse, in: step) where !plan.rules[rule].schedule.isNeeded(after: step) {
      predictors[rule].reset()
    }
  }

  private func rules(_ action: CacheSchedule.Action, in step: Int) -> [Int] {
    plan.rules.indices.filter { plan.rules[$0].schedule.actions[step] == action }
  }

  private func lowerBound(_ rule: Int) -> Int { plan.rules[rule].site.savedBlocks.lowerBound }

  private func upperBound(_ rule: Int) -> Int { plan.rules[rule].site.savedBlocks.upperBound }
}
