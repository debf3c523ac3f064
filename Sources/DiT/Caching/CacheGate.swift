public import Kernels
public import Tensor

/// What a gate or a predictor looks at while a step runs.
public enum CacheProbe: Sendable, Hashable, CustomStringConvertible {
  /// The model's input of the step, `[rows, channels, height, width]`, without the copy that
  /// guidance makes.
  case sample
  /// The guided prediction of the step, computed or reused.
  case prediction
  /// The input of the first block after its norm and modulation, `[rows, tokens, width]`.
  case modulatedInput
  /// The offset that a run of blocks adds to the tokens, `[rows, tokens, width]`.
  case offset(Range<Int>)
  /// The tokens behind a run of blocks, `[rows, tokens, width]`.
  case output(Range<Int>)
  /// What a branch makes before its gate, in steps that compute it; `[rows, tokens, width]`.
  case branch(Architecture.Branch, block: Int)

  /// The probe in words, such as `offset of blocks 0-3`.
  public var description: String {
    switch self {
    case .sample: "sample"
    case .prediction: "prediction"
    case .modulatedInput: "modulated input"
    case .offset(let range): "offset of \(CacheSite.blocks(range))"
    case .output(let range): "\(CacheSite.output(range))"
    case .branch(let branch, let block): "\(CacheSite.branch(branch, block: block))"
    }
  }

  /// The computation that the probe reads; nil for what every step has.
  var site: CacheSite? {
    switch self {
    case .offset(let range): .blocks(range)
    case .output(let range): .output(range)
    case .branch(let branch, let block): .branch(branch, block: block)
    case .sample, .prediction, .modulatedInput: nil
    }
  }

  /// Whether a reuse at a site leaves nothing to see.
  func isHidden(by site: CacheSite) -> Bool {
    if site == .prediction { return self != .sample && self != .prediction }
    return self.site.map { site.overlaps($0) } ?? false
  }
}

/// Decides at run time whether a step reuses what was kept.
///
/// A gate has an indicator: what it expects a reuse to cost, in its own unit. A step reuses where
/// the indicator is below the threshold. A gate belongs to one image of one run, so that an image
/// does not depend on its batch; its rows are the conditional and, with guidance, the unconditional
/// one.
public protocol CacheGate: Sendable, CustomStringConvertible {
  /// What the gate wants to see; nothing else is shown to it.
  var probes: [CacheProbe] { get }

  /// Where reuse ends.
  var threshold: Double { get set }

  /// The bytes that it holds.
  var byteCount: Int { get }

  /// The most numbers that it will hold, given those of what probes see.
  func capacity(_ elements: (CacheProbe) -> Int) -> Int

  /// Sees a value, before the decision of a step or, where a reuse or its place says so, after it.
  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace)

  /// The indicator of a step; infinite where there is nothing to go by yet.
  mutating func indicator(at step: CacheStep) -> Double

  /// What a trace shows of a step in the place of the indicator, where the gate knows better once the
  /// step is over; nil shows the indicator.
  var verified: Double? { get }

  /// Takes note of what a step does, also where it is computed for another reason than this gate.
  mutating func decided(_ reuses: Bool, at step: CacheStep)
}

extension CacheGate {
  /// The indicator is shown.
  public var verified: Double? { nil }

  /// A value of each probe.
  public func capacity(_ elements: (CacheProbe) -> Int) -> Int {
    probes.reduce(0) { $0 + elements($1) }
  }
}

/// How far a value is from an older one, `Σ|new - old| / Σ|old|` of each row, the largest of all
/// rows.
///
/// A gate that goes by the largest computes a step where either stream of guidance needs it.
public func relativeDistance(_ new: Tensor<Float>, from old: Tensor<Float>) -> Double {
  relativeDistances(new, from: old).max() ?? 0
}

/// How far each row of a value is from that of an older one, `Σ|new - old| / Σ|old|`.
///
/// Where one of both has fewer rows, the rows that both have count. Zero where both are zero.
public func relativeDistances(_ new: Tensor<Float>, from old: Tensor<Float>) -> [Double] {
  let (new, old) = commonRows(new, old)
  let distances = (new - old).absolute().sum(axes: [1]).elements
  let sizes = old.absolute().sum(axes: [1]).elements
  return zip(distances, sizes).map { $0 == 0 ? 0 : Double($0) / Double($1) }
}

/// The rows that two values have both, `[rows, elements]`.
func commonRows(
  _ a: Tensor<Float>, _ b: Tensor<Float>
) -> (a: Tensor<Float>, b: Tensor<Float>) {
  let rows = min(a.shape[0], b.shape[0])
  return (a[0..<rows].reshaped([rows, -1]), b[0..<rows].reshaped([rows, -1]))
}
