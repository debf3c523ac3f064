import DiT
import Foundation
import NN
import Kernels
import Tensor
import Testing
import _TestSupport

/// What diffusers' `config.json` of a PixArt transformer says, as far as the golden files differ.
private struct Fields: Decodable {
  let numAttentionHeads, attentionHeadDim, numLayers, captionChannels, sampleSize: Int
  let outChannels: Int
  let interpolationScale: Double?
  let useAdditionalConditions: Bool?
}

/// A small golden model, its texts and its predictions.
private struct GoldenPixArt {
  let file: SafetensorsFile
  let model: PixArtTransformer

  init(_ name: String, _ precision: Precision = .float32) throws {
    file = try Fixtures.open("pixart/\(name)")
    let isOriginal = name == "original"
    let text = try #require(
      isOriginal ? Fixtures.open("pixart/sigma").metadata["config"] : file.metadata["config"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let f = try decoder.decode(Fields.self, from: Data(text.utf8))
    model = try PixArtTransformer(
      PixArtTransformer.Configuration(
        sampleSize: .square(f.sampleSize), outputChannels: f.outChannels,
        width: f.numAttentionHeads * f.attentionHeadDim, depth: f.numLayers,
        headCount: f.numAttentionHeads, textWidth: f.captionChannels, textTokens: 7,
        interpolationScale: f.interpolationScale, isToldSize: f.useAdditionalConditions ?? false,
        keyCompression: isOriginal ? 2 : 1, flavor: isOriginal ? .original : .diffusers),
      from: Weights(GoldenWeights(file: file), precision: precision))
  }

  /// The texts of the rows, without their padding.
  func texts() throws -> [EncodedText] {
    let (text, lengths) = (try file["text"], try file.integers("lengths"))
    return lengths.enumerated().map {
      EncodedText(hiddenStates: text[$0.offset, 0..<$0.element])
    }
  }

  /// What a run of some texts keeps of the model.
  func session(_ texts: [EncodedText], in workspace: Workspace) throws -> any DenoiserSession {
    try model.session(
      texts.map(Condition.text), timesteps: [999, 20], size: model.sampleSize, in: workspace)
  }

  /// The prediction of a step for some rows.
  func prediction(_ rows: [Int], step: Int, threads: Int = 2) throws -> [Float] {
    let texts = try texts()
    return try model(
      file["x"].gathered(Tensor(rows.map(Int64.init)), axis: 0),
      timestep: Double(file.integers("timesteps")[step]), texts: rows.map { texts[$0] },
      in: model.workspace(threads: threads)
    ).elements
  }
}

@Suite struct PixArtTests {
  static let names = ["alpha", "told", "sigma", "original"]

  @Test(arguments: names)
  func predictsWhatDiffusersPredicts(_ name: String) throws {
    let golden = try GoldenPixArt(name)
    for step in 0..<2 {
      let expected = try golden.file["output.\(step)"].elements
      #expect(relativeError(try golden.prediction([0, 1, 2], step: step), expected) < 1e-4)
    }
  }

  /// The model's random weights of small widths are harder to quantize than those of a trained one.
  @Test(arguments: names, [(Precision.int8, 0.02), (.weights8, 0.01), (.weights4, 0.2)])
  func quantizedItPredictsNearlyTheSame(
    _ name: String, _ expectation: (precision: Precision, bound: Double)
  ) throws {
    let golden = try GoldenPixArt(name, expectation.precision)
    #expect(golden.model.precision == expectation.precision)
    for step in 0..<2 {
      let expected = try golden.file["output.\(step)"].elements
      let error = relativeError(try golden.prediction([0, 1, 2], step: step), expected)
      #expect(error > 1e-4 && error < expectation.bound)
    }
  }

  @Test(arguments: names, [Precision.float32, .int8, .weights8, .weights4])
  func rowsDoNotDependOnTheirBatch(_ name: String, _ precision: Precision) throws {
    let golden = try GoldenPixArt(name, precision)
    let all = try golden.prediction([0, 1, 2], step: 1)
    let last = try golden.prediction([2], step: 1, threads: 1)
    #expect(last == Array(all.suffix(last.count)))
    #expect(try golden.prediction([2, 0], step: 1).prefix(last.count) == last[...])
  }

  /// A run that keeps every branch has the bits of one without a cache; one that reuses them has
  /// not, and costs less.
  @Test(arguments: names)
  func branchesAreKeptAndReused(_ name: String) throws {
    let golden = try GoldenPixArt(name)
    let texts = try golden.texts().map(Condition.text)
    func run(_ cache: (any CacheMethod)?) throws -> DenoisingRun {
      var run = try DenoisingRun(
        denoiser: golden.model, sampler: DDIM(steps: 4),
        request: .init(
          conditions: [texts[0]], negatives: [texts[1]], noise: golden.file["x"][0..<1].copied(),
          generators: [TorchGenerator(seed: 0)], guidance: Guidance(scale: 2), cache: cache),
        threads: 2)
      while try run.next() != nil {}
      return run
    }
    let plain = try run(nil)
    let kept = try run(Keeping { $0.branchSites() })
    #expect(kept.latents.elements == plain.latents.elements)
    let method = FORA(interval: 2)
    let reused = try run(method)
    #expect(
      try method.plan(for: reused.plan.outline).rules[0].title.hasPrefix(
        "attention, cross-attention, feed-forward 0-"))
    #expect(reused.latents.elements != plain.latents.elements)
    #expect(reused.report.executedCost.linear < plain.report.executedCost.linear)
  }

  /// With the same text in both streams, the mean of what they make of it is what either makes.
  @Test func tgateFreezesCrossAttention() throws {
    let golden = try GoldenPixArt("alpha")
    let text = try Condition.text(golden.texts()[0])
    func run(_ cache: (any CacheMethod)?, scale: Float) throws -> [Float] {
      var run = try DenoisingRun(
        denoiser: golden.model, sampler: DDIM(steps: 6),
        request: .init(
          conditions: [text], negatives: [text], noise: golden.file["x"][0..<1].copied(),
          generators: [TorchGenerator(seed: 0)], guidance: Guidance(scale: scale), cache: cache),
        threads: 2)
      while try run.next() != nil {}
      return run.latents.elements
    }
    struct Frozen: CacheMethod {
      func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
        let schedule = CacheSchedule(stepCount: run.stepCount) { $0 < 3 }
        return try CachePlan(
          for: run, rules: [.init(sites: run.branchSites([.crossAttention]), schedule: schedule)])
      }
    }
    let frozen = try run(Frozen(), scale: 1)
    #expect(relativeError(try run(TGATE(gate: 50, interval: 1), scale: 4), frozen) < 1e-5)
    #expect(relativeError(try run(nil, scale: 1), frozen) > 1e-4)
  }

  @Test func equalTextsAreWorkedOutOnce() throws {
    let golden = try GoldenPixArt("alpha")
    let workspace = golden.model.workspace(threads: 1)
    let texts = try golden.texts()
    let text = texts[0]
    let once = try golden.session([text], in: workspace).executed
    #expect(try golden.session([text, text, text], in: workspace).executed == once)
    #expect(try golden.session(texts, in: workspace).executed.linear > once.linear)
  }

  @Test func refusesOtherConditionsAndSizes() throws {
    let model = try GoldenPixArt("alpha").model
    let workspace = model.workspace(threads: 1)
    func session(_ condition: Condition, _ size: SampleSize) throws {
      _ = try model.session([condition], timesteps: [1], size: size, in: workspace)
    }
    let text = Condition.text(EncodedText(hiddenStates: Tensor(zeros: [2, 10])))
    #expect(throws: RunError.condition("class 3", expected: "texts of width 10")) {
      try session(.label(3), .square(8))
    }
    #expect(
      throws: RunError.condition("a text of 2 tokens of width 9", expected: "texts of width 10")
    ) {
      try session(.text(EncodedText(hiddenStates: Tensor(zeros: [2, 9]))), .square(8))
    }
    let size = SampleSize(height: 8, width: 7)
    #expect(throws: RunError.size(size, expected: "multiples of 2, up to 1024")) {
      try session(text, size)
    }
  }

  /// Table 1 of Δ-DiT: 85.651 T for 20 guided steps of 1024 × 1024, and 53.532 T with N = 2, b = 12
  /// and 21 blocks.
  @Test func costsAreThoseOfThePaper() throws {
    let sampler = try DPMSolver(steps: 20)
    let outline = RunOutline(
      architecture: PixArtTransformer.Configuration().architecture,
      timesteps: sampler.timesteps, sampler: sampler.name, guidanceScale: 4.5)
    #expect(abs(outline.fullCost.linear / 85.651e12 - 1) < 0.002)
    let plan = try CacheMethods.method("delta-dit:n=2,b=12,nc=21").plan(for: outline)
    #expect(abs(plan.cost.linear / 53.532e12 - 1) < 0.002)
    // With 4 steps, as for models that were distilled to few: 21 and 14 of 28 blocks a cheap step.
    let few = RunOutline(
      architecture: outline.architecture, timesteps: [999, 759, 499, 259], sampler: "lcm",
      guidanceScale: 1)
    for (count, share) in [(4, 52.0 / 56), (6, 50.0 / 56)] {
      let plan = try CacheMethods.method("delta-dit:n=2,b=2,nc=\(count)").plan(for: few)
      #expect(abs(plan.computedShare - share) < 1e-12)
    }
  }

  /// What a run executes: keys and values of its texts once, modulations once a step, and in each step
  /// the blocks that are computed.
  @Test(arguments: ["none", "delta-dit:n=2,nc=1,b=4"])
  func countsWhatIsExecuted(_ name: String) throws {
    let (c, steps, images) = (SmallPixArt.configuration, 6, 2)
    let cache = name == "none" ? nil : try CacheMethods.method(name)
    var generator = TorchGenerator(seed: 1)
    var run = try DenoisingRun(
      denoiser: SmallPixArt.model.get(), sampler: DDIM(steps: steps),
      request: .init(
        conditions: SmallPixArt.texts[0..<2].map(Condition.text),
        negatives: [SmallPixArt.texts[3], SmallPixArt.texts[3]].map(Condition.text),
        noise: generator.normal([images] + c.architecture.sampleShape),
        generators: [generator, generator], guidance: Guidance(scale: 2), cache: cache))
    while try run.next() != nil {}
    // Three texts differ, the longest of four tokens; 16 tokens of width 16 an image, 4 × 2 numbers
    // in a patch and 4 × 4 out.
    let (d, t, text) = (16.0, 16.0, Double(c.textWidth))
    let texts = 3 * 4 * (text * d + d * d + 4 * 2 * d * d)
    let timesteps = Double(steps) * (256 * d + 7 * d * d)
    let ends = t * d * (4 * 2 + 4 * 4)
    let block = t * (4 + 2 + 8) * d * d
    let blocks = name == "none" ? 4 * steps : 3 * 4 + 3 * 3
    let rows = Double(2 * images)
    let expected = texts + timesteps + rows * (Double(steps) * ends + Double(blocks) * block)
    #expect(abs(run.report.executedCost.linear / expected - 1) < 1e-12)
  }
}
