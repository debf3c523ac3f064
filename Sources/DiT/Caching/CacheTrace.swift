internal import Foundation
internal import Tensor

/// What a plan's rules did in the steps of a run, or of one image where gates decide.
public struct CacheTrace: Sendable, Hashable, CustomStringConvertible {
  /// What a rule did.
  public struct Line: Sendable, Hashable {
    /// The sites in words.
    public let title: String
    /// A character for each step so far, as in a plan; `=` where a dry run compared.
    public fileprivate(set) var actions = ""
    /// The threshold of the gate; nil without one.
    public let threshold: Double?
    /// The gate's indicator in each step in which it was asked; nil in all others.
    public fileprivate(set) var indicators: [Double?] = []
    /// In a dry run, the relative distance of the forecast from the computed value in each step
    /// that compared; the largest of all sites of the rule.
    public fileprivate(set) var errors: [Double?] = []
    /// In a dry run, what the gate would have done with other thresholds.
    public fileprivate(set) var trials: [Trial] = []

    /// The number of steps that reused something.
    public var reuseCount: Int { actions.count { $0 == "-" } }
  }

  /// What a gate would have done with a threshold.
  public struct Trial: Sendable, Hashable {
    /// The threshold.
    public let threshold: Double
    /// A character for each step, as in a plan.
    public internal(set) var actions = ""
  }

  /// A line for each rule.
  public private(set) var lines: [Line]
  /// The number of steps.
  public var stepCount: Int { lines.first?.actions.count ?? 0 }
  private var pendingErrors: [Double?]

  /// The trace of a run that has not begun.
  init(_ plan: CachePlan) {
    lines = plan.rules.map { Line(title: $0.title, threshold: $0.gate?.threshold) }
    pendingErrors = plan.rules.map { _ in nil }
  }

  /// Notes what a rule did in a step.
  mutating func append(_ action: CacheLane.Action, rule: Int, indicator: Double?) {
    let character: Character =
      switch action {
      case .compute: "."
      case .record: "R"
      case .reuse: "-"
      case .compare: "="
      }
    lines[rule].actions.append(character)
    lines[rule].indicators.append(indicator)
    lines[rule].errors.append(pendingErrors[rule])
    pendingErrors[rule] = nil
  }

  /// Notes how far a forecast is from the computed value.
  mutating func compare(_ forecast: Tensor<Float>, _ value: Tensor<Float>, rule: Int) {
    pendingErrors[rule] = max(pendingErrors[rule] ?? 0, relativeDistance(forecast, from: value))
  }

  /// Adds what gates would have done with other thresholds.
  mutating func setTrials(_ trials: [[Trial]]) {
    for rule in lines.indices { lines[rule].trials = trials[rule] }
  }

  /// A line for each rule: the sites, and a character for each step.
  public var description: String {
    aligned(lines.map { ($0.title, $0.actions) })
  }
}

extension CacheTrace {
  /// Whether something was reused in a step.
  func reuses(in step: Int) -> Bool {
    lines.contains { line in line.actions.dropFirst(step).first == "-" }
  }

  /// What a dry run measured, step by step: a gate's indicator and what other thresholds would have
  /// done, or the error of the forecast.
  public var measurements: String {
    lines.map { line in
      var rows = ["\(line.title)"]
      let trials = line.trials.map { Array($0.actions) }
      if !line.trials.isEmpty {
        let header = line.trials.map { padded(short($0.threshold)) }.joined()
        rows.append("  step  indicator" + header)
      } else {
        rows.append("  step      error")
      }
      for (step, indicator) in line.indicators.enumerated() {
        guard let value = indicator ?? line.errors[step] else { continue }
        let marks = trials.map { padded(String($0[step])) }.joined()
        let number = String(repeating: " ", count: max(0, 6 - "\(step)".count)) + "\(step)"
        rows.append(number + padded(short(value), 11) + marks)
      }
      return rows.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension [CacheTrace] {
  /// What a user wants to know of gates that always or never reused for the images of a run, and with
  /// which threshold they would do something else; nothing of a dry run, which prints more, nor of
  /// images of different plans.
  public var notes: [String] {
    func rules(_ trace: CacheTrace) -> [CacheTrace.Line] {
      trace.lines.map { .init(title: $0.title, threshold: $0.threshold) }
    }
    guard let first, allSatisfy({ rules($0) == rules(first) }) else { return [] }
    return first.lines.indices.compactMap { rule in
      let lines = map { $0.lines[rule] }
      let indicators = lines.flatMap(\.indicators).compactMap { $0 }.filter(\.isFinite)
      guard let threshold = lines[0].threshold, let low = indicators.min(),
        let high = indicators.max(), lines.allSatisfy(\.trials.isEmpty)
      else { return nil }
      let range =
        "its indicator was \(short(low)) to \(short(high)), the threshold \(short(threshold))"
      if lines.allSatisfy({ $0.reuseCount == 0 }) {
        return "\(lines[0].title): nothing was reused; \(range)"
      }
      let isAlways = lines.allSatisfy { line in
        zip(line.actions, line.indicators).allSatisfy { $0 == "-" || $1 == nil }
      }
      return isAlways
        ? "\(lines[0].title): every step that the gate decided was reused; \(range)" : nil
    }
  }
}

/// A number in four significant digits.
func short(_ value: Double) -> String {
  value.isFinite ? String(format: "%.4g", value) : "-"
}

/// A text with spaces before it.
private func padded(_ text: String, _ width: Int = 9) -> String {
  String(repeating: " ", count: max(1, width - text.count)) + text
}
