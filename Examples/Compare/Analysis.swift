internal import _ExampleReport

/// Every number of a report, computed from the results.
struct Analysis {
  /// A candidate that was measured.
  struct Row {
    let entry: Results.Entry
    /// The id that links of the page lead to.
    let id: String
    /// The seconds of a batch: the median of the rounds.
    let seconds: Double?
    /// The slowest round over the fastest one, less one.
    let spread: Double?
    /// How many times as fast as without a cache.
    let speedUp: Double?
    /// The share of the multiply-adds of a run without a cache.
    let costShare: Double?
    /// Its value in each measure, by the measure's id.
    let values: [String: Resampled]
    /// By how much a method is better than fewer steps in the same time, by the measure's id; empty
    /// for references and fewer steps.
    var advantages: [String: Advantage] = [:]

    var candidate: Candidate { entry.candidate }

    /// The settings that a preset stands for; empty where the name says them.
    var settings: String {
      guard let text = entry.settings, text != candidate.cache else { return "" }
      return text.replacing(candidate.family + ":", with: "")
    }
  }

  let results: Results
  /// The measures that there are numbers of.
  let measures: [Measure]
  /// What was measured, in the order in which it was drawn.
  let rows: [Row]

  init(_ results: Results) {
    self.results = results
    let reference = results.entries.first { $0.candidate.kind == .reference }
    var rows = results.entries.enumerated().map { index, entry in
      let full = reference?.multiplyAdds ?? 0
      let (fastest, slowest) = (entry.seconds.min(), entry.seconds.max())
      return Row(
        entry: entry, id: "row-\(index + 1)", seconds: median(entry.seconds),
        spread: fastest.flatMap { fastest in slowest.map { $0 / fastest - 1 } },
        speedUp: reference.flatMap { _ExampleReport.speedUp(entry.seconds, from: $0.seconds) },
        costShare: full > 0 && entry.isDrawn ? entry.multiplyAdds / full : nil,
        values: Dictionary(
          uniqueKeysWithValues: Measure.all.compactMap { measure in
            measure.value(entry).map { (measure.id, $0) }
          }))
    }
    measures = Measure.all.filter { measure in rows.contains { $0.values[measure.id] != nil } }
    for measure in measures {
      let ladder = StepLadder(
        rows.filter { $0.candidate.kind == .steps }.compactMap { row in
          guard let seconds = row.seconds, let value = row.values[measure.id] else { return nil }
          return (seconds, value)
        })
      for index in rows.indices where rows[index].candidate.kind == .method {
        guard let seconds = rows[index].seconds, let value = rows[index].values[measure.id]
        else { continue }
        rows[index].advantages[measure.id] = ladder.advantage(
          cost: seconds, value, isHigherBetter: measure.isHigherBetter)
      }
    }
    self.rows = rows
  }

  /// The methods that were measured.
  var methods: [Row] { rows.filter { $0.candidate.kind == .method && $0.entry.isDrawn } }

  /// The numbers of methods that are better than fewer steps, undecided, and worse.
  func tally(_ measure: Measure) -> (better: Int, even: Int, worse: Int) {
    let verdicts = methods.compactMap { $0.advantages[measure.id]?.verdict }
    return (
      verdicts.count { $0 == .better }, verdicts.count { $0 == .even },
      verdicts.count { $0 == .worse }
    )
  }
}

/// What a plot shows from left to right.
enum PlotCost: CaseIterable {
  case seconds, multiplyAdds

  var name: String {
    switch self {
    case .seconds: "seconds"
    case .multiplyAdds: "share of the multiply-adds"
    }
  }

  func value(_ row: Analysis.Row) -> Double? {
    switch self {
    case .seconds: row.seconds
    case .multiplyAdds: row.costShare
    }
  }
}

/// The plot of a measure, without the references.
func plot(_ analysis: Analysis, _ measure: Measure, _ cost: PlotCost) -> ScatterPlot {
  ScatterPlot(
    costName: cost.name, valueName: measure.name, isHigherBetter: measure.isHigherBetter,
    points: analysis.rows.compactMap { row in
      guard [.method, .steps].contains(row.candidate.kind), let cost = cost.value(row),
        let value = row.values[measure.id]
      else { return nil }
      return .init(
        row.candidate.name, family: row.candidate.family, cost: cost, value: value,
        isStep: row.candidate.kind == .steps, link: row.id)
    })
}
