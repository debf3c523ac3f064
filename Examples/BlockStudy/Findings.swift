internal import DiT
internal import Foundation
internal import Kernels
internal import Tensor
internal import _ExampleCommandLine
internal import _ExampleStudy

/// All that a study of blocks found.
struct Findings: Encodable {
  /// What was drawn with a cache, or without one.
  struct Trial: Encodable {
    /// The cache, as the command line takes it; nil for none.
    let cache: String?
    /// What is swept: the boundary or the number of blocks.
    let setting: Int
    /// The share of the multiply-adds of a run without a cache.
    let costShare: Double
    /// Image by image.
    let gradient, lowError, highError: [Double]
    let distances: Distances
    let recognised: [Bool]
    let thumbnails: [String]
  }

  let setup: Study.Setup
  let machine: Machine
  let command: String
  let interval, depth: Int
  /// For each block a number for each step.
  let change, size: [[Double]]
  let reference: Trial
  /// Caches of the first, the middle and the last three quarters of the blocks.
  private(set) var positions: [Trial] = []
  /// Δ-DiT with rising boundaries and with rising numbers of blocks.
  private(set) var boundaries: [Trial] = []
  private(set) var counts: [Trial] = []
  /// Whether nothing is left to draw.
  private(set) var isFinished = false

  /// Draws all that belongs to a study.
  ///
  /// - Parameters:
  ///   - study: What is drawn.
  ///   - interval: One step in so many is computed in full.
  ///   - command: The command line.
  ///   - isQuiet: Whether to show no progress.
  ///   - keep: Called with what was found so far whenever there is more, at last with all.
  /// - Throws: What drawing throws, `CancellationError` too, and `keep`.
  static func find(
    _ study: Study, interval: Int, command: String, isQuiet: Bool, keep: (Findings) throws -> Void
  ) async throws {
    let (steps, depth) = (study.setup.steps, study.pipeline.denoiser.architecture.depth)
    let standard = Int((0.75 * Double(depth)).rounded())
    let stage = Int((0.6 * Double(steps)).rounded())
    func spread(_ limit: Int) -> [Int] {
      Array(Set((0...5).map { Int((Double(limit * $0) / 5).rounded()) })).sorted()
    }
    let places = DeltaCache.Position.allCases.enumerated().map {
      ($0, "delta-cache:n=\(interval),nc=\(standard),position=\($1.rawValue)")
    }
    let byBoundary = spread(steps).map { ($0, "delta-dit:n=\(interval),nc=\(standard),b=\($0)") }
    let byCount = spread(depth).map { ($0, "delta-dit:n=\(interval),nc=\($0),b=\(stage)") }

    let offsets = try study.calibration(BlockOffsets.self, steps: steps)
    let count = 1 + places.count + byBoundary.count + byCount.count
    var bar = ProgressBar(total: count * study.setup.images, quiet: isQuiet)
    defer { bar.finish() }
    var done = 0
    func draw(_ cache: String?) async throws -> Drawn {
      try await study.draw(
        steps: steps, cache: cache.map { try study.cache($0, steps: steps) },
        batches: study.batches
      ) {
        done += $0
        bar.advance(to: done)
      }
    }
    let uncached = try await draw(nil)
    let images = study.images(uncached.latents)
    func trial(_ setting: Int, _ cache: String?, _ drawn: Drawn) -> Trial {
      Trial(cache, setting, drawn, study, uncached, images)
    }
    var findings = Findings(
      setup: study.setup, machine: study.machine, command: command, interval: interval,
      depth: depth, change: transposed(offsets.tables["change"] ?? []),
      size: transposed(offsets.tables["size"] ?? []), reference: trial(0, nil, uncached))
    try keep(findings)
    let sweeps: [(WritableKeyPath<Findings, [Trial]>, [(Int, String)])] = [
      (\.positions, places), (\.boundaries, byBoundary), (\.counts, byCount),
    ]
    for (sweep, settings) in sweeps {
      for (setting, cache) in settings {
        findings[keyPath: sweep].append(trial(setting, cache, try await draw(cache)))
        try keep(findings)
      }
    }
    findings.isFinished = true
    try keep(findings)
  }
}

extension Findings.Trial {
  init(
    _ cache: String?, _ setting: Int, _ drawn: Drawn, _ study: Study, _ uncached: Drawn,
    _ expected: [Tensor<UInt8>]
  ) {
    let images = study.images(drawn.latents)
    (self.cache, self.setting) = (cache, setting)
    costShare = drawn.report.blockCost.linear / uncached.report.blockCost.linear
    gradient = images.map(meanGradient)
    let errors = zip(images, expected).map { frequencyErrors($0, to: $1) }
    (lowError, highError) = (errors.map(\.low), errors.map(\.high))
    distances = Distances(drawn.latents, images, to: uncached.latents, expected)
    recognised = study.recognised(images)
    thumbnails = study.thumbnails(images)
  }
}

/// Columns as rows.
private func transposed(_ rows: [[Double]]) -> [[Double]] {
  (rows.first ?? []).indices.map { column in rows.map { $0[column] } }
}
