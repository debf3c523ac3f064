/// How a model is to be sampled, as diffusers' `scheduler_config.json` says it.
///
/// The configuration of one sampler makes any other too: fields that the other one does not have
/// are left aside, and those that the file does not have get the other one's defaults, which are
/// diffusers'.
public struct SamplerConfiguration: Sendable, Hashable {
  /// The sampler that the file is for.
  public let kind: SamplerKind
  let fields: SchedulerFields
  let settings: FileSettings
  /// The noise of the training where no file of diffusers' describes it.
  let givenSchedule: NoiseSchedule?

  /// Reads a file.
  ///
  /// - Parameter path: The path of `scheduler_config.json`.
  /// - Throws: `ModelError` where it cannot be read or is no JSON, or where a field has a value
  ///   that no sampler here serves; it names the file and the field.
  public init(path: String) throws(ModelError) {
    settings = FileSettings(file: path)
    givenSchedule = nil
    // Infinity, which diffusers writes, is no JSON but JSON5.
    fields = try FileSettings.decoded(path: path, allowsJSON5: true)
    try fields.requireServed(settings)
    let name = fields._className ?? "nothing"
    guard let named = SamplerKind.classes.first(where: { $0.name == name }) else {
      throw .value(
        file: path, key: "_class_name",
        expected: SamplerKind.classes.map(\.name).joined(separator: " or "), found: name)
    }
    let isStochastic = fields.algorithmType == "sde-dpmsolver++"
    kind = named.kind == .dpmSolver && isStochastic ? .stochasticDPMSolver : named.kind
  }

  /// The configuration of a model in the layout of the original code: it predicts noise, its
  /// images have no bounds, and DDPM's steps are spread as they are there.
  ///
  /// - Parameters:
  ///   - kind: The sampler that it is meant for.
  ///   - spacing: How the steps are spread.
  ///   - schedule: The noise that the model was trained with.
  ///   - learnsVariance: Whether the model predicts a variance besides.
  public init(
    kind: SamplerKind = .ddim, spacing: TimestepSpacing, schedule: NoiseSchedule,
    learnsVariance: Bool
  ) {
    (self.kind, settings, givenSchedule) = (kind, FileSettings(file: ""), schedule)
    var fields = SchedulerFields()
    fields.timestepSpacing = spacing.rawValue
    fields.clipSample = false
    fields.skipPrkSteps = true
    fields.varianceType = learnsVariance ? "learned_range" : nil
    self.fields = fields
  }

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - kind: The sampler; nil is that of the configuration.
  ///   - steps: The number of steps; of intervals with Heun's method.
  ///   - eta: The share of DDPM's noise, with DDIM.
  ///   - spacing: How the steps are spread; nil is as the configuration says.
  ///   - sigmas: How the noise levels are spread; nil is as the configuration says.
  /// - Returns: The sampler.
  /// - Throws: `ModelError.value` where a field has a value that the sampler does not serve, and
  ///   `SamplerError` where the steps or η are out of range, or the sampler is not for what the
  ///   model predicts.
  public func sampler(
    _ kind: SamplerKind? = nil, steps: Int, eta: Double = 0, spacing: TimestepSpacing? = nil,
    sigmas: SigmaSpacing? = nil
  ) throws -> any Sampler {
    do {
      return try made(kind ?? self.kind, steps: steps, eta: eta, spacing: spacing, sigmas: sigmas)
    } catch SamplerError.timestepOffset(let offset, let allowed) {
      throw ModelError.value(
        file: settings.file, key: "steps_offset",
        expected: "from \(allowed.lowerBound) to \(allowed.upperBound) for \(steps) steps",
        found: "\(offset), which leads beyond the last timestep of the training")
    }
  }

  private func made(
    _ kind: SamplerKind, steps: Int, eta: Double, spacing: TimestepSpacing?, sigmas: SigmaSpacing?
  ) throws -> any Sampler {
    let (f, schedule, prediction) = (fields, try schedule(kind), try prediction(kind))
    guard (kind == .flowEuler) == (prediction.kind == .flow) else {
      throw SamplerError.prediction(prediction.kind, sampler: kind.rawValue)
    }
    let givenSpacing = spacing
    let spacing = try spacing ?? fieldSpacing(kind)
    let offset = try settings.number("steps_offset", f.stepsOffset, else: 0, in: 0...schedule.count)
    let sigmas = sigmas ?? fieldSigmas
    let final = try settings.choice("final_sigmas_type", f.finalSigmasType, else: FinalSigma.zero)
    switch kind {
    case .ddpm:
      return try DDPM(
        steps: steps,
        variance: try settings.choice(
          "variance_type", f.varianceType == "fixed_small_log" ? "fixed_small" : f.varianceType,
          else: .fixedSmall),
        spacing: givenSchedule == nil ? spacing : givenSpacing, offset: offset, schedule: schedule,
        prediction: prediction)
    case .ddim:
      return try DDIM(
        steps: steps, eta: eta, spacing: spacing, offset: offset,
        endsAtImage: f.setAlphaToOne ?? true, schedule: schedule, prediction: prediction)
    case .dpmSolver, .stochasticDPMSolver:
      try settings.require(
        ["dpmsolver++", "sde-dpmsolver++", "deis"].contains(f.algorithmType ?? "dpmsolver++"),
        "algorithm_type", f.algorithmType ?? "", "dpmsolver++ or sde-dpmsolver++")
      return try DPMSolver(
        steps: steps,
        order: try settings.number(
          "solver_order", f.solverOrder, else: 2,
          in: kind == .stochasticDPMSolver ? 1...2 : 1...3),
        isStochastic: kind == .stochasticDPMSolver,
        variant: try solverType(else: .midpoint, orFor: ["bh1", "bh2", "logrho"]),
        lowersFinalOrder: f.lowerOrderFinal ?? true, endsWithEuler: f.eulerAtFinal ?? false,
        spacing: spacing, offset: offset, sigmas: sigmas, final: final,
        schedule: schedule, prediction: prediction)
    case .uniPC:
      return try UniPC(
        steps: steps, order: try settings.number("solver_order", f.solverOrder, else: 2, in: 1...3),
        variant: try solverType(else: .bh2, orFor: ["midpoint", "heun", "logrho"]),
        lowersFinalOrder: f.lowerOrderFinal ?? true, uncorrected: Set(f.disableCorrector ?? []),
        spacing: spacing, offset: offset, sigmas: sigmas, final: final, schedule: schedule,
        prediction: prediction)
    case .euler:
      return try Euler(
        steps: steps, spacing: spacing, offset: offset, sigmas: sigmas, final: final,
        schedule: schedule, prediction: prediction)
    case .eulerAncestral:
      return try EulerAncestral(
        steps: steps, spacing: spacing, offset: offset, schedule: schedule,
        prediction: prediction)
    case .heun:
      return try Heun(
        steps: steps, spacing: spacing, offset: offset, sigmas: sigmas, schedule: schedule,
        prediction: prediction)
    case .pndm:
      return try PNDM(
        steps: steps, skipsRungeKutta: f.skipPrkSteps ?? false,
        endsAtImage: f.setAlphaToOne ?? false, spacing: spacing, offset: offset,
        schedule: schedule, prediction: prediction)
    case .lcm:
      return try LCM(
        steps: steps,
        distillationSteps: try settings.number(
          "original_inference_steps", f.originalInferenceSteps, else: min(50, schedule.count),
          in: 1...schedule.count),
        timestepScale: try settings.number(
          "timestep_scaling", f.timestepScaling, else: 10, in: 1e-6...1e6),
        schedule: schedule, prediction: prediction)
    case .flowEuler:
      return try FlowMatchEuler(
        steps: steps, shift: try settings.number("shift", f.shift, else: 1, in: 1e-3...1e3),
        sigmas: sigmas, timestepCount: schedule.count)
    }
  }
}
