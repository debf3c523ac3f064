import DiT
import Kernels
import Tensor

/// A method whose gates decide by the last bit of what they have seen, so that images differ.
struct Fickle: CacheMethod {
  let method: any CacheMethod

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let plan = try method.plan(for: run)
    return try CachePlan(
      for: run,
      rules: plan.rules.map { rule in
        .init(
          sites: rule.sites, schedule: rule.schedule, predictor: rule.predictor,
          gate: rule.gate.map(FickleGate.init), most: rule.most)
      })
  }
}

private struct FickleGate: CacheGate {
  var gate: any CacheGate
  var bits: UInt32 = 0
  var threshold = 1.0
  var probes: [CacheProbe] { gate.probes }
  var byteCount: Int { gate.byteCount }
  var description: String { "fickle" }

  init(_ gate: any CacheGate) { self.gate = gate }

  func capacity(_ elements: (CacheProbe) -> Int) -> Int { gate.capacity(elements) }

  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    bits = value.elements[0].bitPattern
    gate.observe(value, probe, at: step, in: workspace)
  }

  mutating func indicator(at step: CacheStep) -> Double {
    _ = gate.indicator(at: step)
    return Double(bits & 1 * 2)
  }

  mutating func decided(_ reuses: Bool, at step: CacheStep) { gate.decided(reuses, at: step) }
}

/// A model that fails once, after some passes through blocks of a step.
struct Interrupted: Denoiser {
  struct Failure: Error {}

  let model: any Denoiser
  let step: Int
  let passes: Int
  var architecture: Architecture { model.architecture }
  var sizes: SampleSizes { model.sizes }
  var unconditional: Condition? { model.unconditional }
  var precision: Precision { model.precision }
  var fingerprint: String { model.fingerprint }
  @Sendable func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>? {
    model.weight(layer, block: block)
  }
  func architecture(for size: SampleSize) throws(RunError) -> Architecture {
    try model.architecture(for: size)
  }
  func workspace(threads: Int?) -> Workspace { model.workspace(threads: threads) }

  func session(
    _ conditions: [Condition], timesteps: [Double], size: SampleSize, in workspace: Workspace
  ) throws(RunError) -> any DenoiserSession {
    Session(
      session: try model.session(
        conditions, timesteps: timesteps, size: size, in: workspace), step: step, passes: passes)
  }

  final class Count: @unchecked Sendable {
    var left: Int
    init(_ left: Int) { self.left = left }
  }

  struct Session: DenoiserSession {
    var session: any DenoiserSession
    let step: Int
    let count: Count
    var executed: MultiplyAdds { session.executed }

    init(session: any DenoiserSession, step: Int, passes: Int) {
      (self.session, self.step, count) = (session, step, Count(passes))
    }

    mutating func predict(
      _ x: Tensor<Float>, rows: [Int], step: Int, cache: inout CacheState,
      in workspace: Workspace
    ) throws -> Tensor<Float> {
      let prediction = try session.predict(
        x, rows: rows, step: step, cache: &cache, in: workspace)
      // Fails when the pass is over, after everything was kept.
      if step == self.step, count.left >= 0 {
        count.left -= 1
        if count.left < 0 { throw Failure() }
      }
      return prediction
    }
  }
}
