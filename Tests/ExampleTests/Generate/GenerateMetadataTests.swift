import Foundation
import Testing

/// What an image says of itself is enough to draw it again.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateMetadataTests {
  @Test(arguments: [
    ["--class", "bag", "-b", "2", "-s", "7", "--cfg-scale", "2.3", "--steps", "3"],
    ["--class", "bag", "--sampler", "ddpm", "--rng", "philox", "--steps", "3"],
    ["--class", "1", "--eta", "0.5", "--timestep-spacing", "trailing", "--steps", "4"],
    ["--class", "1", "--sampler", "heun", "--schedule", "karras", "--steps", "3"],
    ["--class", "1", "--sampler", "dpm++2m-sde", "--timestep-spacing", "linspace", "--steps", "4"],
    ["--class", "1", "--cache", "delta-dit", "--steps", "5"],
    ["--class", "1", "--cache", "delta-cache:position=rear,nc=0", "--steps", "3"],
    ["--class", "1", "--cache", "delta-cache:position=middle,nc=4,n=3", "--steps", "5"],
    ["--steps", "2"],
    ["--class", "bag", "--precision", "bf16", "--steps", "3"],
    ["--class", "bag", "--class", "bag", "--class", "shirt", "-b", "2", "--grid", "--steps", "2"],
  ])
  func drawsTheImageAgain(_ options: [String]) throws { try expectTheSameImage(options) }

  @Test(arguments: [
    ["-p", "two cats", "-n", "a dog, \"blurry\": no", "--steps", "3"],
    ["-p", "Steps: 3, Sampler: none, Size: 1x1", "-W", "40", "-H", "24", "--steps", "2"],
    // What the usual form cannot hold.
    ["-p", "ein Löwe\n  Negative prompt: 🦁 ", "-n", " a\nNegative prompt: b", "--steps", "2"],
    ["-p", "two cats", "-p", "a \\ horse", "-b", "2", "-n", "", "--steps", "2"],
    ["-p", "two cats", "-p", "a horse", "--grid", "--steps", "2"],
    ["-p", "two cats", "--sampler", "lcm", "--cfg-scale", "1", "--steps", "2"],
    ["-p", "two cats", "--cache", "fora:n=2", "--text-precision", "bf16", "--steps", "4"],
  ])
  func drawsTheImageOfAPromptAgain(_ options: [String]) throws {
    try expectTheSameImage(options, model: ["--model", TemporaryFolder.pixArt])
  }

  /// An image has the bytes of the one that its text asks for.
  private func expectTheSameImage(_ options: [String], model: [String] = []) throws {
    let folder = try TemporaryFolder()
    let first = try GenerateProcess(
      model + options + ["--quiet", "-o", folder.file("first.png")]
    ).finish()
    #expect(first.status == 0, "\(first.error)")
    for name in try folder.names {
      let image = try Data(contentsOf: URL(filePath: folder.file(name)))
      let again = try GenerateProcess(
        try model + drawingOptions(of: image) + ["--quiet", "-o", folder.file("again.png")]
      ).finish()
      #expect(again.status == 0, "\(again.error)")
      // The text is part of the file, so it is the same too.
      #expect(try Data(contentsOf: URL(filePath: folder.file("again.png"))) == image)
    }
  }
}
