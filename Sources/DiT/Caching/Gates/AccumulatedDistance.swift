public import Kernels
public import Tensor

/// Reuses while the changes of a value from step to step add up to little.
///
/// The indicator is the sum of `relativeDistances` between neighbouring steps since the last computed
/// one, rescaled one by one; each stream of guidance has a sum of its own, and the largest counts.
public struct AccumulatedDistance: CacheGate {
  /// Makes of a value what is compared.
  public typealias Transform =
    @Sendable (_ value: Tensor<Float>, CacheStep, Workspace) -> Tensor<Float>

  /// What the gate looks at, as its only element.
  public let probes: [CacheProbe]
  /// Where reuse ends.
  public var threshold: Double
  private let transform: Transform?
  private let rescale: @Sendable (Double) -> Double
  private var previous: Tensor<Float>?
  /// What this step adds to the sum of each row.
  private var changes: [Double]?
  private var sums: [Double] = []

  /// A gate that looks at a value.
  ///
  /// - Parameters:
  ///   - probe: The value.
  ///   - threshold: Where reuse ends.
  ///   - transform: Makes of the value what is compared; nil compares it as it is.
  ///   - rescale: Makes of a distance what is added up.
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

  /// The sum of each row with the change of this step; none where there is nothing to compare with.
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
