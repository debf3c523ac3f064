import Foundation
import Testing

/// `block-study` as a process, with the shipped model.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BlockStudyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func start(_ options: String...) throws -> GenerateProcess {
    try GenerateProcess(
      ["--steps", "4", "--output", folder.file("out")] + options,
      executable: Bundle.main.bundleURL.appending(path: "block-study"))
  }

  private struct Results: Decodable {
    struct Trial: Decodable { let cache: String? }

    let isFinished: Bool
    let positions, boundaries, counts: [Trial]
  }

  private func results() throws -> Results {
    let data = try Data(contentsOf: URL(filePath: folder.file("out/results.json")))
    return try JSONDecoder().decode(Results.self, from: data)
  }

  private func page() throws -> String {
    try String(contentsOfFile: folder.file("out/report.html"), encoding: .utf8)
  }

  @Test func drawsAllSweeps() throws {
    let result = try start("--images", "1").finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output == "wrote      \(folder.file("out"))/report.html\n")
    let results = try results()
    #expect(results.isFinished && results.positions.count == 3)
    // Five of the six shares of four steps differ.
    #expect(results.boundaries.count == 5 && results.counts.count == 6)
    #expect(try !page().contains("not all of it is drawn"))
  }

  /// What is drawn is on disk when the process is stopped, by what it cannot catch too.
  @Test(arguments: [SIGINT, SIGKILL]) func keepsWhatIsFinished(_ signal: Int32) throws {
    let process = try start("--images", "64", "--batch-size", "64")
    while process.isRunning, ((try? results())?.positions.count ?? 0) < 1 { usleep(2000) }
    process.signal(signal)
    let result = process.finish()
    if signal == SIGINT {
      #expect(result.status == 130 && result.error.contains("what is finished is in "))
    }
    let results = try results()
    #expect(!results.isFinished && !results.positions.isEmpty && results.counts.isEmpty)
    #expect(try page().contains("not all of it is drawn"))
  }

  @Test(arguments: [
    (["--prompt", "a cat"], 64, "this model draws classes"),
    (["--interval", "1"], 64, "an integer from 2"),
    (["--output", "/proc/x"], 1, "the output's folder '/proc/x' takes no new files"),
  ])
  func mistakesAreErrors(_ options: [String], _ status: Int32, _ message: String) throws {
    let result = try GenerateProcess(
      options, executable: Bundle.main.bundleURL.appending(path: "block-study")
    ).finish()
    #expect(result.status == status && result.error.contains(message), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
  }
}
