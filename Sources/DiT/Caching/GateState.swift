internal import Kernels
internal import Tensor

extension CacheLane {
  /// A rule's gate with its state in a run; in a dry run, also the same gate with other thresholds.
  struct Gate: Sendable {
    /// The gate with one threshold, and what it has decided.
    private struct Variant {
      var gate: any CacheGate
      /// The steps in a row that it has reused.
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

    /// A dry run tries the threshold times each of these.
    static let factors = [0.25, 0.5, 1, 2, 4]

    private var main: Variant
    private var trials: [Variant]
    private let sites: [CacheSite]
    private let most: Int
    private var asked: Double?
    /// The indicator that the trace shows of this step; nil where the gate was not asked.
    var indicator: Double? { asked.map { main.gate.verified ?? $0 } }

    init(_ gate: any CacheGate, _ rule: CachePlan.Rule, isDry: Bool) {
      main = Variant(gate)
      trials =
        !isDry
        ? []
        : Self.factors.map { factor in
          var gate = gate
          gate.threshold *= factor
          return Variant(gate)
        }
      (sites, most) = (rule.sites, rule.most ?? .max)
    }

    mutating func observe(
      _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
    ) {
      // The probe may be that of another rule's gate.
      guard main.gate.probes.contains(probe) else { return }
      main.gate.observe(value, probe, at: step, in: workspace)
      let isHidden = sites.contains { probe.isHidden(by: $0) }
      for index in trials.indices where !(isHidden && trials[index].decision == true) {
        trials[index].gate.observe(value, probe, at: step, in: workspace)
      }
    }

    /// Whether the step reuses.
    ///
    /// A dry run never does; it notes what each threshold would do.
    mutating func reuses(at step: CacheStep) -> Bool {
      let indicator = main.gate.indicator(at: step)
      asked = indicator
      for index in trials.indices {
        let indicator = trials[index].gate.indicator(at: step)
        trials[index].decided(
          indicator < trials[index].gate.threshold && trials[index].streak < most, at: step)
      }
      return trials.isEmpty && indicator < main.gate.threshold && main.streak < most
    }

    /// Takes note of what the step does.
    mutating func decided(_ reuses: Bool, at step: CacheStep) {
      main.decided(reuses, at: step)
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
      main.decision = nil
    }

    /// The bytes that the gate holds.
    var byteCount: Int { main.gate.byteCount }

    /// What the gate would have done with other thresholds.
    var trialTraces: [CacheTrace.Trial] { trials.map(\.trace) }
  }
}
