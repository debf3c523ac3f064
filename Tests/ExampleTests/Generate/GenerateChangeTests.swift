import Foundation
import Tensor
import Testing
import _TestSupport

/// `generate` from an image, with and without a mask.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateChangeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func change(_ options: String...) throws -> GenerateResult {
    try GenerateProcess(
      ["--class", "7", "--steps", "8", "--quiet", "-o", folder.file("x.png")] + options
    ).finish()
  }

  /// The lower half of an image is kept where the mask is black.
  @Test func drawsTheMaskedPartAnew() throws {
    #expect(try change("--class", "9", "--seed", "1").status == 0)
    let source = folder.file("x-0002.png")
    let mask = folder.file("mask.png")
    let levels = (0..<28 * 28).map { UInt8($0 < 14 * 28 ? 255 : 0) }
    try PNG.write(Tensor(levels, shape: [28, 28, 1]), to: mask)
    #expect(try change("--init-image", source, "--mask", mask).status == 0)
    let (before, after) = (try PNG.read(source), try PNG.read(folder.file("x.png")))
    #expect(before[14..<28].elements == after[14..<28].elements)
    #expect(before[0..<14].elements != after[0..<14].elements)
  }

  /// A mask with transparency is what it is on black.
  @Test func transparencyOfAMaskCounts() throws {
    #expect(try change("--class", "9", "--seed", "1").status == 0)
    let (source, mask) = (folder.file("x-0002.png"), folder.file("mask.png"))
    let transparent = Fixtures.repository + "/Tests/Fixtures/formats/grey-alpha-8.png"
    let pixels = try PNG.read(transparent, as: .greyAlpha)
    let levels = (0..<pixels.count / 2).map { index -> UInt8 in
      let (grey, alpha) = (Int(pixels.elements[2 * index]), Int(pixels.elements[2 * index + 1]))
      return UInt8((grey * alpha + 127) / 255)
    }
    try PNG.write(Tensor(levels, shape: [pixels.shape[0], pixels.shape[1], 1]), to: mask)
    #expect(try change("--init-image", source, "--mask", mask).status == 0)
    let opaque = try PNG.read(folder.file("x.png"))
    #expect(try change("--init-image", source, "--mask", transparent).status == 0)
    #expect(try PNG.read(folder.file("x.png")).elements == opaque.elements)
  }

  /// The less strength, the nearer the result is to the image.
  @Test func changesByTheStrength() throws {
    let source = folder.file("source.png")
    let levels = (0..<28 * 28).map { UInt8($0 % 28 * 9) }
    try PNG.write(Tensor(levels, shape: [28, 28, 1]), to: source)
    let distances = try ["0.125", "1"].map { strength in
      let result = try change("--init-image", source, "--strength", strength)
      #expect(result.status == 0, "\(result.error)")
      let image = try PNG.read(folder.file("x.png"))
      return zip(image.elements, levels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    }
    #expect(distances[0] < distances[1] / 2)
  }

  @Test func aJPEGIsRefused() throws {
    let path = folder.file("x.jpg")
    try Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]).write(to: URL(filePath: path))
    let result = try change("--init-image", path)
    #expect(result.status == 1 && result.error.contains("'\(path)' is no PNG image"))
  }

  @Test(arguments: [
    (["--strength", "0.5"], "need an --init-image"),
    (["--mask", "x.png"], "need an --init-image"),
    (["--init-image", Fixtures.showcaseModel + "/config.json"], "is no PNG image"),
    (["--init-image", "/nowhere.png"], "cannot read '/nowhere.png'"),
    (["--init-image", "x.png", "--strength", "1.5"], "--strength"),
  ])
  func explainsWhatCannotBe(_ options: [String], _ message: String) throws {
    let result = try GenerateProcess(["--class", "7", "--quiet"] + options).finish()
    #expect(result.status != 0 && result.error.contains(message), "\(result.error)")
  }
}
