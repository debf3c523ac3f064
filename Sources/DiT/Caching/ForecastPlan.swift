/// A plan whose first steps are computed in full, and then every `interval`-th one; the steps
/// between are forecast.
///
/// - Parameters:
///   - run: The run.
///   - sites: What is forecast.
///   - interval: One step in so many is full.
///   - warmup: The first steps that are all full.
///   - predictor: What forecasts.
/// - Returns: The plan.
/// - Throws: `CacheError` where the sites are not the run's.
func forecastPlan(
  for run: RunOutline, sites: [CacheSite], interval: Int, warmup: Int,
  predictor: any CachePredictor
) throws(CacheError) -> CachePlan {
  try CachePlan(
    for: run,
    rules: [
      .init(
        sites: sites, schedule: .every(interval, after: warmup, stepCount: run.stepCount),
        predictor: predictor)
    ])
}
