import DiT
import Foundation
import Tensor
import Testing
import _TestSupport

@Suite struct ReadmeTests {
  /// The example of the README, with the shipped model and a folder of its own.
  @Test func exampleDrawsABoot() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }

    let pipeline = try DiffusionPipeline(folder: Fixtures.showcaseModel)
    var generator = TorchGenerator(seed: 42)
    let noise = generator.normal([1] + pipeline.model.configuration.sampleShape)

    let run = try DenoisingRun(
      model: pipeline.model, sampler: try DDIM(steps: 4, schedule: pipeline.schedule),
      request: .init(
        labels: [9], noise: noise, generators: [generator], guidance: Guidance(scale: 3),
        cache: DeltaDiT(stepCount: 4, depth: pipeline.model.configuration.depth)))

    let image = folder.appending(path: "boot.png").path
    for try await step in run.steps where step.index == step.count - 1 {
      #expect(step.reusedBlocks == 9)
      try PNG.write(pipeline.images(step.latents)[0], to: image)
    }
    #expect(try Data(contentsOf: URL(filePath: image)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }
}
