extension CalibratedCacheMethod {
  /// Measures the model of a run, for runs of its size, sampler and guidance.
  ///
  /// - Parameters:
  ///   - run: A run that has not taken a step. Its cache counts only for methods that correct the
  ///     errors of a cache (`correctsCaches`).
  ///   - reference: The same run of the model in higher precision, for methods that correct the
  ///     errors of quantization (`correctsQuantization`).
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
