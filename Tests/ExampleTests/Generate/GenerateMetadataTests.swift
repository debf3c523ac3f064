import Foundation
import Testing
import _ExampleCommandLine

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
  func drawsTheImageAgain(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    let first = try GenerateProcess(options + ["--quiet", "-o", folder.file("first.png")]).finish()
    #expect(first.status == 0, "\(first.error)")
    for name in try folder.names {
      let image = try Data(contentsOf: URL(filePath: folder.file(name)))
      let again = try GenerateProcess(
        try self.options(of: image) + ["--quiet", "-o", folder.file("again.png")]
      ).finish()
      #expect(again.status == 0, "\(again.error)")
      // The text is part of the file, so it is the same too.
      #expect(try Data(contentsOf: URL(filePath: folder.file("again.png"))) == image)
    }
  }

  /// The options that the text of an image stands for.
  private func options(of image: Data) throws -> [String] {
    let parameters = try parameters(of: image)
    var options = try #require(parameters["Class"]).split(separator: " ")
      .flatMap { ["--class", String($0)] }
    for (key, option) in [
      ("Steps", "--steps"), ("Sampler", "--sampler"), ("CFG scale", "--cfg-scale"),
      ("Seed", "--seed"), ("RNG", "--rng"), ("Eta", "--eta"),
      ("Timestep spacing", "--timestep-spacing"), ("Schedule type", "--schedule"),
      ("Cache", "--cache"),
      ("Batch count", "--batch-count"), ("Precision", "--precision"),
    ] {
      if let value = parameters[key] { options += [option, value] }
    }
    return options + (parameters["Layout"] == "grid" ? ["--grid"] : [])
  }

  /// The text of a PNG file under the keyword `parameters`.
  private func parameters(of image: Data) throws -> ImageParameters {
    let start = try #require(image.range(of: Data("tEXtparameters\0".utf8)))
    let length = image[(start.lowerBound - 4)..<start.lowerBound].reduce(0) { $0 << 8 | Int($1) }
    let text = image[start.upperBound..<(start.lowerBound + 4 + length)]
    return ImageParameters(text: try #require(String(bytes: text, encoding: .isoLatin1)))
  }
}
