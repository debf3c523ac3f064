internal import Kernels
public import Tensor

/// Attention that a step reuses, computes for the conditional half only, or computes within a
/// window.
///
/// Reference: [Yuan et al., 2024](https://arxiv.org/abs/2406.08552), DiTFastAttn. The residual of a
/// window is taken of the branch's output instead of the heads, which is the same because the
/// projection is linear.
public struct SharedAttention: CachePredictor {
  /// What a step does.
  public enum Mode: Sendable, Hashable, CaseIterable {
    /// It computes the branch.
    case full
    /// It computes the conditional half, and uses it for the unconditional one too.
    case halves
    /// It computes attention within a window, and adds the residual of the last step without a
    /// window.
    case window
    /// It computes the window for the conditional half only, and uses the result for both.
    case windowHalves
    /// It reuses the result of the step before.
    case steps

    /// Whether one half is used for both.
    var sharesHalves: Bool { self == .halves || self == .windowHalves }
    /// Whether attention sees a window.
    var hasWindow: Bool { self == .window || self == .windowHalves }

    /// The modes of a run other than `full`, the cheapest first.
    static func cheapestFirst(for run: RunOutline) -> [Mode] {
      let attention = run.architecture.branches.first { $0.branch == .attention }
      let sharing = SharedAttention([], tokens: run.architecture.tokenCount)
      func cost(_ mode: Mode) -> Double {
        sharing.cost(mode, of: attention?.cost ?? MultiplyAdds()).total
      }
      return allCases.filter { $0 != .full && (run.isGuided || !$0.sharesHalves) }
        .sorted { cost($0) < cost($1) }
    }
  }

  /// What each step does.
  private let modes: [Mode]
  /// How far a token attends to either side within a window, and the number of tokens.
  private let window, tokens: Int
  private var output: Tensor<Float>?
  private var residual: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  init(_ modes: [Mode], tokens: Int) {
    (self.modes, self.tokens, window) = (modes, tokens, Self.window(tokens))
  }

  /// An eighth of the tokens to either side.
  static func window(_ tokens: Int) -> Int { tokens / 8 }

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    output = value
    guard needsResidual(after: context.step.index) else { return }
    residual = value - context.part(BranchPart(conditionalOnly: false, window: window))
  }

  /// What stands in.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let mode = modes[context.step.index]
    if mode == .steps { return context.rows(of: require(output, "attention: there is none")) }
    let isHalf = mode.sharesHalves && context.isGuided
    func both(_ half: Tensor<Float>) -> Tensor<Float> {
      isHalf ? Tensor(concatenating: [half, half], axis: 0) : half
    }
    var value = context.part(
      BranchPart(conditionalOnly: isHalf, window: mode.hasWindow ? window : nil))
    if mode.hasWindow {
      let residual = require(residual, "attention: there is no residual")
      value = linearCombination(
        [(1, value), (1, residual[0..<value.shape[0]])], in: context.workspace)
    } else if needsResidual(after: context.step.index) {
      let near = context.part(BranchPart(conditionalOnly: isHalf, window: window))
      residual = larger(both(value - near), residual)
    }
    let result = both(value)
    output = larger(result, output)
    return result
  }

  /// The new value, unless the old one has both streams and the new one only one: a later step may
  /// need both.
  private func larger(_ new: Tensor<Float>, _ old: Tensor<Float>?) -> Tensor<Float> {
    old.map { $0.shape[0] > new.shape[0] ? $0 : new } ?? new
  }

  /// Whether a step with a window comes before the next step without one.
  private func needsResidual(after step: Int) -> Bool {
    modes[(step + 1)...].first { $0 != .steps }?.hasWindow ?? false
  }

  /// Forgets everything.
  public mutating func reset() { (output, residual) = (nil, nil) }
  /// The bytes of the last result and of the residual.
  public var byteCount: Int { (output?.byteCount ?? 0) + (residual?.byteCount ?? 0) }
  /// A result and, where a step has a window, a residual.
  public func capacity(elements: Int, inputs: Int) -> Int {
    (modes.contains(where: \.hasWindow) ? 2 : 1) * elements
  }

  /// What a step computes.
  public func cost(
    _ action: CacheSchedule.Action, of full: MultiplyAdds, at step: Int
  ) -> MultiplyAdds {
    let mode = action == .reuse ? modes[step] : .full
    let own = action == .reuse ? cost(mode, of: full) : MultiplyAdds()
    guard !mode.hasWindow, mode != .steps, needsResidual(after: step) else { return own }
    return own + cost(mode.sharesHalves ? .windowHalves : .window, of: full)
  }

  /// What a mode computes.
  func cost(_ mode: Mode, of full: MultiplyAdds) -> MultiplyAdds {
    if mode == .steps { return MultiplyAdds() }
    let rows = mode.sharesHalves ? 0.5 : 1
    // The pairs of tokens that are no further than the window from each other.
    let pairs = Double((2 * window + 1) * tokens - window * (window + 1))
    let seen = mode.hasWindow ? pairs / Double(tokens * tokens) : 1
    return MultiplyAdds(linear: rows * full.linear, attention: rows * seen * full.attention)
  }
}
