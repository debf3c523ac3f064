internal import Kernels
internal import Tensor

// Runs of blocks.
extension CacheLane {
  /// Ranges that have begun, with the tokens before them.
  struct OpenRanges: Sendable {
    fileprivate var sites: [(entry: Int, action: Action, input: Tensor<Float>)] = []
    fileprivate var probes: [(probe: CacheProbe, range: Range<Int>, input: Tensor<Float>)] = []
  }

  /// The entry of a run that begins with a block and is reused in this step; nil where the block is
  /// computed.
  private mutating func reusedEntry(at block: Int, rows: Int) -> Int? {
    // Every rule is asked, so that each has decided when its run begins.
    let actions = (runs[block] ?? []).map { ($0, action(of: entries[$0].rule, rows: rows)) }
    return actions.first { $0.1 == .reuse }?.0
  }

  /// The block behind a run that begins with a block and is reused in this step; nil where the block
  /// is computed.
  mutating func endOfReuse(at block: Int, rows: Int) -> Int? {
    reusedEntry(at: block, rows: rows).flatMap { entries[$0].site.range?.upperBound }
  }

  /// Takes note of what begins with a block.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - tokens: The tokens before it.
  mutating func enter(_ block: Int, _ tokens: Tensor<Float>) {
    for probe in probes {
      if let range = probe.run, range.lowerBound == block {
        open.probes.append((probe, range, tokens))
      }
    }
    let rows = tokens.shape[0]
    guard reusedEntry(at: block, rows: rows) == nil else { return }
    for entry in runs[block] ?? [] {
      let action = action(of: entries[entry].rule, rows: rows)
      if action != .compute { open.sites.append((entry, action, tokens)) }
    }
  }

  /// The tokens behind the run that begins with a block and is reused.
  mutating func passReused(
    at block: Int, _ tokens: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float> {
    let rows = tokens.shape[0]
    let entry = require(
      reusedEntry(at: block, rows: rows), "cache: block \(block) begins no run that is reused")
    let value = standIn(at: entry, context(tokens, rows: rows, in: workspace))
    if case .output = entries[entry].site { return value }
    return linearCombination([(1, tokens), (1, value)], in: workspace)
  }

  /// Keeps and shows what ranges have made that end before a block.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - batch: The tokens before it, of all rows that were computed together.
  ///   - rows: Those of the lane.
  ///   - workspace: What to compute with.
  mutating func leave(
    _ block: Int, _ batch: Tensor<Float>, _ rows: Range<Int>, in workspace: Workspace
  ) {
    let sites = open.sites.filter { entries[$0.entry].site.range?.upperBound == block }
    let probes = open.probes.filter { $0.range.upperBound == block }
    guard !sites.isEmpty || !probes.isEmpty else { return }
    open.sites.removeAll { entries[$0.entry].site.range?.upperBound == block }
    open.probes.removeAll { $0.range.upperBound == block }
    // Who keeps the tokens, and who looks at them, share one copy.
    lazy var tokens = ownRows(batch, rows, in: workspace)
    func offset(from input: Tensor<Float>) -> Tensor<Float> {
      linearCombination([(1, batch[rows]), (-1, input)], in: workspace)
    }
    for (entry, action, input) in sites {
      let value: Tensor<Float>
      if case .blocks = entries[entry].site { value = offset(from: input) } else { value = tokens }
      take(value, action, at: entry, context(input, rows: rows.count, in: workspace))
    }
    for (probe, _, input) in probes {
      let value: Tensor<Float>
      if case .offset = probe { value = offset(from: input) } else { value = tokens }
      observe(value, probe, in: workspace)
    }
  }
}

extension CacheProbe {
  /// The run of blocks that the probe looks at; nil for other probes.
  fileprivate var run: Range<Int>? {
    switch self {
    case .offset(let range), .output(let range): range
    case .sample, .prediction, .modulatedInput, .branch: nil
    }
  }
}
