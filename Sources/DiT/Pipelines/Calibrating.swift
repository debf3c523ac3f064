package import Kernels

extension CalibratedCacheMethod {
  /// Measures a model in a run.
  ///
  /// - Parameters:
  ///   - denoiser: The model.
  ///   - sampler: The sampler.
  ///   - request: The images to draw; its cache does not count.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Returns: The calibration, to be written to a file.
  /// - Throws: `RunError` where the request does not fit the model, and `CancellationError`.
  public static func calibration(
    of denoiser: any Denoiser, sampler: any Sampler, request: DenoisingRun.Request,
    threads: Int? = nil
  ) throws -> CacheCalibration {
    try calibration(
      of: denoiser, sampler: sampler, request: request,
      workspace: denoiser.workspace(threads: threads))
  }

  package static func calibration(
    of denoiser: any Denoiser, sampler: any Sampler, request: DenoisingRun.Request,
    workspace: Workspace
  ) throws -> CacheCalibration {
    func finished(_ cache: (any CacheMethod)?) throws -> DenoisingRun {
      var request = request
      request.cache = cache
      var run = try DenoisingRun(
        denoiser: denoiser, sampler: sampler, request: request, workspace: workspace)
      while try run.next() != nil {}
      return run
    }
    var plain = request
    plain.cache = nil
    let outline = try DenoisingRun(
      denoiser: denoiser, sampler: sampler, request: plain, workspace: workspace
    ).plan.outline
    let runs = CalibrationRuns(
      outline: outline,
      measurements: { try finished(Measuring(rules: $0)).measurements },
      finalSamples: { try finished($0).latents })
    return CacheCalibration(method: name, outline, tables: try calibrate(runs))
  }
}

/// Computes everything, and measures.
private struct Measuring: CacheMethod {
  let rules: [CachePlan.Rule]

  func plan(for run: RunOutline) -> CachePlan { CachePlan(measuring: rules, for: run) }
}
