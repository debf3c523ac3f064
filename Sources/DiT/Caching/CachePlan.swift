/// What a run caches: for each site, when it is refreshed and what stands in for it.
public struct CachePlan: Sendable, CustomStringConvertible {
  /// One site with its schedule and its predictor.
  public struct Rule: Sendable {
    /// Where something is reused.
    public let site: CacheSite
    /// When it is refreshed.
    public let schedule: CacheSchedule
    /// What stands in for it, before it has seen anything.
    public let predictor: any CachePredictor

    /// A rule.
    public init(
      site: CacheSite, schedule: CacheSchedule, predictor: any CachePredictor = LastValue()
    ) {
      (self.site, self.schedule, self.predictor) = (site, schedule, predictor)
    }
  }

  /// The number of steps that the plan is for.
  public let stepCount: Int
  /// The number of blocks of the model that the plan is for.
  public let depth: Int
  /// The rules.
  public let rules: [Rule]

  /// A plan.
  ///
  /// - Throws: `CacheError` where a schedule has another number of steps, a site is not in the
  ///   model, a value would be reused before there is one, or two reuses meet in one step.
  public init(stepCount: Int, depth: Int, rules: [Rule]) throws(CacheError) {
    for rule in rules {
      let blocks = rule.site.savedBlocks
      guard rule.schedule.actions.count == stepCount else {
        throw .stepCount(plan: rule.schedule.actions.count, run: stepCount)
      }
      guard !blocks.isEmpty, blocks.lowerBound >= 0, blocks.upperBound <= depth else {
        throw .range(blocks, depth: depth)
      }
      if let step = rule.schedule.firstUnfoundedReuse {
        throw .nothingToReuse(site: rule.site, step: step)
      }
    }
    for step in 0..<stepCount {
      let acting = rules.filter { $0.schedule.actions[step] != .compute }
      for (i, rule) in acting.enumerated() where rule.schedule.actions[step] == .reuse {
        for (j, other) in acting.enumerated()
        where i != j && rule.site.savedBlocks.overlaps(other.site.savedBlocks) {
          throw .conflict(rule.site, other.site, step: step)
        }
      }
    }
    (self.stepCount, self.depth, self.rules) = (stepCount, depth, rules)
  }

  /// The plan of a run that computes everything.
  public static func nothing(stepCount: Int, depth: Int) -> CachePlan {
    CachePlan(unchecked: stepCount, depth)
  }

  private init(unchecked stepCount: Int, _ depth: Int) {
    (self.stepCount, self.depth, rules) = (stepCount, depth, [])
  }

  /// The blocks that are not computed in a step.
  public func reusedBlocks(step: Int) -> Int {
    rules.reduce(0) {
      $0 + ($1.schedule.actions[step] == .reuse ? $1.site.savedBlocks.count : 0)
    }
  }

  /// The blocks that are computed in a step.
  public func computedBlocks(step: Int) -> Int { depth - reusedBlocks(step: step) }

  /// The blocks that are computed in all steps.
  public var computedBlocks: Int { (0..<stepCount).reduce(0) { $0 + computedBlocks(step: $1) } }

  /// The blocks that are reused in all steps.
  public var reusedBlocks: Int { stepCount * depth - computedBlocks }

  /// A line for each rule: the site, and a character for each step (`.` computed, `R` computed and
  /// kept, `-` reused).
  public var description: String {
    if rules.isEmpty { return "everything is computed" }
    let width = rules.map(\.site.description.count).max() ?? 0
    return rules.map { rule in
      let site = rule.site.description
      return site + String(repeating: " ", count: width - site.count + 2)
        + rule.schedule.description
    }.joined(separator: "\n")
  }
}

/// A cache that a model or a run cannot have.
public enum CacheError: Error, Hashable, CustomStringConvertible {
  /// The interval between full steps is not positive.
  case interval(Int)
  /// More blocks than the model has, or fewer than none.
  case blockCount(Int, depth: Int)
  /// The switch from rear to front is not within the run.
  case boundary(Int, stepCount: Int)
  /// A range of blocks that the model does not have.
  case range(Range<Int>, depth: Int)
  /// The front range would not lie in the model.
  case frontStart(Int, allowed: ClosedRange<Int>)
  /// A plan for another number of steps.
  case stepCount(plan: Int, run: Int)
  /// A plan for another number of blocks.
  case depth(plan: Int, model: Int)
  /// A step reuses what no step before it has kept.
  case nothingToReuse(site: CacheSite, step: Int)
  /// Two sites need each other's computation in a step.
  case conflict(CacheSite, CacheSite, step: Int)
  /// A target that the method cannot meet.
  case target(Double, allowed: ClosedRange<Double>)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .interval(let n): "the interval between full steps must be at least 1, not \(n)"
    case .blockCount(let count, let depth):
      "\(count) blocks cannot be cached: the model has \(depth)"
    case .boundary(let b, let steps):
      "the boundary between the stages must be from 0 to \(steps), not \(b)"
    case .range(let range, let depth):
      "blocks \(range.lowerBound)-\(range.upperBound - 1) cannot be cached: "
        + "the model has blocks 0-\(depth - 1)"
    case .frontStart(let start, let allowed):
      "the front range must start from \(allowed.lowerBound) to \(allowed.upperBound), not \(start)"
    case .stepCount(let plan, let run): "a cache plan of \(plan) steps meets a run of \(run)"
    case .depth(let plan, let model):
      "a cache plan for \(plan) blocks meets a model of \(model)"
    case .nothingToReuse(let site, let step):
      "\(site): step \(step) would reuse what no step before it has kept"
    case .conflict(let a, let b, let step):
      "\(a) and \(b) cannot both be cached in step \(step)"
    case .target(let target, let allowed):
      "a target of \(target) is out of reach: from \(allowed.lowerBound) to "
        + "\(allowed.upperBound) is possible"
    }
  }
}
