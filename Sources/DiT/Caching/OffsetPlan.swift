/// A plan whose every `interval`-th step is full and keeps the offsets that the steps up to the
/// next full one reuse.
///
/// Where the range changes between two full steps, the full one keeps both offsets: no step more
/// is computed than the interval says.
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
