import DiT
import Kernels
import Tensor
import Testing
import _TestSupport

@Suite struct SamplerTests {
  @Test(arguments: [1, 2, 3, 4, 7, 10, 20, 50, 250, 1000])
  func timestepsAgreeWithTheOriginals(_ steps: Int) throws {
    let file = try Fixtures.open("samplers")
    #expect(try DDPM(steps: steps).timesteps.map { Int($0) } == file.integers("respaced.\(steps)"))
    for spacing in TimestepSpacing.allCases {
      let expected = try file.integers("ddim.\(spacing.rawValue).\(steps)")
      #expect(try DDIM(steps: steps, spacing: spacing).timesteps.map { Int($0) } == expected)
    }
  }

  @Test func noiseAgreesWithTheOriginals() throws {
    let expected = try #require(
      try Fixtures.open("samplers").tensor(named: "alphas_cumprod").tensor(of: Double.self))
    #expect(relativeError(NoiseSchedule.linear().cumulativeAlphas, expected.elements) < 1e-13)
  }

  @Test(arguments: TimestepSpacing.allCases, ["0", "0.5", "1"])
  func ddimStepsAgreeWithDiffusers(_ spacing: TimestepSpacing, _ eta: String) throws {
    let file = try Fixtures.open("samplers")
    let name = "ddim.step.\(spacing.rawValue).\(eta)"
    let sampler = try DDIM(steps: 7, eta: try #require(Double(eta)), spacing: spacing)
    try expectTrajectory(sampler, file, name) { try file["\(name).eps"][$0] }
  }

  @Test(arguments: [DDPM.Variance.fixedSmall, .learnedRange])
  func ddpmStepsAgreeWithTheOriginal(_ variance: DDPM.Variance) throws {
    let file = try Fixtures.open("samplers")
    let name = "ddpm.step.\(variance == .learnedRange ? "learned" : "fixed")"
    let sampler = try DDPM(steps: 7, variance: variance)
    try expectTrajectory(sampler, file, name) { step in
      let noise = try file["\(name).eps"][step]
      guard variance == .learnedRange else { return noise }
      return Tensor(concatenating: [noise, try file["\(name).v"][step]], axis: 1)
    }
  }

  private func expectTrajectory(
    _ sampler: some Sampler, _ file: SafetensorsFile, _ name: String,
    prediction: (Int) throws -> Tensor<Float>
  ) throws {
    let workspace = Workspace(threads: 1)
    var x = try file["\(name).x0"]
    var history = SamplerHistory()
    let (noise, trajectory) = (try file["\(name).noise"], try file["\(name).trajectory"])
    for step in 0..<sampler.stepCount {
      x = sampler.step(
        step, x, prediction: try prediction(step), noise: noise[step],
        history: &history, in: workspace)
      #expect(relativeError(x.elements, trajectory[step].elements) < 1e-4)
    }
  }

  /// diffusers' pipeline guides above 1 alone; the formula has a meaning below it too.
  @Test func guidanceBelowOneIsAChoice() {
    for scale in [Float(0), 0.5, -1] {
      #expect(Guidance(scale: scale).isOn && !Guidance(scale: scale, belowOne: .isOff).isOn)
    }
    #expect(!Guidance(scale: 1).isOn && Guidance(scale: 1.5, belowOne: .isOff).isOn)
  }

  @Test func refusesWhatCannotBe() {
    #expect(throws: SamplerError.stepCount(0, allowed: 1...1000)) { try DDIM(steps: 0) }
    #expect(throws: SamplerError.stepCount(1001, allowed: 1...1000)) { try DDPM(steps: 1001) }
    #expect(throws: SamplerError.eta(1.5)) { try DDIM(steps: 5, eta: 1.5) }
    #expect(throws: SamplerError.self) { try DDIM(steps: 5, eta: .nan) }
  }
}
