internal import DiT
internal import Foundation
internal import Tensor
internal import _ExampleCommandLine
internal import _ExampleReport
internal import _ExampleStudy

/// Draws, measures and times all candidates, and keeps what is finished on disk.
struct Comparing {
  let settings: CompareSettings
  private(set) var results: Results
  private var references: [(latents: Tensor<Float>, images: [Tensor<UInt8>])] = []
  private var caches: [Candidate: CacheMethods.Choice] = [:]
  private var bar: ProgressBar<ContinuousClock>?
  private var done = 0

  private var study: Study { settings.study }

  /// Begins a comparison, or goes on where the output folder has one of the same setup.
  init(_ settings: CompareSettings) throws {
    self.settings = settings
    try makeFolder(settings.output)
    try checkFolder(settings.output)
    results = Results(
      setup: settings.study.setup, referenceSteps: settings.referenceSteps,
      machine: settings.study.machine, command: settings.command)
    let path = settings.output + "/results.json"
    if FileManager.default.fileExists(atPath: path) {
      let old = try Results(path: path)
      try old.require(results, path: path)
      (results.entries, results.search) = (old.entries, old.search)
    }
  }

  /// Does all that is left to do.
  ///
  /// Where it throws, what is finished is on disk.
  mutating func finish() async throws {
    var candidates = settings.methods + settings.ladder
    if let budget = settings.budget {
      if results.search?.budget != budget {
        results.search = try await Search(study, budget, isQuiet: settings.isQuiet).found()
        try keep()
      }
      candidates += results.search?.candidates.filter { !candidates.contains($0) } ?? []
    }
    let timed = [settings.references[0]] + candidates
    bar = ProgressBar(total: workLeft(candidates, timed), quiet: settings.isQuiet)
    defer { bar?.finish() }
    try await drawReferences()
    for candidate in candidates where !isFinished(candidate) { try await measure(candidate) }
    try await time(timed)
  }

  /// The steps that are left to take, of all images.
  private func workLeft(_ candidates: [Candidate], _ timed: [Candidate]) -> Int {
    let drawn = settings.references.filter { latents(of: $0) == nil }
    let drawing = (drawn + candidates.filter { !isFinished($0) }).reduce(0) { $0 + $1.steps }
    let timing = timed.reduce(0) { sum, candidate in
      let entry = results[candidate]
      let rounds = entry?.failure == nil ? settings.rounds - (entry?.seconds.count ?? 0) : 0
      return sum + max(rounds, 0) * candidate.steps
    }
    return drawing * study.setup.images + timing * (study.batches.first?.count ?? 0)
  }

  private func isFinished(_ candidate: Candidate) -> Bool {
    results[candidate].map { $0.isDrawn || $0.failure != nil } ?? false
  }

  private func path(of reference: Candidate) -> String {
    "\(settings.output)/reference-\(reference.steps).safetensors"
  }

  /// The samples of a reference that an earlier run has drawn; nil where there are none.
  private func latents(of reference: Candidate) -> Tensor<Float>? {
    guard isFinished(reference), let file = try? SafetensorsFile(path: path(of: reference)),
      let latents = try? file.tensor(named: "latents").converted(to: Float.self),
      latents.shape == [study.setup.images] + study.pipeline.denoiser.architecture.sampleShape
    else { return nil }
    return latents.copied()
  }

  /// Draws both references, or reads those that an earlier run has drawn.
  private mutating func drawReferences() async throws {
    for candidate in settings.references {
      if let latents = latents(of: candidate) {
        references.append((latents, study.images(latents)))
        continue
      }
      let drawn = try await draw(candidate, cache: nil)
      let images = study.images(drawn.latents)
      references.append((drawn.latents, images))
      try Safetensors.write(["latents": AnyTensor(drawn.latents)], to: path(of: candidate))
      try keep(entry(candidate, drawn, images))
    }
    // The first reference was measured before there was a second one.
    for (candidate, own) in zip(settings.references, references) {
      guard var entry = results[candidate], entry.toReference == nil || entry.toLongReference == nil
      else { continue }
      let distances = references.map {
        Distances(own.latents, own.images, to: $0.latents, $0.images)
      }
      (entry.toReference, entry.toLongReference) = (distances[0], distances[1])
      try keep(entry)
    }
  }

  /// Draws and measures the images of a candidate.
  private mutating func measure(_ candidate: Candidate) async throws {
    let before = done
    do {
      let cache = try cache(candidate)
      let drawn = try await draw(candidate, cache: cache)
      var entry = entry(candidate, drawn, study.images(drawn.latents))
      entry.settings = cache?.text
      try keep(entry)
    } catch let error where !(error is CancellationError) && !(error is FileError) {
      // This method does not apply to the model; the others go on.
      var entry = Results.Entry(candidate)
      entry.failure = "\(error)"
      try keep(entry)
      done = before + candidate.steps * study.setup.images
    }
  }

  /// The cache of a candidate, which is calibrated once.
  private mutating func cache(_ candidate: Candidate) throws -> CacheMethods.Choice? {
    if let known = caches[candidate] { return known }
    let cache = try candidate.cache.map { try study.cache($0, steps: candidate.steps) }
    caches[candidate] = cache
    return cache
  }

  private mutating func draw(
    _ candidate: Candidate, cache: (any CacheMethod)?
  ) async throws -> Drawn {
    try await study.draw(steps: candidate.steps, cache: cache, batches: study.batches) {
      advance(candidate.steps * $0)
    }
  }

  private mutating func advance(_ work: Int) {
    done += work
    bar?.advance(to: done)
  }

  /// The measurements of drawn images.
  private func entry(
    _ candidate: Candidate, _ drawn: Drawn, _ images: [Tensor<UInt8>]
  ) -> Results.Entry {
    var entry = Results.Entry(candidate)
    entry.isDrawn = true
    entry.multiplyAdds = drawn.report.blockCost.linear
    entry.executed = drawn.report.executedCost.total
    entry.cacheBytes = drawn.report.cachePeakBytes
    entry.trace = drawn.report.traces.first?.lines.map { [$0.title, $0.actions] } ?? []
    let distances = references.map {
      Distances(drawn.latents, images, to: $0.latents, $0.images)
    }
    (entry.toReference, entry.toLongReference) = (distances.first, distances.dropFirst().first)
    entry.recognised = study.recognised(images)
    entry.frechet = study.frechetDistance(
      images, draws: Resampled.draws(of: images.count, times: 100)
    ).map { .init(value: $0.value, replicates: $0.replicates) }
    entry.thumbnails = study.thumbnails(images)
    return entry
  }

  /// Times all candidates in turns, each round beginning with another one.
  private mutating func time(_ candidates: [Candidate]) async throws {
    guard let batch = study.batches.first else { return }
    // Writing takes time, so it is done every two seconds, not after each candidate.
    var unsaved = ContinuousClock.now
    for round in 0..<settings.rounds {
      for offset in candidates.indices {
        let candidate = candidates[(offset + round) % candidates.count]
        guard var entry = results[candidate], entry.failure == nil, entry.seconds.count <= round
        else { continue }
        let cache = try cache(candidate)
        let drawn = try await study.draw(
          steps: candidate.steps, cache: cache, batches: [batch])
        entry.seconds.append(drawn.report.seconds)
        results.update(entry)
        advance(candidate.steps * batch.count)
        if unsaved.duration(to: .now) > .seconds(2) {
          try keep()
          unsaved = .now
        }
      }
      try keep()
    }
  }

  /// Keeps an entry, in memory and on disk.
  private mutating func keep(_ entry: Results.Entry) throws {
    results.update(entry)
    try keep()
  }

  private func keep() throws {
    let json = try jsonReport(results, isOneLine: true)
    try AtomicFile.create(settings.output + "/results.json", Array(json.utf8))
  }
}
