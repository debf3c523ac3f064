/// The samplers, by the names that the command line has for them.
public enum SamplerKind: String, Sendable, CaseIterable {
  /// `DDPM`.
  case ddpm
  /// `DDIM`.
  case ddim
  /// `DPMSolver`.
  case dpmSolver = "dpm++2m"
  /// `DPMSolver` of the stochastic equation.
  case stochasticDPMSolver = "dpm++2m-sde"
  /// `UniPC`.
  case uniPC = "unipc"
  /// `Euler`.
  case euler
  /// `EulerAncestral`.
  case eulerAncestral = "euler-a"
  /// `Heun`.
  case heun
  /// `PNDM`.
  case pndm
  /// `LCM`.
  case lcm
  /// `FlowMatchEuler`.
  case flowEuler = "flow-euler"

  /// Whether its steps are spread as a `TimestepSpacing` says; the others have a spacing of their
  /// own.
  public var takesSpacing: Bool { self != .lcm && self != .flowEuler }

  /// The names of diffusers' classes; that of DPM-Solver stands for both of its forms.
  static let classes: [(name: String, kind: SamplerKind)] = [
    ("DDPMScheduler", .ddpm), ("DDIMScheduler", .ddim),
    ("DPMSolverMultistepScheduler", .dpmSolver), ("UniPCMultistepScheduler", .uniPC),
    ("EulerDiscreteScheduler", .euler), ("EulerAncestralDiscreteScheduler", .eulerAncestral),
    ("HeunDiscreteScheduler", .heun), ("PNDMScheduler", .pndm), ("LCMScheduler", .lcm),
    ("FlowMatchEulerDiscreteScheduler", .flowEuler),
  ]
}
