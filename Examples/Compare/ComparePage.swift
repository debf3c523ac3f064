internal import Foundation
internal import _ExampleReport

/// The report of a comparison: one file.
func page(_ analysis: Analysis) -> String {
  let (setup, machine) = (analysis.results.setup, analysis.results.machine)
  var page = HTMLPage(
    title: "Caching on \(setup.model), \(setup.steps) steps",
    subtitle: "\(analysis.methods.count) settings of methods, \(setup.images) images each; "
      + "\(machine.processor), \(machine.threads) threads")
  if analysis.methods.contains(where: { !$0.advantages.isEmpty }) {
    page.add("Against fewer steps", advantages(analysis))
  }
  page.add("Speed and nearness", plots(analysis))
  page.add("All numbers", table(analysis))
  page.add("What each step computes", timeline(analysis))
  page.add("Images", images(analysis))
  if let search = analysis.results.search { page.add("Search", html(search)) }
  page.add("How it was measured", howItWasMeasured(analysis))
  return page.text
}

private func advantages(_ analysis: Analysis) -> String {
  let cards = analysis.measures.map { measure in
    let (better, even, worse) = analysis.tally(measure)
    return
      "<li><b>\(better) of \(better + even + worse)</b>better in \(escaped(measure.name))"
      + "<br><span class=\"muted\">\(even) undecided, \(worse) worse</span></li>"
  }
  var table = SortableTable(columns: ["method", "seconds"] + analysis.measures.map(\.name))
  for row in analysis.methods where !row.advantages.isEmpty {
    table.add(
      [
        .init(row.candidate.name, link: row.id),
        .init(row.seconds) { String(format: "%.3f", $0) },
      ]
        + analysis.measures.map { measure in
          guard let advantage = row.advantages[measure.id] else { return .init(nil) { "\($0)" } }
          return .init(
            advantage.difference.value, detail: measure.uncertainty(advantage.difference),
            style: advantage.verdict.rawValue, measure.difference)
        })
  }
  return note(
    "By how much each method is better than plain runs of fewer steps that take as many seconds; "
      + "between two numbers of steps the straight line. A plus is better, whatever the measure. "
      + "Green and red lie outside of the 95 % interval, grey is undecided. Methods slower or faster "
      + "than all runs of fewer steps have a dash or are not in the table.")
    + "<ul class=\"cards\">\n" + cards.joined(separator: "\n") + "\n</ul>\n" + table.html
}

private func plots(_ analysis: Analysis) -> String {
  chooser(
    analysis.measures.flatMap { measure in
      PlotCost.allCases.filter { cost in analysis.rows.contains { cost.value($0) != nil } }
        .map { plot(analysis, measure, $0) }
    })
}

private func table(_ analysis: Analysis) -> String {
  var table = SortableTable(
    columns: ["method", "settings", "seconds", "spread", "speed-up", "multiply-adds", "cache, MB"]
      + analysis.measures.map(\.name))
  for row in analysis.rows {
    if let failure = row.entry.failure {
      table.add(
        [.init(row.candidate.name), .init(failure, style: "text")], kind: "failed", id: row.id)
      continue
    }
    table.add(
      [
        .init(row.candidate.name), .init(row.settings, style: "left"),
        .init(row.seconds) { String(format: "%.3f", $0) },
        .init(row.spread) { String(format: "%.0f %%", 100 * $0) },
        .init(row.speedUp) { String(format: "%.2f ×", $0) },
        .init(row.costShare) { String(format: "%.0f %%", 100 * $0) },
        .init(Double(row.entry.cacheBytes) / 1e6) { String(format: "%.1f", $0) },
      ]
        + analysis.measures.map { measure in
          let value = row.values[measure.id]
          return .init(
            value?.value, detail: value.map(measure.uncertainty) ?? "", measure.text)
        },
      kind: row.candidate.kind == .reference ? "reference" : "", id: row.id)
  }
  return note(
    "Multiply-adds are those of the blocks' linear layers, as papers count them, as a share of a run "
      + "without a cache. Behind ± is half of the 95 % interval.") + table.html
}

private func timeline(_ analysis: Analysis) -> String {
  var timeline = Timeline()
  for row in analysis.methods {
    let rules = row.entry.trace.filter { $0.count == 2 }.map { (site: $0[0], actions: $0[1]) }
    if !rules.isEmpty { timeline.add(row.candidate.name, rules: rules) }
  }
  return note(
    "Steps from left to right. Where each image decides for itself, this is the first one.")
    + timeline.html
}

private func images(_ analysis: Analysis) -> String {
  var strip = ImageStrip()
  for row in analysis.rows where !row.entry.thumbnails.isEmpty {
    strip.add(row.candidate.name, images: row.entry.thumbnails)
  }
  return strip.html
}

private func html(_ search: Search.Found) -> String {
  var table = SortableTable(columns: ["method", "share of the cost", "PSNR to the same steps, dB"])
  for trial in search.trials {
    table.add([
      .init(trial.candidate.name), .init(trial.share) { String(format: "%.0f %%", 100 * $0) },
      .init(trial.psnr) { String(format: "%.2f", $0) },
    ])
  }
  return note(
    "\(search.triedCount) settings were tried on \(search.imageCount) images of other seeds; "
      + "\(search.trials.count) stay within \(Int(100 * search.budget.share)) % of the "
      + "\(search.budget.isOfTime ? "seconds" : "multiply-adds"). The best three are among the "
      + "methods above.") + table.html
}

private func howItWasMeasured(_ analysis: Analysis) -> String {
  let (results, setup) = (analysis.results, analysis.results.setup)
  let last = setup.seed + setup.images - 1
  let model = "\(setup.model), \(setup.precision), \(setup.fingerprint)"
  let entries: [(term: String, meaning: String)] = [
    (
      "images",
      "\(setup.images): \(setup.subject); seeds \(setup.seed) to \(last), the same for all"
    ),
    ("sampling", "\(setup.sampler), \(setup.steps) steps, guidance \(setup.guidanceScale)"),
    (
      "references",
      "the same run without a cache, and one of \(results.referenceSteps) steps: nearness to the "
        + "first favours caches by construction, as they start from it"
    ),
    (
      "seconds",
      "of all steps of the first \(min(setup.batchSize, setup.images)) images, drawn together: the "
        + "median of rounds in which all take turns; spread is the slowest round over the fastest"
    ),
    (
      "intervals",
      "95 %, by drawing the images anew with replacement (1,000 times, the Fréchet distance 100 "
        + "times), the same draws for all; they say nothing of the seconds"
    ),
    ("PSNR", "of each image 60 dB at most: above that, they differ by a level here and there"),
    ("calibration", "on up to 8 images of other seeds"),
    ("machine", results.machine.description),
  ]
  return definitions([("model", model)] + setup.changes + entries)
    + note(
      "The command, which redraws this report without measuring anew, and goes on where it stopped:"
    )
    + "<pre>\(escaped(results.command))</pre>"
    + note("A method's images alone:")
    + "<pre>swift run -c release generate --cache NAME --steps \(setup.steps)</pre>"
}
