import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _TestSupport

/// Every sampler with every schedule of β, spreading of noise levels, spreading of steps and small
/// or odd number of steps ends where diffusers' scheduler ends.
@Suite struct SamplerTableTests {
  /// What the dimensions of the tables stand for; `Tests/Fixtures/scheduler_cases.py` made them.
  private struct Axes: Decodable {
    let betas, sigmas, spacings: [String]
    let steps: [Int]
  }

  private static let file = Result { try Fixtures.open("sampler-table") }

  @Test(arguments: [
    "ddpm", "ddim", "dpm++2m", "dpm++2m-sde", "dpm++3m", "unipc", "unipc3", "euler", "euler-a",
    "heun", "pndm", "pndm-prk", "lcm", "flow-euler",
  ])
  func endsWhereDiffusersEnds(_ name: String) throws {
    let file = try Self.file.get()
    let text = Data(try #require(file.metadata["axes"]).utf8)
    let axes = try JSONDecoder().decode(Axes.self, from: text)
    let all = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let samplers = try #require(all["samplers"] as? [String: [String: Any]])
    let settings = try #require(samplers[name])
    let table = try file[name]
    var compared = 0
    for (b, beta) in axes.betas.enumerated() {
      for (s, sigmas) in axes.sigmas.enumerated() {
        for (t, spacing) in axes.spacings.enumerated() {
          for (n, steps) in axes.steps.enumerated() {
            let expected = table[b, s, t, n].elements
            // Where diffusers gives no numbers there is nothing to compare with.
            guard expected.allSatisfy(\.isFinite) else { continue }
            // diffusers ends a single step at the level where it began: that is noise.
            if name == "unipc3", sigmas != "discrete", steps == 1 { continue }
            var fields = settings
            fields["beta_schedule"] = beta
            fields["timestep_spacing"] = spacing
            if sigmas != "discrete" { fields["use_\(sigmas)_sigmas"] = true }
            let label = "\(name), \(beta), \(sigmas), \(spacing), \(steps) steps"
            do {
              let found = try last(fields, steps: steps, file)
              let error = relativeError(found, expected)
              #expect(error < 1e-4, "\(label): \(found) instead of \(expected)")
              compared += 1
            } catch {
              Issue.record("\(label): \(error)")
            }
          }
        }
      }
    }
    #expect(compared > 50)
  }

  /// The last sample of a run of the toy model.
  private func last(
    _ fields: [String: Any], steps: Int, _ file: SafetensorsFile
  ) throws -> [Float] {
    let json = try JSONSerialization.data(withJSONObject: fields)
    let configuration = try ConfigurationFile(String(decoding: json, as: UTF8.self)).configuration()
    let isStochastic = fields["algorithm_type"] as? String == "sde-dpmsolver++"
    let sampler = try configuration.sampler(
      isStochastic ? .stochasticDPMSolver : nil, steps: steps)
    var x = try file["x"] * Float(sampler.initialNoiseScale)
    let noise = try file["noise"]
    var history = SamplerHistory()
    var draws = 0
    for step in 0..<sampler.stepCount {
      let z = sampler.addsNoise(at: step) ? noise[draws] : nil
      if z != nil { draws += 1 }
      x = sampler.step(
        step, x, prediction: SchedulerTests.toy(sampler, step, x), noise: z, history: &history,
        in: Workspace(threads: 1))
    }
    return x.elements
  }
}
