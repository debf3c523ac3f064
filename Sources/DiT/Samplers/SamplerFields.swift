// What the fields of a configuration mean to a sampler.
extension SamplerConfiguration {
  /// The noise that the model was trained with.
  func schedule(_ kind: SamplerKind) throws(ModelError) -> NoiseSchedule {
    if let givenSchedule { return givenSchedule }
    let count = try settings.number(
      "num_train_timesteps", fields.numTrainTimesteps, else: 1000, in: 2...65_536)
    let betas: [Double]
    var isSquaredCosine = false
    if let trained = fields.trainedBetas {
      try settings.require(
        trained.count == count, "trained_betas", "\(trained.count) numbers", "\(count) numbers")
      betas = trained
    } else {
      let isLatent = kind == .heun || kind == .lcm
      let schedule = try settings.choice(
        "beta_schedule", fields.betaSchedule,
        else: kind == .lcm ? .scaledLinear : BetaSchedule.linear)
      isSquaredCosine = schedule == .squaredCosine
      betas = schedule.betas(
        count: count,
        from: try beta("beta_start", fields.betaStart, else: isLatent ? 0.00085 : 0.0001),
        to: try beta("beta_end", fields.betaEnd, else: isLatent ? 0.012 : 0.02))
    }
    if let wrong = betas.first(where: { !(0 < $0 && $0 < 1) }) {
      try settings.require(false, "trained_betas", wrong, "between 0 and 1")
    }
    var schedule = NoiseSchedule(betas: betas, singlePrecision: true)
    schedule.isSquaredCosine = isSquaredCosine
    let isRescaled = fields.rescaleBetasZeroSnr ?? false && kind != .heun && kind != .pndm
    return isRescaled ? schedule.rescaledToZeroSNR() : schedule
  }

  private func beta(
    _ key: String, _ beta: Double?, else standard: Double
  ) throws(ModelError) -> Double {
    let beta = beta ?? standard
    try settings.require(0 < beta && beta < 1, key, beta, "between 0 and 1")
    return beta
  }

  /// How a sampler reads the model's output.
  func prediction(_ kind: SamplerKind) throws(ModelError) -> Prediction {
    if self.kind == .flowEuler { return Prediction(.flow) }
    return Prediction(
      try settings.choice(
        "prediction_type", fields.predictionType, else: .epsilon,
        of: kind == .pndm ? [.epsilon, .velocity] : [.epsilon, .sample, .velocity]),
      bounds: try bounds(kind))
  }

  /// The bounds that a sampler puts on the image.
  private func bounds(_ kind: SamplerKind) throws(ModelError) -> SampleBounds? {
    switch kind {
    case .ddpm, .ddim, .dpmSolver, .stochasticDPMSolver, .uniPC, .lcm:
      guard fields.thresholding ?? false else { break }
      return .thresholded(
        quantile: try settings.number(
          "dynamic_thresholding_ratio", fields.dynamicThresholdingRatio, else: 0.995, in: 0...1),
        largest: try settings.number(
          "sample_max_value", fields.sampleMaxValue, else: 1, in: 1...1e6))
    default: break
    }
    switch kind {
    case .ddpm, .ddim, .lcm, .heun:
      guard fields.clipSample ?? (kind == .ddpm || kind == .ddim) else { return nil }
      return .clipped(
        range: try settings.number(
          "clip_sample_range", fields.clipSampleRange, else: 1, in: 1e-6...1e6))
    default: return nil
    }
  }

  /// How a sampler spreads its steps.
  func fieldSpacing(_ kind: SamplerKind) throws(ModelError) -> TimestepSpacing {
    let isLeading = [.ddpm, .ddim, .pndm, .lcm].contains(kind)
    return try settings.choice(
      "timestep_spacing", fields.timestepSpacing, else: isLeading ? .leading : .linspace)
  }

  /// How noise levels are spread.
  var fieldSigmas: SigmaSpacing {
    if fields.useKarrasSigmas ?? false { return .karras }
    return fields.useExponentialSigmas ?? false ? .exponential : .discrete
  }

  /// The form of a solver; names of another solver's forms stand for the usual one.
  func solverType<Form: CaseIterable & RawRepresentable<String>>(
    else standard: Form, orFor others: [String]
  ) throws(ModelError) -> Form {
    if let name = fields.solverType, others.contains(name) { return standard }
    return try settings.choice("solver_type", fields.solverType, else: standard)
  }
}
