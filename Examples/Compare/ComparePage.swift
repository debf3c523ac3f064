internal import Foundation
internal import _ExampleReport

/// The report of a comparison: one file.
func page(_ results: Results) -> String {
  let setup = results.setup
  var page = HTMLPage(title: "Caching on \(setup.model), \(setup.steps) steps")
  page.add("What was compared", introduction(results))
  page.add("Results", table(results))
  page.add("Speed and nearness", plots(results))
  page.add("What is computed in each step", timeline(results))
  page.add("Images", images(results))
  return page.text
}

private func introduction(_ results: Results) -> String {
  let (setup, machine) = (results.setup, results.machine)
  let prompts =
    setup.prompts.isEmpty ? "the classes in turn" : setup.prompts.joined(separator: " · ")
  return definitions([
    ("command", results.command), ("model", "\(setup.model), \(setup.precision)"),
    ("images", "\(setup.images): \(prompts); seeds from \(setup.seed) on, the same for all"),
    ("sampling", "\(setup.sampler), \(setup.steps) steps, guidance \(setup.guidanceScale)"),
    (
      "references",
      "the same run without a cache, and one of \(setup.referenceSteps) steps, which no method starts from"
    ),
    (
      "machine",
      "\(machine.processor), \(machine.threads) threads, \(machine.instructionSet), \(machine.system), swift-dit \(machine.version)"
    ),
    (
      "times",
      "seconds of the steps of one batch: the median of rounds in which all take turns; speed-up is the median of the rounds' ratios"
    ),
    ("intervals", "95 %, by drawing the images anew 1,000 times"),
  ])
    + (results.search.isEmpty
      ? "" : "<pre>" + results.search.map(escaped).joined(separator: "\n") + "</pre>")
}

private func table(_ results: Results) -> String {
  var table = SortableTable(
    columns: ["", "seconds", "spread", "speed-up", "multiply-adds", "cache"]
      + results.measures.map(\.name))
  for entry in results.entries {
    if let failure = entry.failure {
      table.add([.init(entry.candidate.name), .init(failure)], kind: "failed")
      continue
    }
    let (fastest, slowest) = (entry.seconds.min() ?? 0, entry.seconds.max() ?? 0)
    let spread = fastest > 0 ? slowest / fastest - 1 : nil
    let name = entry.settings.map {
      $0 == entry.candidate.cache ? $0 : "\(entry.candidate.name) = \($0)"
    }
    table.add(
      [
        .init(name ?? entry.candidate.name),
        .init(results.seconds(entry)) { String(format: "%.3f", $0) },
        .init(spread) { String(format: "%.0f %%", 100 * $0) },
        .init(results.speedUp(entry)) { String(format: "%.2f ×", $0) },
        .init(results.costShare(entry)) { String(format: "%.0f %%", 100 * $0) },
        .init(Double(entry.cacheBytes)) { String(format: "%.1f MB", $0 / 1e6) },
      ]
        + results.measures.map { measure in
          let estimate = Estimate(measure.values(entry))
          return .init(estimate?.mean) { mean in
            guard let estimate, estimate.high > estimate.low else {
              return String(format: measure.format, mean)
            }
            return String(
              format: "\(measure.format) (\(measure.format)–\(measure.format))", mean, estimate.low,
              estimate.high)
          }
        },
      kind: entry.candidate.kind == .reference ? "reference" : "")
  }
  return table.html
}

private func plots(_ results: Results) -> String {
  let shown = results.entries.filter { ![.reference, .longReference].contains($0.candidate.kind) }
  let figures = results.measures.flatMap { measure in
    [("seconds", results.seconds), ("share of the multiply-adds", results.costShare)].map {
      costName, cost in
      ScatterPlot(
        "\(measure.name), by \(costName)", costName: costName, valueName: measure.name,
        isHigherBetter: measure.isHigherBetter,
        points: shown.compactMap { entry in
          guard let value = measure.mean(entry), let cost = cost(entry) else { return nil }
          return .init(
            entry.candidate.name, cost: cost, value: value,
            isStep: entry.candidate.kind == .steps)
        }
      ).html
    }
  }
  return
    "<p class=\"muted\">Blue: methods. Orange: fewer steps. Green: what nothing beats in cost and measure at once.</p>"
    + chooser("measure", figures)
}

private func timeline(_ results: Results) -> String {
  var timeline = Timeline()
  for entry in results.entries where entry.candidate.kind == .method {
    for line in entry.trace where line.count == 2 {
      timeline.add(entry.candidate.name, site: line[0], actions: line[1])
    }
  }
  return timeline.html
}

private func images(_ results: Results) -> String {
  var strip = ImageStrip()
  for entry in results.entries where !entry.thumbnails.allSatisfy(\.isEmpty) {
    strip.add(entry.candidate.name, images: entry.thumbnails)
  }
  return strip.html
}
