extension CalibratedCacheMethod {
  /// Measures a model.
  ///
  /// - Parameters:
  ///   - denoiser: The model.
  ///   - sampler: The sampler.
  ///   - request: The images to draw; its cache counts for methods that correct one alone
  ///     (`correctsCaches`).
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Returns: The calibration, to be written to a file.
  /// - Throws: `RunError` where the request does not fit the model, and `CancellationError`.
  public static func calibration(
    of denoiser: any Denoiser, sampler: any Sampler, request: DenoisingRun.Request,
    threads: Int? = nil
  ) throws -> CacheCalibration {
    try calibration(
      of: DenoisingRun(denoiser: denoiser, sampler: sampler, request: request, threads: threads))
  }

  /// Measures the model of a run, for runs of its size, sampler and guidance.
  ///
  /// - Parameters:
  ///   - run: A run that has not taken a step; its cache counts for methods that correct one alone
  ///     (`correctsCaches`).
  ///   - reference: The same run of the model in higher precision, to whose values some methods
  ///     correct (`correctsQuantization`).
  /// - Returns: The calibration, to be written to a file.
  /// - Throws: What the run throws.
  public static func calibration(
    of run: DenoisingRun, reference: DenoisingRun? = nil
  ) throws -> CacheCalibration {
    CacheCalibration(
      method: name, run.plan.outline, cache: correctsCaches ? run.plan.fingerprint : nil,
      tables: try calibrate(CalibrationRuns(run, reference: reference)))
  }
}
