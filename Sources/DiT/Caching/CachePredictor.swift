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
  /// How far to either side a token attends in self-attention, in tokens; nil is to all.
  ///
  /// Where the keys of several tokens are joined, a token attends to all.
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
  /// What goes into the site: the tokens before blocks, the residual stream before a branch and its
  /// norm, the rows of a linear layer, the conditional prediction for the unconditional one, the
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

  /// The rows of a kept value that this step needs: a step of the conditional rows alone takes the
  /// first half of what a guided step has kept.
  public func rows(of kept: Tensor<Float>) -> Tensor<Float> {
    kept.shape[0] == rows ? kept : kept[0..<rows]
  }
}

/// Gives a value in place of one that is not computed.
///
/// A predictor belongs to one site of one run (of one image where a gate decides). Steps are
/// counted from the noisiest one on. The rows of a value are those of the batch, conditional ones
/// first, in the same order in every step.
public protocol CachePredictor: Sendable {
  /// The values that the predictor sees besides the value of its site.
  var probes: [CacheProbe] { get }

  /// The predictor for one of the sites of its rule, where sites need different ones.
  func placed(at site: CacheSite) -> any CachePredictor

  /// Keeps what it needs of a computed value.
  mutating func record(_ value: Tensor<Float>, _ context: CacheContext)

  /// The value to use, with `context.rows` rows.
  ///
  /// A step that was cancelled and is taken again asks twice, and must get the same value.
  mutating func value(_ context: CacheContext) -> Tensor<Float>

  /// Forgets everything.
  mutating func reset()

  /// Whether it uses older values than the last one, so that values are kept even if no step reuses
  /// them before the next one.
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

  /// The multiply-adds that the predictor spends itself.
  ///
  /// - Parameters:
  ///   - action: What the step does.
  ///   - full: The multiply-adds of computing the site in this step.
  /// - Returns: Its own multiply-adds, besides those of a computed site.
  func cost(_ action: CacheSchedule.Action, of full: MultiplyAdds) -> MultiplyAdds

  /// The same for predictors that spend more in some steps than in others.
  func cost(
    _ action: CacheSchedule.Action, of full: MultiplyAdds, at step: Int
  ) -> MultiplyAdds

  /// The numbers that it has measured for a calibration; nil for predictors that do not measure.
  var measurement: [[Double]]? { get }
}

extension CachePredictor {
  /// None.
  public var probes: [CacheProbe] { [] }
  /// Itself: the same for all sites.
  public func placed(at site: CacheSite) -> any CachePredictor { self }
  /// False.
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
