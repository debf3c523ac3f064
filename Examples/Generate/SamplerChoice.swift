internal import DiT
internal import _ExampleCommandLine

/// The sampler that the options name, and how its steps are spread.
struct SamplerChoice: Sendable {
  let kind: SamplerKind
  /// The share of DDPM's noise, with DDIM.
  let eta: Double
  /// How the steps are spread; nil is as the sampler has it.
  let spacing: TimestepSpacing?
  /// How the noise levels are spread; nil is as the model has it.
  let sigmas: SigmaSpacing?

  /// Checks the options against each other.
  ///
  /// - Throws: `UsageError` where one is not for the sampler.
  init(
    _ o: GenerateOptions, _ arguments: ParsedArguments, _ defaults: DiffusionPipeline.Defaults
  ) throws(UsageError) {
    kind = arguments[o.sampler].flatMap(SamplerKind.init(rawValue:)) ?? defaults.sampler
    eta = arguments[o.eta]
    let spacing = arguments[o.spacing].flatMap(TimestepSpacing.init(rawValue:))
    sigmas = arguments[o.schedule].flatMap(SigmaSpacing.init(rawValue:))
    guard kind == .ddim || !arguments.has(o.eta) else {
      throw .other("--eta is for --sampler ddim only")
    }
    guard kind.takesSpacing || spacing == nil else {
      throw .other("--timestep-spacing is not for --sampler \(kind.rawValue)")
    }
    let spreadsSigmas = ![.ddpm, .ddim, .eulerAncestral, .pndm, .lcm].contains(kind)
    guard spreadsSigmas || sigmas == nil else {
      throw .other("--schedule is not for --sampler \(kind.rawValue)")
    }
    // DDPM's steps are spread as its original code has it.
    self.spacing = spacing ?? (kind.takesSpacing && kind != .ddpm ? defaults.spacing : nil)
  }

  /// The sampler for some steps.
  ///
  /// - Throws: `UsageError` where there is none for so many, or for such a model.
  func sampler(_ sampling: SamplerConfiguration, steps: Int) throws -> any Sampler {
    do {
      return try sampling.sampler(
        kind, steps: steps, eta: eta, spacing: spacing, sigmas: sigmas)
    } catch let error as SamplerError {
      if case .prediction = error { throw UsageError.other("--sampler: \(error)") }
      throw UsageError.other("--steps: \(error)")
    }
  }

  /// The choice in the parameters that an image keeps.
  var fields: [ImageParameters.Field] {
    var fields: [ImageParameters.Field] = []
    if kind == .ddim { fields.append(.init("Eta", "\(eta)")) }
    if let spacing { fields.append(.init("Timestep spacing", spacing.rawValue)) }
    if let sigmas { fields.append(.init("Schedule type", sigmas.rawValue)) }
    return fields
  }
}
