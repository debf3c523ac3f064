import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _TestSupport

/// Samplers made from diffusers' configurations step as diffusers' schedulers do.
@Suite struct SchedulerTests {
  /// A run of one of diffusers' schedulers; `Tests/Fixtures/scheduler_cases.py` made it.
  struct Golden: Decodable, CustomTestStringConvertible, Sendable {
    /// The class that stepped, which may be another than that of `config`.
    let `class`: String
    /// What `scheduler_config.json` says.
    let config: String
    let steps: Int
    let eta: Double
    /// Whether the scheduler drew its noise itself.
    let draws: Bool

    var testDescription: String { "\(self.class) from \(config), \(steps) steps" }

    var kind: SamplerKind {
      get throws {
        let isStochastic = config.contains("sde-dpmsolver++")
        return switch self.class {
        case "DDPMScheduler": .ddpm
        case "DDIMScheduler": .ddim
        case "DPMSolverMultistepScheduler": isStochastic ? .stochasticDPMSolver : .dpmSolver
        case "UniPCMultistepScheduler": .uniPC
        case "EulerDiscreteScheduler": .euler
        case "EulerAncestralDiscreteScheduler": .eulerAncestral
        case "HeunDiscreteScheduler": .heun
        case "PNDMScheduler": .pndm
        case "LCMScheduler": .lcm
        default: try #require(self.class == "FlowMatchEulerDiscreteScheduler" ? .flowEuler : nil)
        }
      }
    }

    func sampler() throws -> any Sampler {
      let configuration = try ConfigurationFile(config).configuration()
      if config.contains(self.class) { #expect(try configuration.kind == kind) }
      return try configuration.sampler(kind, steps: steps, eta: eta)
    }
  }

  static let file = Result { try Fixtures.open("schedulers") }

  static let goldens: [(index: Int, golden: Golden)] = {
    let text = (try? file.get().metadata["cases"]) ?? ""
    let goldens = (try? JSONDecoder().decode([Golden].self, from: Data(text.utf8))) ?? []
    return Array(goldens.enumerated()).map { ($0.offset, $0.element) }
  }()

  @Test func thereAreGoldens() { #expect(Self.goldens.count > 150) }

  @Test(arguments: goldens.indices)
  func stepsAsDiffusersDoes(_ index: Int) throws {
    let (file, golden) = (try Self.file.get(), Self.goldens[index].golden)
    let sampler = try golden.sampler()
    let expected = try file.tensor(named: "\(index).timesteps").converted(to: Double.self)
    #expect(relativeError(sampler.timesteps, expected.elements) < 1e-6, "\(golden)")
    #expect(sampler.stepCount == expected.count)

    if file.names.contains("\(index).sigmas") {
      let sigmas = try file.tensor(named: "\(index).sigmas").converted(to: Double.self).elements
      let levels = (0..<sampler.stepCount).map(sampler.noiseLevel)
      let found = levels.map { sampler.prediction.kind == .flow ? $0.sigma : $0.sigma / $0.alpha }
      #expect(relativeError(found, sigmas.dropLast()) < 1e-6, "\(golden)")
    }

    let (noise, after) = (try file["noise"], try file["\(index).after"])
    var generators = [5, 6].map { TorchGenerator(seed: $0) }
    var x = try file["x"] * Float(sampler.initialNoiseScale)
    var history = SamplerHistory()
    var draws = 0
    for step in 0..<sampler.stepCount {
      var z: Tensor<Float>?
      if sampler.addsNoise(at: step) {
        z =
          golden.draws
          ? Tensor(
            concatenating: generators.indices.map { generators[$0].normal([1] + x.shape[1...]) },
            axis: 0) : noise[draws]
        draws += 1
      }
      x = sampler.step(
        step, x, prediction: Self.toy(sampler, step, x), noise: z, history: &history,
        in: Workspace(threads: 1))
      let error = relativeError(x.elements, after[step].elements)
      #expect(error < 1e-5, "\(golden), step \(step): \(error)")
    }
  }

  /// What the golden file's model makes of a sample.
  static func toy(_ sampler: some Sampler, _ step: Int, _ x: Tensor<Float>) -> Tensor<Float> {
    x * Float(sampler.inputScale(at: step)) * 0.3
      + Float(0.5 * cos(sampler.timesteps[step] / 100))
  }

  /// A sample's steps do not depend on the other samples of its batch.
  @Test(arguments: goldens.indices)
  func samplesDoNotMeet(_ index: Int) throws {
    let file = try Self.file.get()
    let sampler = try Self.goldens[index].golden.sampler()
    func steps(_ rows: Range<Int>) throws -> [UInt32] {
      var x = try file["x"][rows] * Float(sampler.initialNoiseScale)
      var history = SamplerHistory()
      for step in 0..<sampler.stepCount {
        x = sampler.step(
          step, x, prediction: Self.toy(sampler, step, x), noise: try file["noise"][0, rows],
          history: &history, in: Workspace(threads: 1))
      }
      return x.elements.map(\.bitPattern)
    }
    #expect(try steps(0..<2) == steps(0..<1) + steps(1..<2))
  }
}

extension ConfigurationFile {
  /// The sampler's configuration that the file holds.
  func configuration() throws -> SamplerConfiguration { try SamplerConfiguration(path: path) }
}
