import DiT
import Kernels
import Tensor
import Testing

/// Whole runs of the methods that reuse attention, tokens and streams of guidance, against the same
/// runs in plain loops over Double.
@Suite struct StreamMethodTests {
  private let plain = PlainRun()
  private var depth: Int { plain.model.c.depth }

  /// The prediction of a stream, with attention computed and kept where `keep` says so, else as
  /// `reused` says of what is kept.
  private func output(
    _ step: PlainRun.Step, _ stream: Int, keeps: Bool,
    keep: @escaping (_ key: String, Matrix) -> Void,
    reused: @escaping (_ key: String) -> Matrix
  ) -> Matrix {
    let c = step.conditions[stream]
    var tokens = plain.model.embed(step.sample)
    for block in 0..<depth {
      tokens = plain.model.block(tokens, block, c) { branch, _, compute in
        let key = "\(stream) \(block)"
        if branch == .attention, !keeps { return reused(key) }
        let value = compute()
        if branch == .attention { keep(key, value) }
        return value
      }
    }
    return plain.model.predict(tokens, c)
  }

  @Test func fasterDiffusion() throws {
    var kept: [Int: Matrix] = [:]
    let expected = try plain.sampled { step, stream, x, c in
      if step.index % 3 == 0 { kept[stream] = plain.model.blocks(x, 0..<2, c) }
      return plain.model.blocks(kept[stream] ?? [], 2..<depth, c)
    }
    try plain.expectSame(FasterDiffusion(interval: 3, cachedBlocks: 2), expected)
  }

  @Test func pyramidAttentionBroadcast() throws {
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step in
      let isReused = step.index % 3 != 0 && step.timestep > 200 && step.timestep < 700
      let outputs = (0..<2).map { stream in
        output(step, stream, keeps: !isReused) {
          kept[$0] = $1
        } reused: {
          kept[$0] ?? []
        }
      }
      return plain.guided(outputs[0], outputs[1])
    }
    try plain.expectSame(PyramidAttentionBroadcast(attention: 3, window: 200...700), expected)
  }

  @Test func fasterCache() throws {
    let cache = FasterCache(
      start: 25, weight: 0.8,
      guidance: FasterCacheGuidance(interval: 3, start: 50, turn: 75, weight: 1.5))
    #expect(
      try cache.plan(for: plain.run(nil).plan.outline).description
        == "unconditional  ...R--R-\nattention 0-3  RRR-R-R-")
    var values: [String: [(step: Int, value: Matrix)]] = [:]
    var low = Matrix(), high = Matrix()
    let expected = try plain.sampled { step in
      let isGuided = step.index < 4 || step.index == 6
      func predicted(_ stream: Int) -> Matrix {
        output(step, stream, keeps: ![3, 5, 7].contains(step.index)) { key, value in
          // Step 6 computes both streams again, after steps that did not.
          let line = step.index == 6 ? [] : values[key] ?? []
          values[key] = line + [(step.index, value)]
        } reused: { key in
          let line = values[key] ?? []
          let new = line[line.count - 1]
          guard let old = line.dropLast().last else { return new.value }
          let distance = Double(step.index - new.step) / Double(new.step - old.step)
          return new.value + (0.8 * distance) * (new.value - old.value)
        }
      }
      let conditional = predicted(0)
      if isGuided {
        let unconditional = predicted(1)
        low = lowFrequencies(unconditional - conditional, side: 8)
        high = (unconditional - conditional) - low
        return plain.guided(conditional, unconditional)
      }
      if step.index < 6 { low = 1.5 * low } else { high = 1.5 * high }
      return plain.guided(conditional, conditional + low + high)
    }
    try plain.expectSame(cache, expected)
  }

  @Test func tgate() throws {
    let cache = TGATE(gate: 75, interval: 3, warmup: 1)
    #expect(
      try cache.plan(for: plain.run(nil).plan.outline).description
        == "attention 0-3  .R-R-...\nunconditional  .....R--")
    var kept: [String: Matrix] = [:]
    let expected = try plain.sampled { step in
      func predicted(_ stream: Int) -> Matrix {
        output(step, stream, keeps: ![2, 4].contains(step.index)) {
          kept[$0] = $1
        } reused: {
          kept[$0] ?? []
        }
      }
      // From step 6 on there is no guidance.
      return step.index < 6 ? plain.guided(predicted(0), predicted(1)) : predicted(0)
    }
    try plain.expectSame(cache, expected)
  }

  @Test func textModelsReuseCrossAttention() throws {
    let run = outline(
      steps: 10, depth: 4, branches: [.attention, .crossAttention, .feedForward])
    #expect(
      try PyramidAttentionBroadcast().plan(for: run).description == """
        attention 0-3        ..R-R-R-..
        cross-attention 0-3  .R----R--.
        """)
    #expect(
      try TGATE(interval: 1).plan(for: run).description == """
        cross-attention 0-3  ...R------
        unconditional        ...R------
        """)
    let plan = try TGATE(interval: 1).plan(for: run)
    // The mean of both streams in four blocks.
    #expect(plan.peakByteCount == 4 * 16 * 8 * 4)
  }

  @Test func tgateSaysWhyItDoesNotApply() {
    #expect(
      throws: CacheError.inapplicable(
        method: "tgate",
        reason: "the model has no cross-attention, guidance is off, and n=1 reuses no attention")
    ) { try TGATE(interval: 1).plan(for: outline(steps: 10, depth: 4, guidance: 1)) }
  }
}

@Suite struct StreamPredictorTests {
  private func context(rows: Int, isGuided: Bool) -> CacheContext {
    CacheContext(
      step: CacheStep(index: 0, count: 2, timestep: 0), rows: rows, isGuided: isGuided,
      input: Tensor([5, 6], shape: [1, 2]), workspace: Workspace(threads: 1))
  }

  @Test func theMeanServesEitherStream() {
    var mean = StreamMean(streams: 2)
    mean.record(Tensor([1, 2, 3, 6], shape: [2, 2]), context(rows: 2, isGuided: true))
    #expect(mean.value(context(rows: 1, isGuided: false)).elements == [2, 4])
    #expect(mean.value(context(rows: 2, isGuided: true)).elements == [2, 4, 2, 4])
    #expect(mean.byteCount == 8 && mean.capacity(elements: 4, inputs: 4) == 2)
    var single = StreamMean(streams: 1)
    single.record(Tensor([1, 2], shape: [1, 2]), context(rows: 1, isGuided: false))
    #expect(single.value(context(rows: 1, isGuided: false)).elements == [1, 2])
  }

  @Test func theConditionalPredictionStandsInForTheOther() {
    var predictor = ConditionalPrediction()
    predictor.record(Tensor([1, 2], shape: [1, 2]), context(rows: 1, isGuided: true))
    #expect(predictor.value(context(rows: 1, isGuided: false)).elements == [5, 6])
    #expect(predictor.byteCount == 0)
  }
}
