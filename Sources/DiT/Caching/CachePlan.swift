internal import Tensor

/// What a run caches: rules, each of which says where, when, and what takes the place of a computed
/// value.
public struct CachePlan: CacheMethod, CustomStringConvertible {
  /// Some sites with their schedule, their predictor and, where steps decide, their gate.
  public struct Rule: Sendable {
    /// Where something is reused; all sites of a rule do the same in a step.
    public let sites: [CacheSite]
    /// When.
    public fileprivate(set) var schedule: CacheSchedule
    /// The predictor in its first state, of which each site gets a copy.
    public let predictor: any CachePredictor
    /// What decides in steps that the schedule leaves open.
    public let gate: (any CacheGate)?
    /// The most steps in a row in which the gate may reuse; nil is any number.
    public var most: Int?

    /// A rule.
    ///
    /// - Precondition: There is a gate where the schedule asks one.
    public init(
      sites: [CacheSite], schedule: CacheSchedule, predictor: any CachePredictor = LastValue(),
      gate: (any CacheGate)? = nil, most: Int? = nil
    ) {
      check(
        gate != nil || !schedule.actions.contains(.ask), "cache: a schedule with ? needs a gate")
      (self.sites, self.predictor, self.gate, self.most) = (sites, predictor, gate, most)
      self.schedule = predictor.keepsHistory ? schedule : schedule.pruned
    }

    /// A rule of one site.
    public init(
      site: CacheSite, schedule: CacheSchedule, predictor: any CachePredictor = LastValue(),
      gate: (any CacheGate)? = nil
    ) {
      self.init(sites: [site], schedule: schedule, predictor: predictor, gate: gate)
    }

    /// The sites in words.
    public var title: String { CacheSite.description(of: sites) }
  }

  /// The run that the plan is for.
  public private(set) var outline: RunOutline
  /// The rules, of which each reuses something in some step.
  public private(set) var rules: [Rule]
  /// What the predicted noise is multiplied with in each step; empty where it stays as it is.
  public var noiseScales: [Float] = []
  /// What each channel of the samples is multiplied with after each step, and what is added to it;
  /// empty where they stay as they are.
  public private(set) var sampleCorrections: [AffineCorrection.Line] = []
  /// For each method that corrects samples: the cache that its corrections were measured with, and
  /// the rules that it is joined with in this plan.
  private var correctedCaches: [(method: String, measured: String, rules: [Rule])] = []
  /// Whether everything is computed, and what the plan would have done is measured.
  public var isDry = false

  /// A plan.
  ///
  /// Rules that reuse nothing are left out.
  ///
  /// - Throws: `CacheError` where a schedule has another number of steps, a site is not in the
  ///   model, a value would be reused before there is one, or two reuses overlap in one step.
  public init(for outline: RunOutline, rules: [Rule]) throws(CacheError) {
    self.outline = outline
    self.rules = rules.filter { $0.schedule.canReuse && !$0.sites.isEmpty }
    for rule in rules { try validate(rule) }
    for step in outline.steps.indices {
      try checkConflicts(step)
      try checkProbes(step)
    }
    try checkStreams()
  }

  /// A plan of one rule.
  ///
  /// - Throws: `CacheError`, as for several rules.
  public init(
    for outline: RunOutline, sites: [CacheSite], schedule: CacheSchedule,
    predictor: any CachePredictor = LastValue(), gate: (any CacheGate)? = nil
  ) throws(CacheError) {
    try self.init(
      for: outline,
      rules: [Rule(sites: sites, schedule: schedule, predictor: predictor, gate: gate)])
  }

  /// A plan of one rule, whose gate decides about all steps but the first.
  ///
  /// - Throws: `CacheError`, as for several rules.
  public init(
    for outline: RunOutline, sites: [CacheSite], predictor: any CachePredictor = LastValue(),
    gate: any CacheGate
  ) throws(CacheError) {
    try self.init(
      for: outline, sites: sites, schedule: .gated(stepCount: outline.stepCount),
      predictor: predictor, gate: gate)
  }

  /// The plan of a run that computes everything.
  public init(computingEverything outline: RunOutline) {
    (self.outline, rules) = (outline, [])
  }

  /// A plan that reuses nothing: the predictors of its rules measure values for a calibration.
  init(measuring rules: [Rule], for outline: RunOutline) {
    (self.outline, self.rules) = (outline, rules)
  }

  /// Changes what each rule does in a step.
  mutating func schedule(_ actions: [CacheSchedule.Action], step: Int) {
    for (rule, action) in actions.enumerated() { rules[rule].schedule.actions[step] = action }
  }

  /// This plan for another batch of the same run.
  ///
  /// - Throws: `CacheError.stepCount` or `CacheError.depth` where the run is another one.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try validate(for: run)
    var plan = self
    plan.outline = run
    return plan
  }

  /// Corrects the samples of this plan, and of a plan that it is joined with.
  ///
  /// - Parameters:
  ///   - lines: The correction of the samples after each step; empty for none.
  ///   - method: The method that corrects.
  ///   - cache: The `fingerprint` of the other cache that the lines were measured with.
  mutating func correctSamples(
    _ lines: [AffineCorrection.Line], by method: String, measuredWith cache: String
  ) {
    sampleCorrections = lines
    correctedCaches = [(method, cache, [])]
  }

  /// A text that differs between different caches: where they reuse something, when, and how their
  /// gates decide.
  var fingerprint: String { Self.fingerprint(isDry ? [] : rules) }

  private static func fingerprint(_ rules: [Rule]) -> String {
    let lines = rules.map { rule in
      "\(rule.title) \(rule.schedule)" + (rule.gate.map { " where \($0)" } ?? "")
        + (rule.most.map { ", at most \($0) in a row" } ?? "")
    }
    return lines.isEmpty ? "none" : lines.sorted().joined(separator: "; ")
  }

  /// Checks that the plan is for a run, and that corrections of samples were measured with the
  /// cache that they are used with.
  ///
  /// - Throws: `CacheError.stepCount`, `CacheError.depth`, or `CacheError.calibration` where a
  ///   correction was measured with another cache.
  public func validate(for run: RunOutline) throws(CacheError) {
    for (method, measured, rules) in correctedCaches {
      let found = Self.fingerprint(rules)
      guard found == measured else {
        throw .calibration(method: method, what: "the cache", expected: found, found: measured)
      }
    }
    guard outline.stepCount == run.stepCount else {
      throw .stepCount(plan: outline.stepCount, run: run.stepCount)
    }
    guard outline.depth == run.depth else {
      throw .depth(plan: outline.depth, model: run.depth)
    }
  }

  /// Whether the plan has a gate, so that steps decide, for each image on its own.
  public var hasGates: Bool { rules.contains { $0.gate != nil } }

  /// This plan and another one for the same run.
  ///
  /// - Throws: `CacheError.conflict` where a reuse of one overlaps a site of the other.
  public func joined(with other: CachePlan) throws(CacheError) -> CachePlan {
    var plan = try CachePlan(for: outline, rules: rules + other.rules)
    plan.isDry = isDry || other.isDry
    plan.noiseScales = Self.joined(noiseScales, other.noiseScales) { $0 * $1 }
    plan.sampleCorrections = Self.joined(sampleCorrections, other.sampleCorrections) {
      $0.followed(by: $1)
    }
    plan.correctedCaches =
      correctedCaches.map { ($0.method, $0.measured, $0.rules + other.rules) }
      + other.correctedCaches.map { ($0.method, $0.measured, $0.rules + rules) }
    return plan
  }

  /// The lists of two plans, combined step by step; an empty list stands for no change.
  private static func joined<Element>(
    _ a: [Element], _ b: [Element], _ combine: (Element, Element) -> Element
  ) -> [Element] {
    a.isEmpty || b.isEmpty ? a + b : zip(a, b).map(combine)
  }

  /// The plan with everything computed where limits say so.
  ///
  /// - Throws: `CacheError` where two reuses meet, as in `init(for:rules:)`.
  public func limited(by limits: CacheLimits) throws(CacheError) -> CachePlan {
    let guidance = rules.first { $0.sites == [.unconditional] }?.schedule.limited(by: limits)
    var plan = try CachePlan(
      for: outline,
      rules: rules.map {
        Rule(
          sites: $0.sites, schedule: $0.schedule.limited(by: limits).serving(guidance),
          predictor: $0.predictor, gate: $0.gate,
          most: [$0.most, limits.most].compactMap { $0 }.min())
      })
    (plan.isDry, plan.noiseScales) = (isDry, noiseScales)
    (plan.sampleCorrections, plan.correctedCaches) = (sampleCorrections, correctedCaches)
    return plan
  }

  /// A line for each rule: the sites, and a character for each step (`.` computed, `R` computed and
  /// kept, `-` reused, `?` decided in the run).
  public var description: String {
    if rules.isEmpty { return "everything is computed" }
    return aligned(
      rules.map { rule in
        (
          rule.title,
          rule.schedule.description + (rule.gate.map { "  where \($0)" } ?? "")
        )
      })
  }
}

/// Lines of a title and a text; all texts begin in the same column.
func aligned(_ lines: [(title: String, text: String)]) -> String {
  let width = lines.map(\.title.count).max() ?? 0
  return lines.map { title, text in
    title + String(repeating: " ", count: width - title.count + 2) + text
  }.joined(separator: "\n")
}
