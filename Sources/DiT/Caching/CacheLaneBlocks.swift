internal import Kernels
internal import Tensor

// Runs of blocks.
extension CacheLane {
  /// A run of blocks that has begun, of which a value is wanted at its end.
  struct OpenRun: Sendable {
    fileprivate let blocks: Range<Int>
    /// The tokens before it.
    fileprivate let input: Tensor<Float>
    fileprivate let purpose: Purpose
  }

  /// What the value of a run is for: the entry of a site, or a probe.
  fileprivate enum Purpose {
    case site(entry: Int, Action)
    case probe(CacheProbe)
  }

  /// The entry of a run that begins with a block and is reused in this step; nil where the block is
  /// computed.
  private mutating func reusedEntry(at block: Int, rows: Int) -> Int? {
    acting(entriesOfRuns[block], rows: rows).first { $0.action == .reuse }?.index
  }

  /// The block behind a run that begins with a block and is reused in this step; nil where the
  /// block is computed.
  mutating func endOfReuse(at block: Int, rows: Int) -> Int? {
    reusedEntry(at: block, rows: rows).flatMap { entries[$0].site.range?.upperBound }
  }

  /// Takes note of what begins with a block.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - tokens: The tokens before it.
  mutating func enter(_ block: Int, _ tokens: Tensor<Float>) {
    func begin(_ blocks: Range<Int>?, _ purpose: Purpose) {
      guard let blocks, blocks.lowerBound == block else { return }
      open.append(OpenRun(blocks: blocks, input: tokens, purpose: purpose))
    }
    let acting = acting(entriesOfRuns[block], rows: tokens.shape[0])
    if !acting.contains(where: { $0.action == .reuse }) {
      for (entry, action) in acting {
        begin(entries[entry].site.range, .site(entry: entry, action))
      }
    }
    for probe in probes { begin(probe.run, .probe(probe)) }
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
    let ended = open.filter { $0.blocks.upperBound == block }
    guard !ended.isEmpty else { return }
    open.removeAll { $0.blocks.upperBound == block }
    // Who keeps the tokens, and who looks at them, share one copy.
    lazy var tokens = ownRows(batch, rows, in: workspace)
    func offset(of run: OpenRun) -> Tensor<Float> {
      linearCombination([(1, batch[rows]), (-1, run.input)], in: workspace)
    }
    for run in ended {
      switch run.purpose {
      case .site(let entry, let action):
        let isOffset = entries[entry].site == .blocks(run.blocks)
        take(
          isOffset ? offset(of: run) : tokens, action, at: entry,
          context(run.input, rows: rows.count, in: workspace))
      case .probe(let probe):
        let isOffset = probe == .offset(run.blocks)
        observe(isOffset ? offset(of: run) : tokens, probe, in: workspace)
      }
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
