public import Kernels
public import Tensor

/// What one run, or one image of it where a gate decides, has kept so far.
///
/// The model walks through its layers and asks the state at each: `passBlocks` for runs of blocks,
/// `add` for the branches of a block. A state dies with its run. Values hold the rows that were
/// computed, conditional and unconditional ones each at their own place, so they never meet.
///
/// A step that was cancelled may be taken again with the same state: what a step has kept and
/// decided before it was cancelled stays, and is what it would keep and decide again.
public struct CacheState: Sendable {
  /// What is cached when.
  public private(set) var plan: CachePlan
  /// A predictor for each site of each rule.
  private var entries: [Entry] = []
  /// Where the entries of a site stand.
  private var places: [CacheSite: [Int]] = [:]
  private var gates: [Gate?]
  /// What the rules did in the steps so far.
  private var lines: CacheTrace
  /// What each rule does in this step, once that is decided.
  private var actions: [Action?]
  private var step: CacheStep
  /// The index of the last step that has begun.
  private var begun: Int?
  /// What predictors want to see of this step.
  private var observed: [CacheProbe: Tensor<Float>] = [:]
  private let probesOfPredictors: Set<CacheProbe>
  private let probes: Set<CacheProbe>
  /// The probes that have been seen in this step.
  private var seen: Set<CacheProbe> = []
  /// The most bytes held so far.
  private(set) var peakByteCount = 0
  /// The multiply-adds of blocks as papers count them, less those of a run without a cache.
  private(set) var cost = MultiplyAdds()
  /// `cost` when the step began.
  private(set) var costBefore = MultiplyAdds()
  /// The multiply-adds of the pass through the blocks, less those of one without a cache.
  private var passCost = MultiplyAdds()
  /// The blocks of which nothing was computed in the steps so far.
  private(set) var reusedBlocks = 0

  /// What happens at a site in a step.
  enum Action { case compute, record, reuse, compare }

  private struct Entry {
    let rule: Int
    let site: CacheSite
    var predictor: any CachePredictor
    /// The rows of the last value, and the step that kept it.
    var rows = 0
    var recordedStep: Int?
  }

  /// The state of a run that has not begun.
  public init(_ plan: CachePlan) {
    self.plan = plan
    for (rule, description) in plan.rules.enumerated() {
      for site in description.sites {
        places[site, default: []].append(entries.count)
        entries.append(
          Entry(rule: rule, site: site, predictor: description.predictor.placed(at: site)))
      }
    }
    gates = plan.rules.map { rule in rule.gate.map { Gate($0, rule, isDry: plan.isDry) } }
    lines = CacheTrace(plan)
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
      cost = costBefore
      return
    }
    (begun, step, costBefore) = (index, plan.outline.steps[index], cost)
    actions = plan.rules.map { _ in nil }
    (observed, seen) = ([:], [])
  }

  /// Ends a step, and forgets what no later one needs.
  mutating func end() {
    reusedBlocks += plan.reusedBlocks { actions[$0] == .reuse }
    for rule in plan.rules.indices {
      // A rule whose sites were not reached has done nothing.
      let action = actions[rule] ?? .compute
      lines.append(action, rule: rule, indicator: gates[rule]?.indicator)
      gates[rule]?.end(step)
    }
    peakByteCount = max(peakByteCount, byteCount)
    for index in entries.indices {
      let (schedule, rule) = (plan.rules[entries[index].rule].schedule, entries[index].rule)
      guard plan.rules[rule].gate == nil else { continue }
      let isNeeded =
        entries[index].predictor.keepsHistory
        ? schedule.reusesAnything(after: step.index) : schedule.isNeeded(after: step.index)
      if !isNeeded {
        entries[index].predictor.reset()
        entries[index].rows = 0
      }
    }
  }

  /// What each rule did in the last step that ended.
  var lastActions: [Character] { lines.lines.compactMap(\.actions.last) }

  /// The bytes that predictors and gates hold.
  var byteCount: Int {
    entries.reduce(0) { $0 + $1.predictor.byteCount }
      + gates.reduce(0) { $0 + ($1?.byteCount ?? 0) }
  }

  /// What the rules did in the steps so far.
  var trace: CacheTrace {
    var trace = lines
    trace.setTrials(gates.map { $0?.trialTraces ?? [] })
    return trace
  }

  /// What was measured at each site.
  var measurements: [CacheSite: [[Double]]] {
    entries.reduce(into: [:]) { result, entry in
      if let measured = entry.predictor.measurement { result[entry.site] = measured }
    }
  }

  // MARK: What sites have in common

  /// What a rule does in this step; asked at the first of its sites that is reached.
  private mutating func action(of rule: Int, rows: Int) -> Action {
    if let action = actions[rule] { return action }
    let scheduled = plan.rules[rule].schedule.actions[step.index]
    let decided: Action
    switch scheduled {
    case .compute: decided = .compute
    case .record: decided = .record
    case .reuse: decided = plan.isDry ? .compare : .reuse
    case .ask:
      let isFounded = entries.allSatisfy { $0.rule != rule || $0.rows >= rows }
      decided = gates[rule]?.reuses(at: step) == true && isFounded ? .reuse : .record
    }
    if scheduled != .compute { gates[rule]?.decided(decided == .reuse, at: step) }
    actions[rule] = decided
    return decided
  }

  /// The entry of a site that does something in this step, a reuse before anything else.
  private mutating func acting(at site: CacheSite, rows: Int) -> [(index: Int, action: Action)] {
    guard let places = places[site] else { return [] }
    var result: [(index: Int, action: Action)] = []
    for index in places {
      let action = action(of: entries[index].rule, rows: rows)
      if action != .compute { result.append((index, action)) }
    }
    return result
  }

  private func context(
    _ input: Tensor<Float>, rows: Int, in workspace: Workspace,
    branch: ((BranchPart) -> Tensor<Float>)? = nil
  ) -> CacheContext {
    CacheContext(
      step: step, rows: rows, isGuided: plan.outline.isGuided && isGuidedStep, input: input,
      workspace: workspace, observed: observed, branch: branch)
  }

  /// Whether both streams are computed in this step.
  private var isGuidedStep: Bool {
    places[.unconditional]?.contains { actions[entries[$0].rule] == .reuse } != true
  }

  /// Keeps a value, or compares it with what would have stood in.
  private mutating func take(
    _ value: Tensor<Float>, _ action: Action, at index: Int, _ context: CacheContext
  ) {
    if action == .compare {
      let forecast = entries[index].predictor.value(context)
      lines.compare(forecast, value, rule: entries[index].rule, step: step.index)
      return
    }
    guard action == .record else { return }
    count(index, .record, rows: value.shape[0])
    // A step that is taken again has the same value once more.
    guard entries[index].recordedStep != step.index else { return }
    // Differences to rows that are no longer there make no sense.
    if value.shape[0] > entries[index].rows { entries[index].predictor.reset() }
    entries[index].predictor.record(value, context)
    (entries[index].rows, entries[index].recordedStep) = (value.shape[0], step.index)
  }

  /// What stands in for a value.
  private mutating func standIn(at index: Int, _ context: CacheContext) -> Tensor<Float> {
    check(
      entries[index].rows >= context.rows,
      "cache: \(entries[index].site) has nothing for step \(step.index)")
    count(index, .reuse, rows: context.rows)
    return entries[index].predictor.value(context)
  }

  /// Takes note of what a record costs beside the site, or of what a reuse saves.
  private mutating func count(_ index: Int, _ action: CacheSchedule.Action, rows: Int) {
    let (site, outline) = (entries[index].site, plan.outline)
    // A prediction has a row for each image, and the model computes those of both streams for it.
    let rows = site == .prediction ? rows * outline.rowsOfImage : rows
    func difference(asPapersCount: Bool) -> MultiplyAdds {
      let full = rows * outline.cost(of: site, asPapersCount: asPapersCount)
      let own = entries[index].predictor.cost(action, of: full, at: step.index)
      return action == .reuse ? own - full : own
    }
    cost += difference(asPapersCount: true)
    // The session counts what it computes; it is not asked for what is not in its blocks.
    if site.range != nil { passCost += difference(asPapersCount: false) }
  }

  // MARK: Probes

  /// Whether something looks at a value in this step.
  func watches(_ probe: CacheProbe) -> Bool { probes.contains(probe) }

  /// Shows a value to who looks at it.
  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, in workspace: Workspace
  ) {
    // A step that is taken again shows the same once more.
    guard probes.contains(probe), seen.insert(probe).inserted else { return }
    for rule in gates.indices { gates[rule]?.observe(value, probe, at: step, in: workspace) }
    if probesOfPredictors.contains(probe) { observed[probe] = value }
  }

  // MARK: Sites outside of the blocks

  /// What stands in for a value in this step; nil where it is to be computed.
  mutating func reused(
    _ site: CacheSite, input: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float>? {
    let rows = input.shape[0]
    guard let entry = acting(at: site, rows: rows).first(where: { $0.action == .reuse }) else {
      return nil
    }
    return standIn(at: entry.index, context(input, rows: rows, in: workspace))
  }

  /// Whether a site is reused in this step, of as many rows.
  mutating func reuses(_ site: CacheSite, rows: Int) -> Bool {
    acting(at: site, rows: rows).contains { $0.action == .reuse }
  }

  /// Keeps a value that was computed, where the plan says so.
  mutating func keep(
    _ value: Tensor<Float>, _ site: CacheSite, input: Tensor<Float>, in workspace: Workspace
  ) {
    for (index, action) in acting(at: site, rows: value.shape[0]) {
      take(value, action, at: index, context(input, rows: value.shape[0], in: workspace))
    }
  }

  // MARK: Blocks

  /// Passes tokens through all blocks, computing or reusing runs of them.
  ///
  /// - Parameters:
  ///   - tokens: The residual stream, `[rows, tokens, width]`.
  ///   - workspace: What to compute with.
  ///   - modulatedInput: The input of the first block after its norm and modulation, for gates that
  ///     look at it.
  ///   - block: Passes tokens through a block, asking the state that it gets at each branch.
  /// - Returns: The multiply-adds that the blocks took, for all rows.
  @discardableResult public mutating func passBlocks(
    _ tokens: inout Tensor<Float>, in workspace: Workspace,
    modulatedInput: (Tensor<Float>) -> Tensor<Float> = { $0 },
    _ block: (Int, inout Tensor<Float>, inout CacheState) throws -> Void
  ) rethrows -> MultiplyAdds {
    passCost = tokens.shape[0] * plan.outline.depth * plan.outline.architecture.block
    if watches(.modulatedInput) {
      observe(modulatedInput(tokens), .modulatedInput, in: workspace)
    }
    var open = OpenRanges()
    let rows = tokens.shape[0]
    let ranges = entries.indices.filter { entries[$0].site.isRun }
    let watched = probes.compactMap { probe -> (probe: CacheProbe, range: Range<Int>)? in
      switch probe {
      case .offset(let range), .output(let range): (probe, range)
      case .sample, .prediction, .modulatedInput, .branch: nil
      }
    }
    var index = 0
    while index < plan.outline.depth {
      for (probe, range) in watched where range.lowerBound == index {
        open.probes.append((probe, range, tokens))
      }
      let starting = ranges.filter { entries[$0].site.range?.lowerBound == index }
      let acting = starting.map { ($0, action(of: entries[$0].rule, rows: rows)) }
      if let (entry, _) = acting.first(where: { $0.1 == .reuse }) {
        reuseRun(entry, &tokens, in: workspace)
        index = entries[entry].site.range?.upperBound ?? index + 1
      } else {
        for (entry, action) in acting where action != .compute {
          open.sites.append((entry, action, tokens))
        }
        try block(index, &tokens, &self)
        index += 1
      }
      close(&open, at: index, tokens, in: workspace)
    }
    return passCost
  }

  /// Ranges that have begun, with the tokens before them.
  private struct OpenRanges {
    var sites: [(entry: Int, action: Action, input: Tensor<Float>)] = []
    var probes: [(probe: CacheProbe, range: Range<Int>, input: Tensor<Float>)] = []
  }

  private mutating func reuseRun(
    _ entry: Int, _ tokens: inout Tensor<Float>, in workspace: Workspace
  ) {
    let context = context(tokens, rows: tokens.shape[0], in: workspace)
    let value = standIn(at: entry, context)
    if case .output = entries[entry].site {
      tokens = value
    } else {
      tokens = linearCombination([(1, tokens), (1, value)], in: workspace)
    }
  }

  /// Keeps and shows what ranges have made that end before a block.
  private mutating func close(
    _ open: inout OpenRanges, at block: Int, _ tokens: Tensor<Float>, in workspace: Workspace
  ) {
    for (entry, action, input) in open.sites
    where entries[entry].site.range?.upperBound == block {
      var value = tokens
      if case .blocks = entries[entry].site {
        value = linearCombination([(1, tokens), (-1, input)], in: workspace)
      }
      take(value, action, at: entry, context(input, rows: tokens.shape[0], in: workspace))
    }
    open.sites.removeAll { entries[$0.entry].site.range?.upperBound == block }
    for (probe, range, input) in open.probes where range.upperBound == block {
      var value = tokens
      if case .offset = probe {
        value = linearCombination([(1, tokens), (-1, input)], in: workspace)
      }
      observe(value, probe, in: workspace)
    }
    open.probes.removeAll { $0.range.upperBound == block }
  }

  // MARK: Branches

  /// Adds a branch of a block to the residual stream: computed, computed and kept, or reused.
  ///
  /// A step that keeps the branch has the bits of one that does not.
  ///
  /// - Parameters:
  ///   - branch: The branch.
  ///   - block: The index of the block.
  ///   - gate: What the branch is multiplied with, `[rows, width]`; 1 where nil.
  ///   - x: The residual stream, `[rows, tokens, width]`.
  ///   - workspace: What to compute with.
  ///   - fused: Adds the gated branch to the stream in one go, as without a cache.
  ///   - value: Computes the branch, or a part of it, before the gate.
  public mutating func add(
    _ branch: Architecture.Branch, block: Int, gate: Tensor<Float>?, to x: inout Tensor<Float>,
    in workspace: Workspace, fused: (inout Tensor<Float>) -> Void,
    value: @escaping (Tensor<Float>, BranchPart) -> Tensor<Float>
  ) {
    let site = CacheSite.branch(branch, block: block)
    let rows = x.shape[0]
    let acting = acting(at: site, rows: rows)
    let probe = CacheProbe.branch(branch, block: block)
    guard !acting.isEmpty || watches(probe) else { return fused(&x) }
    let input = x
    let context = context(input, rows: rows, in: workspace) { value(input, $0) }
    let result: Tensor<Float>
    if let reuse = acting.first(where: { $0.action == .reuse }) {
      result = standIn(at: reuse.index, context)
    } else {
      result = value(input, .all)
      observe(result, probe, in: workspace)
      for (index, action) in acting { take(result, action, at: index, context) }
    }
    addGated(result, gate: gate, to: &x, in: workspace)
  }

  /// Whether a linear layer of a block is cached, so that the block computes layer by layer.
  func hasLinear(in branch: Architecture.Branch, block: Int) -> Bool {
    BlockLinear.allCases.contains {
      $0.branch == branch && places[.linear($0, block: block)] != nil
    }
  }

  /// The result of a linear layer: computed, computed and kept, or reused.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - block: The index of the block.
  ///   - x: Its rows, `[rows, tokens, inputs]`.
  ///   - workspace: What to compute with.
  ///   - compute: Computes the layer.
  /// - Returns: `[rows, tokens, outputs]`, with the bias.
  public mutating func linear(
    _ layer: BlockLinear, block: Int, _ x: Tensor<Float>, in workspace: Workspace,
    compute: (Tensor<Float>) -> Tensor<Float>
  ) -> Tensor<Float> {
    let site = CacheSite.linear(layer, block: block)
    if let reused = reused(site, input: x, in: workspace) { return reused }
    let value = compute(x)
    keep(value, site, input: x, in: workspace)
    return value
  }
}

extension CacheSite {
  /// Whether the site is a run of blocks.
  var isRun: Bool {
    switch self {
    case .blocks, .output: true
    default: false
    }
  }
}
