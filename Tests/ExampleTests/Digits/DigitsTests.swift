import Foundation
import Tensor
import Testing
import _TestSupport

/// `digits` as a process.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DigitsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ options: [String] = []) throws -> GenerateResult {
    try GenerateProcess(
      options, executable: Bundle.main.bundleURL.appending(path: "digits"), folder: folder
    ).finish()
  }

  @Test func drawsWhereItsWeightsAre() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("Examples"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("Examples/Digits"),
      withDestinationPath: Fixtures.repository + "/Examples/Digits")
    let result = try run()
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(result.output.hasSuffix("digits drawn are read as what they are\ndigits.png\n"))
    #expect(try PNG.read(folder.file("digits.png")).shape == [400, 640, 1])
  }

  @Test func saysWhereToRunIt() throws {
    for options in [[], ["--help"], ["--output"]] {
      let result = try run(options)
      #expect(result.status == (options == ["--help"] ? 0 : 64))
      #expect(
        options.isEmpty == result.error.contains("run it in the folder of the clone"),
        "\(result.error)")
    }
    #expect(try folder.names.isEmpty)
  }
}
