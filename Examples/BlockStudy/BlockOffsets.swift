internal import DiT
internal import Tensor

/// Measures what each block adds to the tokens, in each step: it is a calibration that no method
/// uses.
struct BlockOffsets: CalibratedCacheMethod {
  static let about = CacheMethodDescription(
    "block-offsets", "Measures the offset of each block.",
    source: "https://arxiv.org/abs/2406.01125", quality: "", fast: "", sample: "", idle: "")

  init(_ parameters: inout CacheParameters) {}

  func plan(for run: RunOutline) -> CachePlan { CachePlan(computingEverything: run) }

  /// For each step the relative change of each block's offset since the step before (0 in the first
  /// one), and the offset's size over that of the tokens before the block.
  static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let sites = (0..<runs.outline.depth).map { CacheSite.blocks($0..<$0 + 1) }
    let numbers = Measurement(history: 1) { now, past, context in
      let change = past.first.map { norm(now.value - $0.value) / norm($0.value) }
      return [change ?? 0, norm(now.value) / norm(context.input)]
    }
    let measured = try runs.measure(sites, numbers)
    func table(_ column: Int) -> [[Double]] {
      runs.outline.steps.map { step in
        sites.map { measured[$0]?[step.index][column] ?? .nan }
      }
    }
    return ["change": table(0), "size": table(1)]
  }
}

/// The root of the sum of squares.
@Sendable private func norm(_ x: Tensor<Float>) -> Double {
  Double((x * x).sum().item).squareRoot()
}
