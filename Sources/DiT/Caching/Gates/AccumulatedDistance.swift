public import Kernels
public import Tensor

/// Reuses while the changes of a value from step to step add up to less than the threshold.
///
/// The indicator is the sum of the `relativeDistances` of neighbouring steps since the last
/// computed one, each of them rescaled. Each stream of guidance has its own sum; the largest is the
/// indicator.
public struct AccumulatedDistance: CacheGate {
  /// Computes from a value what is compared.
  public typealias Transform =
    @Sendable (_ value: Tensor<Float>, CacheStep, Workspace) -> Tensor<Float>

  /// What the gate looks at, as its only element.
  public let probes: [CacheProbe]
  /// A step reuses where the indicator is below this.
  public var threshold: Double
  private let transform: Transform?
  private let rescale: @Sendable (Double) -> Double
  private var previous: Tensor<Float>?
  /// The summand of this step for each row.
  private var changes: [Double]?
  private var sums: [Double] = []

  /// A gate that looks at a value.
  ///
  /// - Parameters:
  ///   - probe: The value.
  ///   - threshold: A step reuses where the indicator is below this.
  ///   - transform: Computes what is compared; nil compares the value itself.
  ///   - rescale: Computes the summand from a distance.
  public init(
    _ probe: CacheProbe, threshold: Double, transform: Transform? = nil,
    rescale: @escaping @Sendable (Double) -> Double = { $0 }
  ) {
    (probes, self.threshold) = ([probe], threshold)
    (self.transform, self.rescale) = (transform, rescale)
  }

  /// Compares the value with that of the step before, which may have reused.
  public mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    let value = transform?(value, step, workspace) ?? value
    changes = previous.map { relativeDistances(value, from: $0).map(rescale) }
    previous = value
  }

  /// The largest sum, with the change of this step.
  public mutating func indicator(at step: CacheStep) -> Double { totals.max() ?? .infinity }

  /// Goes on with the sums, or begins new ones after a computed step.
  public mutating func decided(_ reuses: Bool, at step: CacheStep) {
    sums = reuses ? totals : []
    changes = nil
  }

  /// The sum of each row with the change of this step; empty where there is nothing to compare
  /// with.
  private var totals: [Double] {
    (changes ?? []).enumerated().map { row, change in
      change + (row < sums.count ? sums[row] : 0)
    }
  }

  /// The bytes of the last value.
  public var byteCount: Int { previous?.byteCount ?? 0 }

  /// The condition in words.
  public var description: String { "changes of \(probes[0]) add up to less than \(threshold)" }
}
