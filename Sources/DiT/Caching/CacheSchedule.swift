/// When a site is computed, kept and reused: an action for every step, the noisiest first.
public struct CacheSchedule: Sendable, Hashable, CustomStringConvertible {
  /// What happens at a site in a step.
  public enum Action: Character, Sendable, Hashable, CaseIterable {
    /// It is computed and not kept.
    case compute = "."
    /// It is computed and kept for later steps.
    case record = "R"
    /// What was kept takes its place.
    case reuse = "-"
    /// The rule's gate decides: reused, or computed and kept.
    case ask = "?"
  }

  /// The actions, one for each step.
  public var actions: [Action]

  /// A schedule of actions.
  public init(_ actions: [Action]) { self.actions = actions }

  /// A schedule of the characters of `description`; nil where there is another character.
  public init?(_ text: String) {
    let actions = text.map(Action.init(rawValue:))
    guard !actions.contains(nil) else { return nil }
    self.init(actions.compactMap { $0 })
  }

  /// A schedule that keeps the value in some steps and reuses it in all others.
  ///
  /// - Parameters:
  ///   - stepCount: The number of steps.
  ///   - isComputed: Whether a step computes the value. The first step always does.
  public init(stepCount: Int, computing isComputed: (Int) -> Bool) {
    self.init((0..<stepCount).map { $0 == 0 || isComputed($0) ? .record : .reuse })
  }

  /// A schedule that computes every `interval`-th step from the first one on.
  public static func every(_ interval: Int, stepCount: Int) -> CacheSchedule {
    CacheSchedule(stepCount: stepCount) { $0 % interval == 0 }
  }

  /// A schedule whose first steps are computed, and after the last of them every `interval`-th one.
  public static func every(
    _ interval: Int, after warmup: Int, stepCount: Int
  ) -> CacheSchedule {
    CacheSchedule(stepCount: stepCount) {
      $0 < warmup || ($0 - max(warmup - 1, 0)) % interval == 0
    }
  }

  /// A schedule in which a gate decides about all steps but the first.
  public static func gated(stepCount: Int) -> CacheSchedule {
    CacheSchedule((0..<stepCount).map { $0 == 0 ? .record : .ask })
  }

  /// The actions as one character each, such as `R-R-....`.
  public var description: String { String(actions.map(\.rawValue)) }

  /// Whether a step may reuse something.
  var canReuse: Bool { actions.contains(.reuse) || actions.contains(.ask) }

  /// The schedule with the value computed and kept where the limits say so.
  func limited(by limits: CacheLimits) -> CacheSchedule {
    var (result, inARow) = (self, 0)
    let late = actions.count - limits.cooldown
    for step in actions.indices {
      switch actions[step] {
      case .reuse:
        inARow += 1
        if step < limits.warmup || step >= late || inARow > limits.most ?? .max {
          (result.actions[step], inARow) = (.record, 0)
        }
      case .ask:
        if step < limits.warmup || step >= late { result.actions[step] = .record }
      case .record: inARow = 0
      case .compute: break
      }
    }
    return result
  }

  /// The schedule for a run whose unconditional stream is cached too: a step of both streams that
  /// would reuse what a step of the conditional stream alone has kept computes and keeps instead.
  ///
  /// - Parameter guidance: The schedule of the unconditional stream; nil where it is always
  ///   computed.
  /// - Returns: A schedule in which every reuse finds the rows that it needs.
  func serving(_ guidance: CacheSchedule?) -> CacheSchedule {
    guard let guidance else { return self }
    var (result, isHalf) = (self, false)
    for step in actions.indices {
      let isGuided = guidance.actions[step] != .reuse
      if actions[step] == .reuse, isHalf, isGuided { result.actions[step] = .record }
      if result.actions[step] == .record { isHalf = !isGuided }
    }
    return result
  }

  /// The schedule that keeps only what a later step reuses, for a predictor without history.
  var pruned: CacheSchedule {
    var result = self
    for step in actions.indices where actions[step] == .record && !isNeeded(after: step) {
      result.actions[step] = .compute
    }
    return result
  }

  /// Whether a later step may reuse the value that is kept at `step`, before a new one is kept.
  func isNeeded(after step: Int) -> Bool {
    let next = actions[(step + 1)...].first { $0 != .compute }
    return next == .reuse || next == .ask
  }

  /// Whether a step after this one may reuse something.
  func reusesAnything(after step: Int) -> Bool {
    actions[(step + 1)...].contains { $0 == .reuse || $0 == .ask }
  }

  /// The first step that reuses what no earlier step has kept, if there is one.
  var firstReuseWithoutValue: Int? {
    guard let first = actions.firstIndex(where: { $0 != .compute }) else { return nil }
    return actions[first] == .reuse ? first : nil
  }
}

/// Limits that every method takes.
public struct CacheLimits: Sendable, Hashable {
  /// The first steps that are computed in full.
  public var warmup: Int
  /// The last steps that are computed in full.
  public var cooldown: Int
  /// The most steps in a row that reuse something; nil is any number.
  public var most: Int?

  /// Limits; none by default.
  public init(warmup: Int = 0, cooldown: Int = 0, most: Int? = nil) {
    (self.warmup, self.cooldown, self.most) = (warmup, cooldown, most)
  }
}
