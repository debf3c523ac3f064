extension CalibratedCacheMethod {
  /// Measures a model.
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
    var request = request
    request.cache = nil
    return try calibration(
      of: DenoisingRun(denoiser: denoiser, sampler: sampler, request: request, threads: threads))
  }

  /// Measures the model of a run, for runs of its size, sampler and guidance.
  ///
  /// - Parameters:
  ///   - run: A run that has not taken a step; its cache does not count.
  ///   - reference: The same run of the model in higher precision, to whose values methods correct
  ///     that correct (`cache-quant`).
  /// - Returns: The calibration, to be written to a file.
  /// - Throws: What the run throws.
  public static func calibration(
    of run: DenoisingRun, reference: DenoisingRun? = nil
  ) throws -> CacheCalibration {
    let outline = run.plan.outline
    let runs = CalibrationRuns(
      outline: outline, start: run.measuring, startReference: reference?.measuring)
    return CacheCalibration(method: name, outline, tables: try calibrate(runs))
  }
}
