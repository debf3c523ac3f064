internal import Kernels
internal import Tensor

/// What a run has kept: of one image where gates decide, or of all images where there is no gate.
///
/// A value has the rows that were computed, the conditional ones before the unconditional ones, so
/// one stream never gets the values of the other.
///
/// A step that was cancelled may be taken again with the same lane. What it has kept and decided
/// before stays, because it would keep and decide the same again.
struct CacheLane: Sendable {
  /// What is cached when.
  private(set) var plan: CachePlan
  /// A predictor for each site of each rule.
  private(set) var entries: [Entry] = []
  /// The indices of the entries of each site.
  private var entriesOfSite: [CacheSite: [Int]] = [:]
  /// The indices of the entries of runs of blocks, by the first block of the run.
  private(set) var entriesOfRuns: [Int: [Int]] = [:]
  private var gates: [Gate?]
  /// What the rules did in the steps so far.
  private var traceSoFar: CacheTrace
  /// What each rule does in this step; nil until that is decided.
  private var actions: [Action?]
  private var step: CacheStep
  /// The index of the last step that has begun.
  private var begun: Int?
  /// What the probes of predictors have seen in this step.
  private var observed: [CacheProbe: Tensor<Float>] = [:]
  private let probesOfPredictors: Set<CacheProbe>
  /// The probes of all gates and predictors.
  let probes: Set<CacheProbe>
  /// The probes that have been seen in this step.
  private var seen: Set<CacheProbe> = []
  /// The most bytes held so far.
  private(set) var peakByteCount = 0
  /// The multiply-adds of blocks, as papers count them, less those of a run without a cache: below
  /// zero where the cache saves.
  private(set) var costChange = MultiplyAdds()
  /// `costChange` when the step began.
  private(set) var costChangeBeforeStep = MultiplyAdds()
  /// The multiply-adds of this pass through the blocks: those of all blocks, less what was reused
  /// so far.
  private(set) var passCost = MultiplyAdds()
  /// The runs of blocks that have begun in this pass and not yet ended.
  var open: [OpenRun] = []
  /// The blocks of which nothing was computed in the steps so far.
  private(set) var reusedBlocks = 0

  /// What happens at a site in a step.
  enum Action { case compute, record, reuse, compare }

  /// A site with its predictor.
  struct Entry {
    let rule: Int
    let site: CacheSite
    fileprivate(set) var predictor: any CachePredictor
    /// The rows of the last value, and the step that kept it.
    fileprivate(set) var rows = 0
    fileprivate(set) var recordedStep: Int?
  }

  /// A lane of a run that has not begun.
  init(_ plan: CachePlan) {
    self.plan = plan
    for (rule, description) in plan.rules.enumerated() {
      for site in description.sites {
        entriesOfSite[site, default: []].append(entries.count)
        if site.isRun, let first = site.range?.lowerBound {
          entriesOfRuns[first, default: []].append(entries.count)
        }
        entries.append(
          Entry(rule: rule, site: site, predictor: description.predictor.placed(at: site)))
      }
    }
    gates = plan.rules.map { rule in rule.gate.map { Gate($0, rule, isDry: plan.isDry) } }
    traceSoFar = CacheTrace(plan)
    actions = plan.rules.map { _ in nil }
    step = plan.outline.steps.first ?? CacheStep(index: 0, count: 0, timestep: 0)
    probesOfPredictors = Set(plan.rules.flatMap(\.predictor.probes))
    probes = probesOfPredictors.union(plan.rules.flatMap { $0.gate?.probes ?? [] })
  }

  // MARK: The step

  /// Changes what each rule does in a step that has not begun.
  mutating func schedule(_ actions: [CacheSchedule.Action], step: Int) {
    plan.schedule(actions, step: step)
  }

  /// Begins a step, or begins it again where it was cancelled.
  mutating func begin(step index: Int) {
    guard begun != index else {
      costChange = costChangeBeforeStep
      return
    }
    (begun, step, costChangeBeforeStep) = (index, plan.outline.steps[index], costChange)
    actions = plan.rules.map { _ in nil }
    (observed, seen) = ([:], [])
  }

  /// Ends a step, and forgets what no later one needs.
  mutating func end() {
    reusedBlocks += plan.reusedBlocks { actions[$0] == .reuse }
    for rule in plan.rules.indices {
      // Where no site of the rule was reached, it has done nothing.
      let action = actions[rule] ?? .compute
      traceSoFar.append(action, rule: rule, indicator: gates[rule]?.indicator)
      gates[rule]?.end(step)
    }
    (observed, seen) = ([:], [])
    peakByteCount = max(peakByteCount, byteCount)
    for index in entries.indices {
      let rule = plan.rules[entries[index].rule]
      guard rule.gate == nil else { continue }
      let isNeeded =
        rule.predictor.keepsHistory
        ? rule.schedule.reusesAnything(after: step.index)
        : rule.schedule.isNeeded(after: step.index)
      if !isNeeded {
        entries[index].predictor.reset()
        entries[index].rows = 0
      }
    }
  }

  /// What each rule did in the last step that ended.
  var lastActions: [Character] { traceSoFar.lines.compactMap(\.actions.last) }

  /// The bytes that predictors and gates hold.
  var byteCount: Int {
    entries.reduce(0) { $0 + $1.predictor.byteCount }
      + gates.reduce(0) { $0 + ($1?.byteCount ?? 0) }
  }

  /// What the rules did in the steps so far.
  var trace: CacheTrace {
    var trace = traceSoFar
    trace.setTrials(gates.map { $0?.trialTraces ?? [] })
    return trace
  }

  /// What was measured at each site.
  var measurements: [CacheSite: [[Double]]] {
    entries.reduce(into: [:]) { result, entry in
      if let measured = entry.predictor.measurement { result[entry.site] = measured }
    }
  }

  // MARK: Decisions and values

  /// What a rule does in this step.
  ///
  /// It is decided at the first of its sites that the step reaches.
  mutating func action(of rule: Int, rows: Int) -> Action {
    if let action = actions[rule] { return action }
    let scheduled = plan.rules[rule].schedule.actions[step.index]
    let decided: Action
    switch scheduled {
    case .compute: decided = .compute
    case .record: decided = .record
    case .reuse: decided = plan.isDry ? .compare : .reuse
    case .ask:
      let hasValues = entries.allSatisfy { $0.rule != rule || $0.rows >= rows }
      decided = gates[rule]?.reuses(at: step) == true && hasValues ? .reuse : .record
    }
    if scheduled != .compute { gates[rule]?.decided(decided == .reuse, at: step) }
    actions[rule] = decided
    return decided
  }

  /// What some entries do in this step, without those that only compute.
  ///
  /// All of them are asked, so that each rule has decided before its site is passed.
  ///
  /// - Parameters:
  ///   - indices: The entries of a site, or of the runs that begin with a block; nil for none.
  ///   - rows: The rows that pass the site.
  /// - Returns: The entries that do something.
  mutating func acting(_ indices: [Int]?, rows: Int) -> [(index: Int, action: Action)] {
    (indices ?? []).map { ($0, action(of: entries[$0].rule, rows: rows)) }
      .filter { $0.1 != .compute }
  }

  /// What a predictor sees of its site.
  func context(
    _ input: Tensor<Float>, rows: Int, in workspace: Workspace, branch: Branch? = nil
  ) -> CacheContext {
    CacheContext(
      step: step, rows: rows, isGuided: plan.outline.isGuided && isGuidedStep, input: input,
      workspace: workspace, observed: observed, branch: branch)
  }

  /// Computes a part of a branch for the rows of the lane.
  typealias Branch = (BranchPart) -> Tensor<Float>

  /// Whether both streams are computed in this step.
  private var isGuidedStep: Bool {
    entriesOfSite[.unconditional]?.contains { actions[entries[$0].rule] == .reuse } != true
  }

  /// Keeps a computed value or, in a dry run, compares it with what the predictor would have given.
  mutating func take(
    _ value: Tensor<Float>, _ action: Action, at index: Int, _ context: CacheContext
  ) {
    if action == .compare {
      let forecast = entries[index].predictor.value(context)
      traceSoFar.compare(forecast, value, rule: entries[index].rule)
      return
    }
    guard action == .record else { return }
    count(index, .record, rows: value.shape[0])
    // A step that is taken again records nothing twice.
    guard entries[index].recordedStep != step.index else { return }
    // The history has fewer rows than the value, so differences cannot be taken.
    if value.shape[0] > entries[index].rows { entries[index].predictor.reset() }
    entries[index].predictor.record(value, context)
    (entries[index].rows, entries[index].recordedStep) = (value.shape[0], step.index)
  }

  /// The predictor's value in place of a computed one.
  mutating func standIn(at index: Int, _ context: CacheContext) -> Tensor<Float> {
    check(
      entries[index].rows >= context.rows,
      "cache: \(entries[index].site) has nothing for step \(step.index)")
    count(index, .reuse, rows: context.rows)
    return entries[index].predictor.value(context)
  }

  /// Counts what the predictor spends and what a reuse saves.
  private mutating func count(_ index: Int, _ action: CacheSchedule.Action, rows: Int) {
    let (site, outline) = (entries[index].site, plan.outline)
    // A prediction has one row for each image, but the model computes two with guidance.
    let rows = site == .prediction ? rows * outline.rowsOfImage : rows
    func difference(asPapersCount: Bool) -> MultiplyAdds {
      let full = rows * outline.cost(of: site, asPapersCount: asPapersCount)
      let own = entries[index].predictor.cost(action, of: full, at: step.index)
      return action == .reuse ? own - full : own
    }
    costChange += difference(asPapersCount: true)
    // The session counts the pass through its blocks; sites outside of the blocks are not its own.
    if site.range != nil { passCost += difference(asPapersCount: false) }
  }

  // MARK: Probes

  /// Whether a gate or a predictor looks at a probe.
  func watches(_ probe: CacheProbe) -> Bool { probes.contains(probe) }

  /// Shows a value to the gates and predictors that look at it.
  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, in workspace: Workspace
  ) {
    // A step that is taken again shows nothing twice.
    guard probes.contains(probe), seen.insert(probe).inserted else { return }
    for rule in gates.indices { gates[rule]?.observe(value, probe, at: step, in: workspace) }
    if probesOfPredictors.contains(probe) { observed[probe] = value }
  }

  // MARK: Sites

  /// Whether a rule does something at a site in this step.
  mutating func acts(at site: CacheSite, rows: Int) -> Bool {
    !acting(entriesOfSite[site], rows: rows).isEmpty
  }

  /// Whether a site is reused in this step, of as many rows.
  mutating func reuses(_ site: CacheSite, rows: Int) -> Bool {
    acting(entriesOfSite[site], rows: rows).contains { $0.action == .reuse }
  }

  /// The value that takes the place of a computed one in this step; nil where it is to be computed.
  mutating func reused(
    _ site: CacheSite, input: Tensor<Float>, in workspace: Workspace, branch: Branch? = nil
  ) -> Tensor<Float>? {
    let rows = input.shape[0]
    guard let entry = acting(entriesOfSite[site], rows: rows).first(where: { $0.action == .reuse })
    else {
      return nil
    }
    return standIn(
      at: entry.index, context(input, rows: rows, in: workspace, branch: branch))
  }

  /// Keeps a value that was computed, where the plan says so.
  mutating func keep(
    _ value: Tensor<Float>, _ site: CacheSite, input: Tensor<Float>, in workspace: Workspace,
    branch: Branch? = nil
  ) {
    let rows = value.shape[0]
    for (index, action) in acting(entriesOfSite[site], rows: rows) {
      take(
        value, action, at: index, context(input, rows: rows, in: workspace, branch: branch))
    }
  }

  /// Whether the site is one of the lane's.
  func has(_ site: CacheSite) -> Bool { entriesOfSite[site] != nil }

  /// Begins a pass of some rows through the blocks.
  mutating func beginPass(rows: Int) {
    passCost = rows * plan.outline.depth * plan.outline.architecture.block
    open = []
  }
}
