public import Kernels
public import Tensor

/// A step of a run, as caches see it.
public struct CacheStep: Sendable, Hashable {
  /// The number of steps before this one, from the noisiest on.
  public let index: Int
  /// The number of all steps.
  public let count: Int
  /// The training timestep that the model sees.
  public let timestep: Double

  /// A step.
  public init(index: Int, count: Int, timestep: Double) {
    (self.index, self.count, self.timestep) = (index, count, timestep)
  }
}

/// How much of a branch to compute.
public struct BranchPart: Sendable, Hashable {
  /// Whether the conditional rows are computed alone, the first half of a guided batch.
  public var conditionalOnly = false
  /// How many tokens to either side attention between tokens sees; nil is all of them.
  ///
  /// Where the keys of several tokens are joined, all are seen.
  public var window: Int?

  /// All of the branch.
  public static let all = BranchPart()

  /// A part of a branch.
  public init(conditionalOnly: Bool, window: Int? = nil) {
    (self.conditionalOnly, self.window) = (conditionalOnly, window)
  }

  /// All of a branch.
  private init() {}
}

/// What a predictor sees of its site in a step.
public struct CacheContext {
  /// The step.
  public let step: CacheStep
  /// The rows of the batch that are computed in this step: the conditional ones, and behind them
  /// as many unconditional ones where `isGuided`.
  public let rows: Int
  /// Whether the unconditional rows are among them.
  public let isGuided: Bool
  /// What goes into the site: the tokens before blocks, the residual stream before a branch and
  /// its norm, the rows of a linear layer, the conditional prediction for the unconditional one, the
  /// model's input for the prediction.
  public let input: Tensor<Float>
  /// What to compute with.
  public let workspace: Workspace
  /// What probes of the predictor have seen in this step.
  public let observed: [CacheProbe: Tensor<Float>]
  /// Computes a part of a branch; nil at other sites.
  let branch: ((BranchPart) -> Tensor<Float>)?

  /// What a site shows a predictor.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - rows: The rows of the batch that are computed.
  ///   - isGuided: Whether the unconditional rows are among them.
  ///   - input: What goes into the site.
  ///   - workspace: What to compute with.
  ///   - observed: What probes of the predictor have seen.
  ///   - branch: Computes a part of a branch; nil at other sites.
  public init(
    step: CacheStep, rows: Int, isGuided: Bool, input: Tensor<Float>, workspace: Workspace,
    observed: [CacheProbe: Tensor<Float>] = [:],
    branch: ((BranchPart) -> Tensor<Float>)? = nil
  ) {
    (self.step, self.rows, self.isGuided) = (step, rows, isGuided)
    (self.input, self.workspace) = (input, workspace)
    (self.observed, self.branch) = (observed, branch)
  }

  /// Computes a part of the branch now.
  ///
  /// - Returns: `[rows, tokens, width]` before the gate; half the rows where conditional only.
  /// - Precondition: The site is a branch.
  public func part(_ part: BranchPart) -> Tensor<Float> {
    require(branch, "cache: only branches have parts")(part)
  }

  /// The rows of a kept value that this step computes: a step of the conditional rows alone takes
  /// the first half of what a guided one has kept.
  public func rows(of kept: Tensor<Float>) -> Tensor<Float> {
    kept.shape[0] == rows ? kept : kept[0..<rows]
  }
}

/// What stands in for a value that is not computed.
///
/// A predictor is a value that belongs to one site of one run (one image's, where a gate decides).
/// Steps are counted upwards from the noisiest one. The rows of a value are those of the batch,
/// conditional ones first, and stay at their places.
public protocol CachePredictor: Sendable {
  /// What the predictor wants to see besides the value of its site.
  var probes: [CacheProbe] { get }

  /// The predictor of one of the sites of its rule, where they differ.
  func placed(at site: CacheSite) -> any CachePredictor

  /// Takes note of a value that was computed.
  mutating func record(_ value: Tensor<Float>, _ context: CacheContext)

  /// The value to use, with `context.rows` rows.
  ///
  /// A step that was cancelled and is taken again asks twice and must get the same.
  mutating func value(_ context: CacheContext) -> Tensor<Float>

  /// Forgets everything.
  mutating func reset()

  /// Whether it uses values from before the last one, and so must not forget between two records.
  var keepsHistory: Bool { get }

  /// The bytes that it holds.
  var byteCount: Int { get }

  /// The most numbers that it will hold.
  ///
  /// - Parameters:
  ///   - elements: Those of a value.
  ///   - inputs: Those of the site's input.
  /// - Returns: The numbers for one site.
  func capacity(elements: Int, inputs: Int) -> Int

  /// The multiply-adds that it spends itself, given those of the whole site in this step.
  func cost(_ action: CacheSchedule.Action, of full: MultiplyAdds) -> MultiplyAdds

  /// The multiply-adds that it spends itself in a step, where steps differ.
  func cost(
    _ action: CacheSchedule.Action, of full: MultiplyAdds, at step: Int
  ) -> MultiplyAdds

  /// The numbers that it has measured, for a calibration; nil for predictors that do not.
  var measurement: [[Double]]? { get }
}

extension CachePredictor {
  /// None.
  public var probes: [CacheProbe] { [] }
  /// Itself: sites do not differ.
  public func placed(at site: CacheSite) -> any CachePredictor { self }
  /// It does not.
  public var keepsHistory: Bool { false }
  /// One value.
  public func capacity(elements: Int, inputs: Int) -> Int { elements }
  /// Nothing.
  public func cost(_ action: CacheSchedule.Action, of full: MultiplyAdds) -> MultiplyAdds {
    MultiplyAdds()
  }
  /// The same in each step.
  public func cost(
    _ action: CacheSchedule.Action, of full: MultiplyAdds, at step: Int
  ) -> MultiplyAdds {
    cost(action, of: full)
  }
  /// Nothing is measured.
  public var measurement: [[Double]]? { nil }
}

extension Tensor where Scalar == Float {
  /// The bytes of the elements.
  var byteCount: Int { count * MemoryLayout<Float>.stride }
}
