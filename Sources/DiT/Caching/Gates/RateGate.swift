internal import Kernels
internal import Tensor

/// Reuses while the expected changes of the prediction add up to less than the threshold.
///
/// A change is estimated from that of the sample and the ratio of both in the last computed steps.
struct RateGate: CacheGate {
  var threshold: Double
  private var sample: Tensor<Float>?
  private var computed: (sample: Tensor<Float>, prediction: Tensor<Float>)?
  /// The ratio of the prediction's change to the sample's, in mean magnitudes.
  private var rate: Double?
  private var sum = 0.0
  private var reused = false

  init(threshold: Double) { self.threshold = threshold }

  let probes: [CacheProbe] = [.sample, .prediction]
  var description: String { "the prediction is expected to change by less than \(threshold)" }
  var byteCount: Int {
    (sample?.byteCount ?? 0) + (computed.map { $0.sample.byteCount + $0.prediction.byteCount } ?? 0)
  }

  func capacity(_ elements: (CacheProbe) -> Int) -> Int { 3 * elements(.sample) }

  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    if probe == .sample {
      sample = value
    } else if !reused, let sample {
      // Only the noise, without a predicted variance.
      let noise = value[.all, 0..<sample.shape[1]]
      if let computed {
        let change = mean(sample - computed.sample)
        rate = change > 0 ? mean(noise - computed.prediction) / change : rate
      }
      computed = (sample, noise)
      self.sample = nil
    }
  }

  mutating func indicator(at step: CacheStep) -> Double {
    guard let rate, let sample, let computed else { return .infinity }
    return sum + rate * mean(sample - computed.sample) / mean(computed.prediction)
  }

  mutating func decided(_ reuses: Bool, at step: CacheStep) {
    sum = reuses ? indicator(at: step) : 0
    reused = reuses
  }

  private func mean(_ x: Tensor<Float>) -> Double { Double(x.absolute().mean().item) }
}
