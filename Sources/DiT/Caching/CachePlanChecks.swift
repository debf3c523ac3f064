// What is checked when a plan is made.
extension CachePlan {
  /// Checks that a rule is for this model and this number of steps, and reuses only what it has
  /// kept.
  func validate(_ rule: Rule) throws(CacheError) {
    guard rule.schedule.actions.count == outline.steps.count else {
      throw .stepCount(plan: rule.schedule.actions.count, run: outline.steps.count)
    }
    for site in rule.sites { try validate(site) }
    if let step = rule.schedule.firstReuseWithoutValue, let site = rule.sites.first {
      throw .nothingToReuse(site: site, step: step)
    }
  }

  /// Checks that the model has a site.
  private func validate(_ site: CacheSite) throws(CacheError) {
    if let range = site.range {
      guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= outline.depth else {
        throw .site(site, depth: outline.depth)
      }
    }
    switch site {
    case .branch(let branch, _) where !outline.branches.contains(branch):
      throw .inapplicable(
        method: "\(site)", reason: "the model's blocks have no \(branch.rawValue)")
    case .unconditional where !outline.isGuided:
      throw .inapplicable(
        method: "a cache of the unconditional prediction",
        reason: "guidance is off, so there is none")
    default: break
    }
  }

  /// The sites that a rule keeps or reuses in a step, and whether it may reuse them.
  private func acting(_ step: Int) -> [(rule: Int, site: CacheSite, mayReuse: Bool)] {
    rules.enumerated().flatMap { index, rule in
      let action = rule.schedule.actions[step]
      guard action != .compute else { return [(rule: Int, site: CacheSite, mayReuse: Bool)]() }
      return rule.sites.map { (index, $0, action != .record) }
    }
  }

  /// Checks that no site is reused in a step that another rule needs it in.
  func checkConflicts(_ step: Int) throws(CacheError) {
    let acting = acting(step)
    for (i, a) in acting.enumerated() where a.mayReuse {
      for (j, b) in acting.enumerated() where i != j && a.site.overlaps(b.site) {
        throw .conflict(a.site, b.site, step: step)
      }
    }
  }

  /// Checks that what gates look at in a step is not reused by another rule.
  func checkProbes(_ step: Int) throws(CacheError) {
    let reuses = acting(step).filter(\.mayReuse)
    for (index, rule) in rules.enumerated() where rule.schedule.actions[step] == .ask {
      for probe in rule.gate?.probes ?? [] {
        if let other = reuses.first(where: { $0.rule != index && probe.isHidden(by: $0.site) }) {
          throw .hiddenProbe(probe, by: other.site, step: step)
        }
      }
    }
  }

  /// Checks that no guided step reuses what a step without the unconditional stream has kept.
  func checkStreams() throws(CacheError) {
    let streams = rules.first { $0.sites == [.unconditional] }?.schedule.actions
    guard let streams else { return }
    for rule in rules where rule.sites != [.unconditional] && rule.gate == nil {
      var recorded: Int?
      for (step, action) in rule.schedule.actions.enumerated() {
        if action == .record { recorded = streams[step] == .reuse ? step : nil }
        if action == .reuse, streams[step] != .reuse, let recorded, let site = rule.sites.first {
          throw .unguidedRecord(site: site, recorded: recorded, reused: step)
        }
      }
    }
  }
}
