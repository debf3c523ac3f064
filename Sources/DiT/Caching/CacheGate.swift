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

  /// The site whose computed value the probe shows; nil for values that every step has.
  var site: CacheSite? {
    switch self {
    case .offset(let range): .blocks(range)
    case .output(let range): .output(range)
    case .branch(let branch, let block): .branch(branch, block: block)
    case .sample, .prediction, .modulatedInput: nil
    }
  }

  /// Whether the probe shows nothing in a step that reuses a site.
  func isHidden(by site: CacheSite) -> Bool {
    if site == .prediction { return self != .sample && self != .prediction }
    return self.site.map { site.overlaps($0) } ?? false
  }
}

/// Decides in each step of a run whether the step reuses what was kept.
///
/// A gate has an indicator: the error that it expects of a reuse, in its own unit. A step reuses
/// where the indicator is below the threshold. A gate belongs to one image of one run, so that an
/// image does not depend on its batch. The values that it sees have a conditional row and, with
/// guidance, an unconditional one.
public protocol CacheGate: Sendable, CustomStringConvertible {
  /// The values that the gate sees; no others are shown to it.
  var probes: [CacheProbe] { get }

  /// A step reuses where the indicator is below this.
  var threshold: Double { get set }

  /// The bytes that it holds.
  var byteCount: Int { get }

  /// The most numbers that it will hold.
  ///
  /// - Parameter elements: The number of elements of what a probe shows.
  /// - Returns: The numbers of all values together.
  func capacity(_ elements: (CacheProbe) -> Int) -> Int

  /// Sees a value of a step. Values that exist before the rule's first site come before the
  /// decision, later ones after it.
  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace)

  /// The indicator of a step; infinite as long as there is nothing to compare with.
  mutating func indicator(at step: CacheStep) -> Double

  /// The error as measured at the end of a step, which the trace then shows instead of the
  /// indicator; nil for gates that do not measure it.
  var verified: Double? { get }

  /// Notes what a step does, also where something else than this gate decided it.
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
/// So a gate that uses it computes a step where either stream of guidance needs it.
public func relativeDistance(_ new: Tensor<Float>, from old: Tensor<Float>) -> Double {
  relativeDistances(new, from: old).max() ?? 0
}

/// How far each row of a value is from that of an older one, `Σ|new - old| / Σ|old|`.
///
/// Where one value has fewer rows, only the rows that both have count. Zero where both are zero.
public func relativeDistances(_ new: Tensor<Float>, from old: Tensor<Float>) -> [Double] {
  let (new, old) = commonRows(new, old)
  let distances = (new - old).absolute().sum(axes: [1]).elements
  let sizes = old.absolute().sum(axes: [1]).elements
  return zip(distances, sizes).map { $0 == 0 ? 0 : Double($0) / Double($1) }
}

/// The rows that both of two values have, `[rows, elements]` each.
func commonRows(
  _ a: Tensor<Float>, _ b: Tensor<Float>
) -> (a: Tensor<Float>, b: Tensor<Float>) {
  let rows = min(a.shape[0], b.shape[0])
  return (a[0..<rows].reshaped([rows, -1]), b[0..<rows].reshaped([rows, -1]))
}
