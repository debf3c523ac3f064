/// The fields of diffusers' `scheduler_config.json`, under its names; each may be left out.
struct SchedulerFields: Decodable, Sendable, Hashable {
  var _className: String?

  // The noise of the training, and what the model learned to predict.
  var numTrainTimesteps: Int?
  var betaStart, betaEnd: Double?
  var betaSchedule: String?
  var trainedBetas: [Double]?
  var rescaleBetasZeroSnr: Bool?
  var predictionType: String?
  var varianceType: String?

  // The steps.
  var timestepSpacing: String?
  var stepsOffset: Int?
  var setAlphaToOne: Bool?
  var useKarrasSigmas, useExponentialSigmas: Bool?
  var finalSigmasType: String?

  // The bounds of the image.
  var clipSample: Bool?
  var clipSampleRange: Float?
  var thresholding: Bool?
  var dynamicThresholdingRatio, sampleMaxValue: Float?

  // Single samplers.
  var algorithmType: String?
  var solverOrder: Int?
  var solverType: String?
  var lowerOrderFinal, eulerAtFinal: Bool?
  var disableCorrector: [Int]?
  var skipPrkSteps: Bool?
  var originalInferenceSteps: Int?
  var timestepScaling: Double?
  var shift: Double?

  // What is served in its usual setting only.
  var useBetaSigmas, useLuLambdas, useFlowSigmas, useDynamicShifting: Bool?
  var invertSigmas, stochasticSampling, predictX0: Bool?
  var lambdaMinClipped, shiftTerminal, sigmaMin, sigmaMax: Double?
  var interpolationType, timestepType: String?

  /// Throws where a field asks for what no sampler here does.
  func requireServed(_ settings: FileSettings) throws(ModelError) {
    for (key, value, usual) in [
      ("use_beta_sigmas", useBetaSigmas, false), ("use_lu_lambdas", useLuLambdas, false),
      ("use_flow_sigmas", useFlowSigmas, false),
      ("use_dynamic_shifting", useDynamicShifting, false),
      ("invert_sigmas", invertSigmas, false), ("stochastic_sampling", stochasticSampling, false),
      ("predict_x0", predictX0, true),
    ] {
      try settings.require(value ?? usual == usual, key, !usual, "\(usual)")
    }
    for (key, value, usual) in [
      ("interpolation_type", interpolationType, "linear"),
      ("timestep_type", timestepType, "discrete"),
    ] {
      try settings.require(value ?? usual == usual, key, value ?? usual, usual)
    }
    for (key, value) in [
      ("shift_terminal", shiftTerminal), ("sigma_min", sigmaMin), ("sigma_max", sigmaMax),
    ] {
      try settings.require(value == nil, key, value ?? 0, "null")
    }
    let clipped = lambdaMinClipped ?? -.infinity
    try settings.require(
      clipped == -.infinity, "lambda_min_clipped", clipped, "-Infinity")
  }
}
