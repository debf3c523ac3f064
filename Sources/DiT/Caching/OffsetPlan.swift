/// A plan that computes every `interval`-th step in full and keeps the offset of some blocks, which
/// the steps up to the next full one reuse.
///
/// Where the blocks change between two full steps, the first one keeps both offsets, so that no
/// further step has to be computed in full.
func offsetPlan(
  for run: RunOutline, interval: Int, blocks: (_ step: Int) -> Range<Int>
) throws(CacheError) -> CachePlan {
  var ranges: [Range<Int>] = []
  var actions: [Range<Int>: [CacheSchedule.Action]] = [:]
  for step in 0..<run.stepCount where step % interval != 0 {
    let range = blocks(step)
    if range.isEmpty { continue }
    if actions[range] == nil { ranges.append(range) }
    actions[range, default: .init(repeating: .compute, count: run.stepCount)][step] = .reuse
    actions[range]?[step - step % interval] = .record
  }
  return try CachePlan(
    for: run,
    rules: ranges.map { .init(site: .blocks($0), schedule: CacheSchedule(actions[$0] ?? [])) })
}
