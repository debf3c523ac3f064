internal import Kernels
public import Tensor

/// The offset of the blocks behind a probe, extrapolated from the last two computed ones as far as
/// the probe's own offset has moved.
///
/// P is the offset of the probe in this step; P₁, P₂ and F₁, F₂ are those of the probe and of all
/// blocks in the last two computed steps. The offset of all blocks is `F₂ + γ · (F₁ - F₂)`, with `γ
/// = mean|P - P₂| / mean|P₁ - P₂|` for each row, within limits; that of the blocks behind the probe
/// is this less P.
///
/// Reference: [Bu et al., 2025](https://arxiv.org/abs/2508.17356), DiCache's trajectory alignment.
public struct ProbeAlignment: CachePredictor {
  /// The limits of γ.
  public static let limits: ClosedRange<Float> = 1...1.5

  /// The probe, as the only element.
  public let probes: [CacheProbe]
  /// The offsets of the probe and of all blocks, the newest first.
  private var past: [(probe: Tensor<Float>, all: Tensor<Float>)] = []

  /// A predictor for the blocks behind some others, all from the first one on.
  public init(behind blocks: Range<Int>) { probes = [.offset(blocks)] }

  /// Takes note of an offset that was computed.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let probe = probe(context)
    let all = linearCombination([(1, probe), (1, value)], in: context.workspace)
    past = [(probe, all)] + past.prefix(1)
  }

  /// The offset on the line.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    check(!past.isEmpty, "probe alignment: there is no value to go on from")
    let probe = probe(context)
    let new = context.rows(of: past[0].all)
    guard past.count > 1 else {
      return linearCombination([(1, new), (-1, probe)], in: context.workspace)
    }
    let old = context.rows(of: past[1].all)
    let factors = factors(probe, context).reshaped([probe.shape[0], 1, 1])
    return old + factors * (new - old) - probe
  }

  /// γ of each row.
  private func factors(_ probe: Tensor<Float>, _ context: CacheContext) -> Tensor<Float> {
    let (new, old) = (context.rows(of: past[0].probe), context.rows(of: past[1].probe))
    let ahead = (probe - old).absolute().sum(axes: [1, 2])
    let way = (new - old).absolute().sum(axes: [1, 2])
    // Where the probe has not moved there is nothing to extrapolate.
    return Tensor(
      zip(ahead.elements, way.elements).map { ahead, way in
        way == 0 ? 1 : min(max(ahead / way, Self.limits.lowerBound), Self.limits.upperBound)
      })
  }

  private func probe(_ context: CacheContext) -> Tensor<Float> {
    require(context.observed[probes[0]], "probe alignment: \(probes[0]) was not seen")
  }

  /// Forgets everything.
  public mutating func reset() { past = [] }

  /// True.
  public var keepsHistory: Bool { true }
  /// The bytes of the offsets.
  public var byteCount: Int { past.reduce(0) { $0 + $1.probe.byteCount + $1.all.byteCount } }
  /// Two offsets of the probe and two of all blocks.
  public func capacity(elements: Int, inputs: Int) -> Int { 4 * elements }
}
