public import Tensor

/// A predictor that forecasts nothing: it measures the values of its site in every step.
public struct Measurement: CachePredictor {
  /// What a step has shown.
  public struct Observation: Sendable {
    /// The value of the site.
    public let value: Tensor<Float>
    /// What the probes have seen.
    public let observed: [CacheProbe: Tensor<Float>]
  }

  /// What it looks at.
  public let probes: [CacheProbe]
  private let history: Int
  private let measure: @Sendable (Observation, _ past: [Observation], CacheContext) -> [Double]
  private var past: [Observation] = []
  private var rows: [[Double]] = []

  /// Measures each step.
  ///
  /// - Parameters:
  ///   - history: The steps before that `measure` gets.
  ///   - probes: What else it gets.
  ///   - measure: Makes numbers of a step and of those before it, the newest first; as many in each
  ///     step.
  public init(
    history: Int, probes: [CacheProbe] = [],
    _ measure: @escaping @Sendable (Observation, _ past: [Observation], CacheContext) -> [Double]
  ) {
    (self.history, self.probes, self.measure) = (history, probes, measure)
  }

  /// Takes note of a value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let now = Observation(value: value, observed: context.observed)
    rows.append(measure(now, past, context))
    past = [now] + past.prefix(history - 1)
  }

  /// The value that stands in.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    require(past.first?.value, "measurement: there is no value")
  }

  /// Keeps what was measured.
  public mutating func reset() {}

  /// Whether more than the last value counts.
  public var keepsHistory: Bool { true }
  /// The bytes that are held.
  public var byteCount: Int { past.reduce(0) { $0 + $1.value.byteCount } }
  /// The most numbers that will be held.
  public func capacity(elements: Int, inputs: Int) -> Int { history * elements }
  /// What was measured.
  public var measurement: [[Double]]? { rows }
}

/// The relative distance of two values, `Σ|new - old| / Σ|new|` of each row, the mean of all rows.
public func meanRelativeDistance(_ new: Tensor<Float>, from old: Tensor<Float>) -> Double {
  let rows = new.shape[0]
  let (new, old) = (new.reshaped([rows, -1]), old.reshaped([rows, -1]))
  let distances = (new - old).absolute().sum(axes: [1]).elements
  let sizes = new.absolute().sum(axes: [1]).elements
  let sum = zip(distances, sizes).reduce(0.0) { sum, pair in
    sum + (pair.0 == 0 ? 0 : Double(pair.0) / Double(pair.1))
  }
  return sum / Double(rows)
}
