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
  let positions: [Trial]
  /// Δ-DiT with rising boundaries and with rising numbers of blocks.
  let boundaries, counts: [Trial]

  init(_ study: Study, interval: Int, command: String, isQuiet: Bool) async throws {
    (setup, machine, self.command) = (study.setup, study.machine, command)
    (self.interval, depth) = (interval, study.pipeline.denoiser.architecture.depth)
    let (steps, depth) = (study.setup.steps, depth)
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
    change = transposed(offsets.tables["change"] ?? [])
    size = transposed(offsets.tables["size"] ?? [])
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
    func trials(_ list: [(Int, String)]) async throws -> [Trial] {
      var found: [Trial] = []
      for (setting, cache) in list {
        found.append(trial(setting, cache, try await draw(cache)))
      }
      return found
    }
    reference = trial(0, nil, uncached)
    positions = try await trials(places)
    boundaries = try await trials(byBoundary)
    counts = try await trials(byCount)
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
