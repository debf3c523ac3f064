/// When a site is computed, kept and reused: an action for every step, the noisiest first.
public struct CacheSchedule: Sendable, Hashable, CustomStringConvertible {
  /// What happens at a site in a step.
  public enum Action: Character, Sendable, Hashable {
    /// It is computed and not kept.
    case compute = "."
    /// It is computed and kept for later steps.
    case record = "R"
    /// What was kept takes its place.
    case reuse = "-"
  }

  /// The actions, one for each step.
  public var actions: [Action]

  /// A schedule of actions.
  public init(_ actions: [Action]) { self.actions = actions }

  /// The actions as one character each, such as `R-R-....`.
  public var description: String { String(actions.map(\.rawValue)) }

  /// Whether what is kept at `step` or before it is reused before it is kept anew.
  func isNeeded(after step: Int) -> Bool {
    actions[(step + 1)...].first { $0 != .compute } == .reuse
  }

  /// The first step that reuses what no earlier step has kept, if there is one.
  var firstUnfoundedReuse: Int? {
    guard let first = actions.firstIndex(where: { $0 != .compute }) else { return nil }
    return actions[first] == .reuse ? first : nil
  }
}
