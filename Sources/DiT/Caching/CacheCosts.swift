extension CachePlan {
  /// The multiply-adds of the blocks in a step, for one image.
  ///
  /// With guidance, both streams count. Steps in which a gate decides count as computed.
  public func cost(ofStep step: Int) -> MultiplyAdds {
    let rows = rows(in: step)
    var total = rows * outline.depth * outline.architecture.paperBlock
    for rule in rules {
      let action = rule.schedule.actions[step]
      for site in rule.sites where site != .unconditional {
        let full =
          (site == .prediction ? outline.rowsOfImage : rows)
          * outline.cost(of: site, asPapersCount: true)
        if action == .reuse { total = total - full }
        if action != .compute, action != .ask {
          total = total + rule.predictor.placed(at: site).cost(action, of: full, at: step)
        }
      }
    }
    return total
  }

  /// The multiply-adds of the blocks in all steps for one image.
  public var cost: MultiplyAdds {
    outline.steps.indices.reduce(MultiplyAdds()) { $0 + cost(ofStep: $1) }
  }

  /// The share of the blocks' multiply-adds that the plan computes; of linear layers only, as
  /// papers count.
  ///
  /// Steps in which a gate decides count as computed.
  public var computedShare: Double { cost.linear / outline.fullCost.linear }

  /// The number of blocks of which nothing is computed in a step.
  ///
  /// Steps in which a gate decides count as computed.
  public func reusedBlocks(step: Int) -> Int {
    reusedBlocks { rules[$0].schedule.actions[step] == .reuse }
  }

  /// The number of blocks of which nothing is computed if some rules reuse.
  func reusedBlocks(where reuses: (_ rule: Int) -> Bool) -> Int {
    let reused = rules.indices.filter(reuses).flatMap { rules[$0].sites }
    return (0..<outline.depth).filter { block in
      reused.contains { site in
        switch site {
        case .blocks(let range), .output(let range): range.contains(block)
        case .prediction: true
        default: false
        }
      } || outline.branches.allSatisfy { reused.contains(.branch($0, block: block)) }
    }.count
  }

  /// The number of blocks of which something is computed in a step.
  public func computedBlocks(step: Int) -> Int { outline.depth - reusedBlocks(step: step) }

  /// The number of blocks of which something is computed, summed over all steps.
  public var computedBlocks: Int {
    outline.steps.indices.reduce(0) { $0 + computedBlocks(step: $1) }
  }

  /// The number of blocks of which nothing is computed, summed over all steps.
  public var reusedBlocks: Int { outline.steps.count * outline.depth - computedBlocks }

  /// The rows of one image that a step computes.
  private func rows(in step: Int) -> Int {
    let isHalved = rules.contains {
      $0.sites == [.unconditional] && $0.schedule.actions[step] == .reuse
    }
    return isHalved ? 1 : outline.rowsOfImage
  }

  /// The most bytes that kept values will take, for the whole batch.
  public var peakByteCount: Int {
    let stride = MemoryLayout<Float>.stride
    return outline.steps.indices.map { step in
      rules.reduce(0) { bytes, rule in
        let schedule = rule.schedule
        let isRecorded = schedule.actions[...step].contains { $0 == .record || $0 == .ask }
        let isNeeded =
          rule.predictor.keepsHistory
          ? schedule.actions[step] != .compute || schedule.reusesAnything(after: step)
          : [.reuse, .ask].contains(schedule.actions[step]) || schedule.isNeeded(after: step)
        guard isRecorded, isNeeded else { return bytes }
        let gate = rule.gate?.capacity { outline.elements(of: $0) } ?? 0
        return bytes + gate * stride
          + rule.sites.reduce(0) { sum, site in
            sum
              + rule.predictor.placed(at: site).capacity(
                elements: outline.elements(of: site), inputs: outline.inputs(of: site))
          } * stride
      }
    }.max() ?? 0
  }
}
