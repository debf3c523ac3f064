internal import Kernels
internal import Tensor

/// Reuses the tokens behind a block if their last change is less than that at the end of the
/// warm-up.
///
/// The indicator is the ratio of the two mean squared changes, the largest of all rows. Only steps
/// that compute the block change it.
struct ForesightGate: CacheGate {
  let probes: [CacheProbe]
  var threshold: Double
  private let warmup: Int
  private var previous: Tensor<Float>?
  /// The mean squared change of each row: the last one, and that of the last step of the warm-up.
  private var changes: [Double] = []
  private var references: [Double] = []
  private var reusedStep: Int?

  init(block: Int, warmup: Int, threshold: Double) {
    (probes, self.warmup, self.threshold) = ([.output(block..<block + 1)], warmup, threshold)
  }

  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    // A reused value does not change.
    guard reusedStep != step.index else { return }
    if let previous {
      let (new, old) = commonRows(value, previous)
      let difference = new - old
      changes = (difference * difference).mean(axes: [1]).elements.map(Double.init)
      if step.index < warmup { references = changes }
    }
    previous = value
  }

  func indicator(at step: CacheStep) -> Double {
    zip(changes, references).map { $0 == 0 ? 0 : $0 / $1 }.max() ?? .infinity
  }

  mutating func decided(_ reuses: Bool, at step: CacheStep) {
    reusedStep = reuses ? step.index : nil
  }

  /// None: the tokens are those that the predictor keeps, in the same memory.
  var byteCount: Int { 0 }
  func capacity(_ elements: (CacheProbe) -> Int) -> Int { 0 }

  var description: String {
    "\(probes[0]) last changed by less than \(threshold) of the warm-up's change"
  }
}
