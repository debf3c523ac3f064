import DiT
import Tensor
import Testing
import _TestSupport

/// Whole runs of the methods that treat attention to a text on its own, against the same runs in
/// plain loops over Double.
@Suite struct TextMethodTests {
  private let plain = PlainRun()
  private let model = PlainPixArt()
  /// The text, and the one that guidance leads away from.
  private let texts = [2, 3]

  private typealias Value = (
    _ step: Int, _ timestep: Double, _ key: String, Architecture.Branch,
    _ compute: @escaping () -> Matrix
  ) -> Matrix

  /// The final sample, where `value` gives what branches make before their gates, by a key for each
  /// block of each stream; from step `alone` on there is no guidance.
  private func sampled(alone: Int = .max, _ value: Value) throws -> [Float] {
    try plain.finalSample { step, timestep, sample in
      let outputs = texts.prefix(step < alone ? 2 : 1).enumerated().map { stream, text in
        let context = model.context(timestep, text: text)
        let tokens = model.blocks(model.embed(sample), context) { block, branch, compute in
          value(step, timestep, "\(stream) \(block)", branch, compute)
        }
        return model.predict(tokens, context)
      }
      return outputs.count == 2 ? plain.guided(outputs[0], outputs[1]) : outputs[0]
    }
  }

  private func run(_ cache: (any CacheMethod)?) throws -> DenoisingRun {
    try plain.run(
      SmallPixArt.model.get(), .text(SmallPixArt.texts[texts[0]]),
      away: .text(SmallPixArt.texts[texts[1]]), cache)
  }

  private func latents(_ cache: (any CacheMethod)?) throws -> [Float] {
    var run = try run(cache)
    while try run.next() != nil {}
    return run.latents.elements
  }

  private func expectSame(_ cache: any CacheMethod, _ expected: [Float]) throws {
    #expect(relativeError(try latents(cache), expected) < 1e-4)
    // A test that would also pass without the cache tests nothing.
    #expect(relativeError(try latents(nil), expected) > 1e-3)
  }

  @Test func plainRunAgreesWithTheLibrary() throws {
    let expected = try sampled { _, _, _, _, compute in compute() }
    #expect(relativeError(try latents(nil), expected) < 1e-5)
  }

  @Test func fora() throws {
    var kept: [String: Matrix] = [:]
    let expected = try sampled { step, _, key, branch, compute in
      if step == 0 || (7 - step) % 3 == 0 { kept["\(key) \(branch)"] = compute() }
      return kept["\(key) \(branch)"] ?? []
    }
    try expectSame(FORA(interval: 3), expected)
  }

  @Test func pyramidAttentionBroadcast() throws {
    var kept: [String: Matrix] = [:]
    let expected = try sampled { step, timestep, key, branch, compute in
      let interval = [Architecture.Branch.attention: 2, .crossAttention: 4][branch] ?? 1
      if step % interval == 0 || !(200...900).contains(timestep) {
        kept["\(key) \(branch)"] = compute()
      }
      return kept["\(key) \(branch)"] ?? []
    }
    try expectSame(
      PyramidAttentionBroadcast(attention: 2, crossAttention: 4, window: 200...900), expected)
  }

  @Test func tgate() throws {
    let cache = TGATE(gate: 75, interval: 3, warmup: 1)
    #expect(
      try run(cache).plan.description == """
        attention 0-3        .R-R-...
        cross-attention 0-3  .....R--
        unconditional        .....R--
        """)
    var (kept, streams) = ([String: Matrix](), [String: Matrix]())
    // From step 6 on attention to the text is the mean of both streams in step 5.
    let expected = try sampled(alone: 6) { step, _, key, branch, compute in
      switch branch {
      case .attention:
        if ![2, 4].contains(step) { kept[key] = compute() }
        return kept[key] ?? []
      case .crossAttention:
        guard step >= 6 else {
          streams[key] = compute()
          return streams[key] ?? []
        }
        let block = key.dropFirst(2)
        return 0.5 * ((streams["0 \(block)"] ?? []) + (streams["1 \(block)"] ?? []))
      case .feedForward: return compute()
      }
    }
    try expectSame(cache, expected)
  }
}
