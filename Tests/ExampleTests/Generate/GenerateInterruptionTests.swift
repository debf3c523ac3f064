import Foundation
import Testing
import _TestSupport

/// What is left of a run that is stopped: what it has finished, and nothing half.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateInterruptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Starts a run of 40 images, one a batch, and waits for the first of its files.
  private func start(_ options: String...) throws -> GenerateProcess {
    let process = try GenerateProcess(
      ["--class", "bag", "-b", "40", "--batch-size", "1", "--steps", "100"] + options,
      folder: folder)
    while try process.isRunning && !folder.names.contains(where: { $0.hasSuffix(".png") }) {
      usleep(10_000)
    }
    return process
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func keepsWhatIsFinished(_ signal: Int32) throws {
    let process = try start("--json", "-o", "bag.png")
    process.signal(signal)
    let result = process.finish()
    #expect(result.status == 128 + signal && result.error.hasSuffix("generate: interrupted\n"))
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let names = try folder.names
    #expect(report["interrupted"] as? Bool == true && report["imagesRequested"] as? Int == 40)
    #expect(report["images"] as? Int == names.count && report["outputs"] as? [String] == names)
    #expect(names.contains("bag-0001.png") && !names.contains("bag-0040.png"))
  }

  @Test func saysHowManyAreFinished() throws {
    let process = try start("--grid", "-o", "bag.png")
    process.interrupt()
    let result = process.finish()
    #expect(result.status == 130)
    let count = try #require(result.output.firstMatch(of: #/images     (\d+) of 40\n/#)).1
    let image = try Data(contentsOf: URL(filePath: folder.file("bag.png")))
    #expect(image.range(of: Data("Finished: \(count), Layout: grid".utf8)) != nil)
  }

  /// What is finished and cannot be kept is an error, whatever ended the run.
  @Test func saysThatWhatIsFinishedIsLost() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let process = try GenerateProcess(
      [
        "--class", "bag", "-b", "40", "--batch-size", "1", "--steps", "100", "--grid", "-o", "-",
        "--latents-out", "{seed}.npy",
      ], folder: folder, output: full)
    while try process.isRunning && !folder.names.contains("42.npy") { usleep(10_000) }
    process.interrupt()
    let result = process.finish()
    #expect(result.status == 1 && result.error.contains(" of 40\n"))
    #expect(result.error.hasSuffix("cannot write to standard output: No space left on device\n"))
  }

  /// Nothing can be done at the end, so images are written as their batches finish.
  @Test func aKilledRunHasItsImages() throws {
    let process = try start("-o", "bag.png")
    process.signal(SIGKILL)
    #expect(process.finish().status == SIGKILL)
    let names = try folder.names
    #expect(names.contains("bag-0001.png"))
    // What was being written is called after its file.
    #expect(names.allSatisfy { $0.wholeMatch(of: #/bag-\d+.png|\.bag-\d+\.png\.\w+\.tmp/#) != nil })
  }

  @Test func keepsTheImagesOfAComparison() throws {
    let process = try start("--cache", "delta-dit", "--compare", "-o", "bag.png")
    process.interrupt()
    let result = process.finish()
    #expect(result.status == 130 && result.error.contains("in 3 rounds\n"))
    #expect(try folder.names.first == "bag-0001.png")
    #expect(result.output.contains(" of 40\n") && !result.output.contains("speed-up"))
  }
}
