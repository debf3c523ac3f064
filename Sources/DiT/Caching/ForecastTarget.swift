/// The values that a method such as TaylorSeer forecasts.
public enum ForecastTarget: String, Sendable, CaseIterable {
  /// The output of every branch of every block, as in the papers.
  case branches
  /// The offset of all blocks together, which takes a fiftieth of the memory.
  case stack

  /// The sites of a run; of all blocks by default.
  func sites(of run: RunOutline, blocks: Range<Int>? = nil) -> [CacheSite] {
    switch self {
    case .branches: run.branchSites(blocks: blocks)
    case .stack: [.blocks(blocks ?? 0..<run.depth)]
    }
  }
}
