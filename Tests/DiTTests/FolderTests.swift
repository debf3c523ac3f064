import DiT
import Foundation
import NN
import Synchronization
import Tensor
import Testing
import _TestSupport

/// Folders of diffusers, as its `DiTPipeline` draws with them.
@Suite struct FolderTests {
  static let folders = Fixtures.repository + "/Tests/Fixtures/folders"

  /// The samples of a run with the labels and seeds of the golden files.
  static func latents(_ pipeline: DiffusionPipeline, steps: Int) throws -> Tensor<Float> {
    var run = try pipeline.run(classes: [207, 1], seeds: [42, 43], steps: steps)
    while try run.next() != nil {}
    return run.latents
  }

  @Test(arguments: [("safetensors", 6), ("bin", 7)])
  func drawsWhatDiffusersDraws(_ name: String, _ steps: Int) throws {
    let pipeline = try DiffusionPipeline(folder: "\(Self.folders)/\(name)")
    let golden = try Fixtures.open("folders/runs")
    let latents = try Self.latents(pipeline, steps: steps)
    #expect(relativeError(latents.elements, try golden["\(name).latents"].elements) < 1e-3)

    let images = pipeline.images(latents)
    let expected = try golden["\(name).pixels"]
    #expect(images.shape == expected.shape)
    #expect(pipeline.imageSize == (12, 12) && pipeline.imageChannels == 3)
    let differences = zip(images.converted(to: Float.self).elements, expected.elements)
      .count { abs($0 - $1) > 1 }
    #expect(Double(differences) <= 0.001 * Double(expected.count))
  }

  @Test func tellsHowFarItHasRead() throws {
    let read = Mutex<[[Int]]>([])
    _ = try DiffusionPipeline(
      folder: Self.folders + "/bin",
      progress: { count, all in read.withLock { $0.append([count, all]) } })
    let steps = read.withLock { $0 }
    let all = steps.last?.last ?? 0
    #expect(all > 20 && steps.last == [all, all])
    #expect(steps.map(\.[0]) == steps.map(\.[0]).sorted())
  }

  @Test func knowsWhatTheFoldersSay() throws {
    let pipeline = try DiffusionPipeline(folder: Self.folders + "/bin")
    #expect(pipeline.classNames[0] == "tench, Tinca tinca" && pipeline.classNames[2] == "class 2")
    #expect(pipeline.defaults.sampler == .dpmSolver)
    #expect(try pipeline.transformer.configuration.flavor == .diffusers)
    #expect(pipeline.autoencoder?.configuration.scalingFactor == 0.18215)
  }
}
