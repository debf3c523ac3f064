public import Kernels
public import Tensor

/// What a run has kept so far: in one lane for all images or, where gates decide, in a lane for
/// each image.
///
/// The model walks through its layers and asks the state at each of them: `passBlocks` for runs of
/// blocks, `add` for the branches of a block. Lanes that compute the same layer do so together.
public struct CacheState: Sendable {
  /// One for each image where gates decide, or one for all.
  var lanes: [CacheLane]
  /// The lanes of the batch that is computed now, with their rows of it.
  var members: [Member] = []

  /// A lane with its rows of a batch.
  struct Member {
    let lane: Int
    let rows: Range<Int>
  }

  /// The state of a run that has not begun.
  public init(_ plan: CachePlan) {
    lanes = (0..<(plan.hasGates ? plan.outline.imageCount : 1)).map { _ in CacheLane(plan) }
  }

  /// Shows each lane its rows of a value, where a gate or a predictor looks at it.
  mutating func show(_ value: Tensor<Float>, _ probe: CacheProbe, in workspace: Workspace) {
    guard lanes[0].watches(probe) else { return }
    for member in members {
      lanes[member.lane].observe(
        ownRows(value, member.rows, in: workspace), probe, in: workspace)
    }
  }

  /// The value of a site for all rows: some lanes reuse it, and all others compute it together.
  ///
  /// - Parameters:
  ///   - site: The site.
  ///   - input: What goes into it, of all rows.
  ///   - probe: The probe that shows a computed value; nil for none.
  ///   - workspace: What to compute with.
  ///   - branch: Computes a part of a branch for some rows.
  ///   - compute: Computes the value for the rows of some lanes, in their order.
  /// - Returns: The value, lane by lane.
  mutating func value(
    of site: CacheSite, input: Tensor<Float>, probe: CacheProbe? = nil, in workspace: Workspace,
    branch: ((Range<Int>, BranchPart) -> Tensor<Float>)? = nil,
    compute: (inout CacheState, [Member]) throws -> Tensor<Float>
  ) rethrows -> Tensor<Float> {
    let inputs = members.map { member in
      site.mayKeepInput ? ownRows(input, member.rows, in: workspace) : input[member.rows]
    }
    let branches = members.map { member -> CacheLane.Branch? in
      branch.map { branch in { branch(member.rows, $0) } }
    }
    var values: [Tensor<Float>?] = []
    for (index, member) in members.enumerated() {
      values.append(
        lanes[member.lane].reused(
          site, input: inputs[index], in: workspace, branch: branches[index]))
    }
    let computing = members.indices.filter { values[$0] == nil }
    if !computing.isEmpty {
      let computed = try compute(&self, computing.map { members[$0] })
      var start = 0
      for index in computing {
        let member = members[index]
        let rows = start..<start + member.rows.count
        let value = ownRows(computed, rows, in: workspace)
        if let probe { lanes[member.lane].observe(value, probe, in: workspace) }
        lanes[member.lane].keep(
          value, site, input: inputs[index], in: workspace, branch: branches[index])
        (values[index], start) = (value, rows.upperBound)
      }
      if computing.count == members.count { return computed }
    }
    return joined(values.compactMap { $0 })
  }

  // MARK: Branches

  /// Adds a branch of a block to the residual stream: computed, computed and kept, or reused.
  ///
  /// A step that keeps the branch gives the same bits as a step that does not.
  ///
  /// - Parameters:
  ///   - branch: The branch.
  ///   - block: The index of the block.
  ///   - gate: What the branch is multiplied with, `[rows, width]`; 1 where nil.
  ///   - x: The residual stream, `[rows, tokens, width]`.
  ///   - workspace: What to compute with.
  ///   - byLayer: Computes the branch before the gate, asking this state at each linear layer; used
  ///     where a layer of the branch is cached.
  ///   - fused: Adds the gated branch to the stream in one go, as without a cache.
  ///   - value: Computes the branch before the gate, for some rows of the stream; attention within a
  ///     window where one is given.
  public mutating func add(
    _ branch: Architecture.Branch, block: Int, gate: Tensor<Float>?, to x: inout Tensor<Float>,
    in workspace: Workspace,
    byLayer: ((Tensor<Float>, inout CacheState) -> Tensor<Float>)? = nil,
    fused: (inout Tensor<Float>) -> Void,
    value: @escaping (_ x: Tensor<Float>, _ rows: [Int], _ window: Int?) -> Tensor<Float>
  ) {
    if let byLayer, hasLinear(in: branch, block: block) {
      return addGated(byLayer(x, &self), gate: gate, to: &x, in: workspace)
    }
    let site = CacheSite.branch(branch, block: block)
    let probe = CacheProbe.branch(branch, block: block)
    guard acts(at: site) || lanes[0].watches(probe) else { return fused(&x) }
    let input = x
    let result = self.value(
      of: site, input: input, probe: probe, in: workspace,
      branch: { rows, part in
        // The conditional rows of a lane come first.
        let rows = part.conditionalOnly ? rows.prefix(rows.count / 2) : rows
        return value(input, Array(rows), part.window)
      },
      compute: { _, members in value(input, members.flatMap(\.rows), nil) })
    addGated(result, gate: gate, to: &x, in: workspace)
  }

  /// Whether a lane does something at a site in this step.
  private mutating func acts(at site: CacheSite) -> Bool {
    // Every lane is asked, so that all have decided.
    members.map { lanes[$0.lane].acts(at: site, rows: $0.rows.count) }.contains(true)
  }

  /// Whether a linear layer of a branch is cached, so that the branch is computed layer by layer.
  private func hasLinear(in branch: Architecture.Branch, block: Int) -> Bool {
    BlockLinear.allCases.contains {
      $0.branch == branch && lanes[0].has(.linear($0, block: block))
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
    value(of: .linear(layer, block: block), input: x, in: workspace) { _, members in
      compute(x.rows(members.flatMap(\.rows)))
    }
  }
}

extension CacheSite {
  /// Whether predictors of the site may keep what goes into it.
  fileprivate var mayKeepInput: Bool {
    switch self {
    case .prediction, .linear: true
    case .blocks, .output, .branch, .unconditional: false
    }
  }
}

// What all lanes share, and their sums.
extension CacheState {
  /// What there is to know of the run.
  var outline: RunOutline { lanes[0].plan.outline }

  /// Changes what each rule does in a step that has not begun.
  mutating func schedule(_ actions: [CacheSchedule.Action], step: Int) {
    for lane in lanes.indices { lanes[lane].schedule(actions, step: step) }
  }

  /// Ends a step, and forgets what no later one needs.
  mutating func end() { for lane in lanes.indices { lanes[lane].end() } }

  /// The most bytes held so far.
  var peakByteCount: Int { lanes.reduce(0) { $0 + $1.peakByteCount } }

  /// The multiply-adds of blocks, as papers count them, less those of a run without a cache: below
  /// zero where the cache saves.
  var costChange: MultiplyAdds { lanes.reduce(MultiplyAdds()) { $0 + $1.costChange } }

  /// `costChange` when the step began.
  var costChangeBeforeStep: MultiplyAdds {
    lanes.reduce(MultiplyAdds()) { $0 + $1.costChangeBeforeStep }
  }

  /// The blocks, counted over all steps, of which nothing was computed; the mean of all images.
  var reusedBlocks: Int { lanes.reduce(0) { $0 + $1.reusedBlocks } / lanes.count }
}
