import Foundation
import Tensor
import Testing
import _TestSupport

/// `generate` with quantized models, and checkpoints that `inspect` quantized.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GeneratePrecisionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The finished samples of a run in some precision.
  private func latents(_ options: [String]) throws -> Tensor<Float> {
    let result = try GenerateProcess(
      options + ["--latents-out", "l.npy", "-o", "/dev/null"], folder: folder
    ).finish()
    #expect(result.status == 0, "\(result.error)")
    return try NumPyFile.read(folder.file("l.npy")).converted(to: Float.self)
  }

  /// The shipped model; its samples are images of values from -1 to 1.
  private func shipped(_ options: [String]) throws -> Tensor<Float> {
    try latents(["--class", "bag", "--class", "coat", "-b", "2", "--steps", "8"] + options)
  }

  private func psnr(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
    -10 * log10(Double(((a - b) * (a - b)).mean().item) / 4)
  }

  @Test(arguments: [("int8", 30.0), ("w8", 35), ("w4", 15)])
  func drawsTheShippedModel(_ precision: String, _ bound: Double) throws {
    let exact = try shipped(["--precision", "f32"])
    let found = psnr(try shipped(["--precision", precision]), exact)
    print("generate --precision \(precision) beside f32: \(found) dB")
    #expect(found >= bound && found < 100)
  }

  /// A run with a cache, of a checkpoint that was quantized with group sizes that were searched for.
  @Test(arguments: [("int8", "int8"), ("int4", "w4")])
  func drawsACheckpointOfSearchedGroups(_ width: String, _ precision: String) throws {
    let copy = folder.file("model")
    try FileManager.default.copyItem(atPath: Fixtures.showcaseModel, toPath: copy)
    func convert(_ options: [String], _ path: String) throws -> Checkpoint {
      let result = try GenerateProcess(
        [Fixtures.showcaseModel + "/model.safetensors", "--convert", path, "--quantize", width]
          + options,
        executable: Bundle.main.bundleURL.appending(path: "inspect")
      ).finish()
      #expect(result.status == 0, "\(result.error)")
      return try Checkpoint(path: path)
    }
    func scales(_ checkpoint: Checkpoint) -> Int {
      checkpoint.entries.filter { $0.name.hasSuffix(".weight_scale") }
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    let plain = try convert(["--group-size", "64"], folder.file("plain.safetensors"))
    try FileManager.default.removeItem(atPath: "\(copy)/model.safetensors")
    let searched = try convert(
      ["--group-size", "64", "--search-group-sizes"], "\(copy)/model.safetensors")
    let sizes = try searched.names.filter { $0.hasSuffix("_group_size") }
      .map { try searched.tensor(named: $0).converted(to: Int32.self)[0].item }
    #expect(Set(sizes).count > 1 && scales(searched) <= scales(plain))
    let cache = ["--cache", "delta-dit"]
    let exact = try shipped(["--precision", "f32"] + cache)
    let found = psnr(try shipped(["--model", copy] + cache), exact)
    #expect(found >= (width == "int8" ? 30 : 15), "\(precision): \(found) dB")
  }

  /// PixArt of random weights, on the way from prompts to samples.
  @Test(arguments: [("int8", 0.05), ("w8", 0.02), ("w4", 0.3)])
  func drawsPixArt(_ precision: String, _ bound: Double) throws {
    let options = [
      "--model", TemporaryFolder.pixArt, "-p", "two cats", "--steps", "3", "--text-precision",
      "f32", "--precision",
    ]
    let error = relativeError(
      try latents(options + [precision]).elements, try latents(options + ["f32"]).elements)
    #expect(error > 1e-4 && error < bound)
  }
}
