import DiT
import Kernels
import Tensor
import Testing
import _TestSupport

/// Runs that begin with an image, whole or in the part that a mask names, as diffusers takes them.
@Suite struct ChangeTests {
  private struct Change: CustomTestStringConvertible, Sendable {
    let sampler: SamplerKind
    let folder: String
    let steps: Int
    let strength: Double
    var isMasked = true

    var testDescription: String { sampler.rawValue }
  }

  private static let changes = [
    Change(sampler: .ddim, folder: "safetensors", steps: 6, strength: 0.7, isMasked: false),
    Change(sampler: .dpmSolver, folder: "bin", steps: 8, strength: 0.75),
    Change(sampler: .uniPC, folder: "bin", steps: 9, strength: 0.6, isMasked: false),
    Change(sampler: .euler, folder: "bin", steps: 7, strength: 1),
    Change(sampler: .heun, folder: "bin", steps: 5, strength: 0.6),
  ]

  @Test(arguments: changes)
  private func changesWhatDiffusersChanges(_ change: Change) throws {
    let golden = try Fixtures.open("folders/changes")
    let pipeline = try DiffusionPipeline(
      folder: "\(FolderTests.folders)/\(change.folder)", encodesImages: true)
    let image = try golden.levels("resized")
    let levels = try golden.levels("levels")
    var run = try pipeline.run(
      classes: [207, 1], seeds: [42, 43], steps: change.steps, sampler: change.sampler,
      guidanceScale: 4,
      edit: ImageEdit(
        pipeline.encoded(image),
        mask: change.isMasked ? pipeline.mask(levels[.all, .all, .newAxis]) : nil,
        strength: change.strength, startsFromNoise: false))
    while try run.next() != nil {}
    let expected = try golden[change.sampler.rawValue]
    #expect(relativeError(run.latents.elements, expected.elements) < 1e-3)
  }

  @Test func bringsImagesToTheSizeOfTheModel() throws {
    let golden = try Fixtures.open("folders/changes")
    let pipeline = try DiffusionPipeline(
      folder: FolderTests.folders + "/bin", encodesImages: true)
    var (generator, other) = (TorchGenerator(seed: 1), TorchGenerator(seed: 1))
    let mask = pipeline.mask(try golden.levels("levels")[.all, .all, .newAxis])
    let expectedMask = try golden["mask"]
    #expect(mask.elements == expectedMask.elements)
    let sample = pipeline.encoded(try golden.levels("picture")).sample(using: &generator)
    let expected = pipeline.encoded(try golden.levels("resized")).sample(using: &other)
    #expect(relativeError(sample.elements, expected.elements) < 0.02)
  }

  @Test(arguments: [("picture", "resized"), ("resized", "enlarged")])
  func resizesAsPillowDoes(_ source: String, _ target: String) throws {
    let golden = try Fixtures.open("folders/changes")
    let expected = try golden.levels(target)
    let found = resized(
      try golden.levels(source), height: expected.shape[0], width: expected.shape[1])
    #expect(found.shape == expected.shape)
    let differences = zip(found.elements, expected.elements).map { abs(Int($0) - Int($1)) }
    #expect(differences.allSatisfy { $0 <= 1 })
  }

  /// A part that is kept is the source's, whatever is drawn beside it.
  @Test func keepsWhatIsNotMasked() throws {
    let pipeline = try DiffusionPipeline(folder: Fixtures.showcaseModel)
    var generator = TorchGenerator(seed: 3)
    let source = generator.normal([1] + pipeline.denoiser.architecture.sampleShape)
    let side = pipeline.denoiser.sampleSize.height
    var mask = Tensor<Float>(zeros: [1, 1, side, side])
    mask[0, 0, 4..<9, 7..<20] = Tensor(ones: [5, 13])
    var run = try DenoisingRun(
      denoiser: pipeline.denoiser, sampler: DDIM(steps: 3),
      request: .init(
        labels: [2], noise: generator.normal(source.shape),
        initialImage: InitialImage(samples: source, mask: mask, startsFromNoise: true),
        generators: [generator], guidance: Guidance(scale: 4)))
    while try run.next() != nil {}
    let kept = (1 - mask) * (run.latents - source)
    #expect(kept.elements.allSatisfy { $0 == 0 })
    #expect((run.latents - source).elements.contains { abs($0) > 0.1 })
  }

  @Test func refusesWhatDoesNotFit() throws {
    let pipeline = try DiffusionPipeline(folder: Fixtures.showcaseModel)
    let shape = [1] + pipeline.denoiser.architecture.sampleShape
    let noise = Tensor<Float>(zeros: shape)
    func run(_ source: InitialImage) throws -> DenoisingRun {
      try DenoisingRun(
        denoiser: pipeline.denoiser, sampler: DDIM(steps: 3),
        request: .init(
          labels: [2], noise: noise, initialImage: source, generators: [TorchGenerator(seed: 1)],
          guidance: Guidance(scale: 4)))
    }
    #expect(throws: RunError.initialImage(expected: shape, found: [1, 2, 3, 4])) {
      try run(InitialImage(samples: Tensor(zeros: [1, 2, 3, 4])))
    }
    #expect(throws: RunError.initialImage(expected: [1, 1] + shape.suffix(2), found: [1])) {
      try run(InitialImage(samples: noise, mask: Tensor(zeros: [1])))
    }
    for strength in [-0.1, 0, 0.3, 1.1, .nan] {
      #expect(throws: SamplerError.self) {
        try ImageToImageSampler(of: DDIM(steps: 3), strength: strength)
      }
    }
  }

  @Test(arguments: SamplerKind.allCases.filter { $0 != .flowEuler })
  func everySamplerBeginsMidway(_ kind: SamplerKind) throws {
    let pipeline = try DiffusionPipeline(folder: Fixtures.showcaseModel)
    let all = try pipeline.sampling.sampler(kind, steps: 8)
    #expect(all.starts.count == 8 && all.starts[0] == 0)
    for strength in [0.125, 0.5, 1] {
      let sampler = try ImageToImageSampler(of: all, strength: strength)
      #expect(sampler.starts.count == Int(8 * strength))
      #expect(sampler.timesteps.last == all.timesteps.last)
      var generator = TorchGenerator(seed: 3)
      let noise = generator.normal([1] + pipeline.denoiser.architecture.sampleShape)
      var run = try DenoisingRun(
        denoiser: pipeline.denoiser, sampler: sampler,
        request: .init(
          labels: [2], noise: noise, initialImage: InitialImage(samples: noise * 0.1),
          generators: [generator], guidance: Guidance(scale: 1)))
      while try run.next() != nil {}
      #expect(run.latents.elements.allSatisfy { $0.isFinite })
    }
  }
}
