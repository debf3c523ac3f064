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
    let run = try pipeline.run(
      classes: [9], seeds: [42], steps: 4, cache: DeltaDiT())

    let image = folder.appending(path: "boot.png").path
    for try await step in run.steps where step.index == step.count - 1 {
      #expect(abs(step.reusedShare - 0.75) < 1e-9)
      try PNG.write(pipeline.images(step.latents)[0], to: image)
    }
    #expect(try Data(contentsOf: URL(filePath: image)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }
}
