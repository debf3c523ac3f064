internal import Kernels
internal import Tensor

extension CacheLane {
  /// A rule's gate with what a run knows of it; in a dry run, with others of other thresholds.
  struct Gate: Sendable {
    /// A gate with the steps that it has reused in a row.
    private struct Member {
      var gate: any CacheGate
      var streak = 0
      var decision: Bool?
      var trace: CacheTrace.Trial

      init(_ gate: any CacheGate) {
        (self.gate, trace) = (gate, CacheTrace.Trial(threshold: gate.threshold))
      }

      mutating func decided(_ reuses: Bool, at step: CacheStep) {
        gate.decided(reuses, at: step)
        decision = reuses
        streak = reuses ? streak + 1 : 0
      }
    }

    /// What the thresholds of a dry run are multiplied with.
    static let factors = [0.25, 0.5, 1, 2, 4]

    private var member: Member
    private var trials: [Member]
    private let sites: [CacheSite]
    private let most: Int
    private var asked: Double?
    /// What a trace shows of this step, where the gate was asked.
    var indicator: Double? { asked.map { member.gate.verified ?? $0 } }

    init(_ gate: any CacheGate, _ rule: CachePlan.Rule, isDry: Bool) {
      member = Member(gate)
      trials =
        !isDry
        ? []
        : Self.factors.map { factor in
          var gate = gate
          gate.threshold *= factor
          return Member(gate)
        }
      (sites, most) = (rule.sites, rule.most ?? .max)
    }

    mutating func observe(
      _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
    ) {
      // Others may look at something else.
      guard member.gate.probes.contains(probe) else { return }
      member.gate.observe(value, probe, at: step, in: workspace)
      let isHidden = sites.contains { probe.isHidden(by: $0) }
      for index in trials.indices where !(isHidden && trials[index].decision == true) {
        trials[index].gate.observe(value, probe, at: step, in: workspace)
      }
    }

    /// Whether the step reuses; never in a dry run, which notes what the others would do.
    mutating func reuses(at step: CacheStep) -> Bool {
      let indicator = member.gate.indicator(at: step)
      asked = indicator
      for index in trials.indices {
        let indicator = trials[index].gate.indicator(at: step)
        trials[index].decided(
          indicator < trials[index].gate.threshold && trials[index].streak < most, at: step)
      }
      return trials.isEmpty && indicator < member.gate.threshold && member.streak < most
    }

    /// Takes note of what the step does.
    mutating func decided(_ reuses: Bool, at step: CacheStep) {
      member.decided(reuses, at: step)
      for index in trials.indices where trials[index].decision == nil {
        trials[index].decided(false, at: step)
      }
    }

    /// Ends a step.
    mutating func end(_ step: CacheStep) {
      asked = nil
      for index in trials.indices {
        let decision = trials[index].decision
        trials[index].trace.actions.append(decision == nil ? "." : decision == true ? "-" : "R")
        trials[index].decision = nil
      }
      member.decision = nil
    }

    /// The bytes that the gate holds.
    var byteCount: Int { member.gate.byteCount }

    /// What the gate would have done with other thresholds.
    var trialTraces: [CacheTrace.Trial] { trials.map(\.trace) }
  }
}
