import Foundation
import Testing
import _TestSupport

@testable import compare

/// `compare` as a process, with the shipped model.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompareTests {
  private let folder: TemporaryFolder
  private let executable = Bundle.main.bundleURL.appending(path: "compare")
  private let small = [
    "--steps": "6", "--reference-steps": "8", "--images": "3", "--batch-size": "2",
    "--rounds": "2",
  ]

  init() throws { folder = try TemporaryFolder() }

  /// The command line of a small comparison, some of its values changed.
  private func arguments(_ methods: [String], _ changes: [String: String] = [:]) -> [String] {
    methods.flatMap { ["--method", $0] }
      + small.merging(["--output": folder.file("out")]) { $1 }.merging(changes) { $1 }
      .sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
  }

  private func start(
    _ methods: [String], _ changes: [String: String] = [:]
  ) throws -> GenerateProcess {
    try GenerateProcess(arguments(methods, changes), executable: executable)
  }

  private func results() throws -> Results { try Results(path: folder.file("out/results.json")) }

  private func page() throws -> String {
    try String(contentsOfFile: folder.file("out/report.html"), encoding: .utf8)
  }

  @Test func comparesAndGoesOn() throws {
    let first = try start(["delta-dit:n=2", "magcache"]).finish()
    #expect(first.status == 0, "\(first.error)")
    let drawn = try results()
    #expect(
      drawn.entries.map(\.candidate.name) == [
        "no cache, 6 steps", "no cache, 8 steps (second reference)", "delta-dit:n=2", "magcache",
        "4 steps", "5 steps",
      ])
    #expect(drawn.entries.allSatisfy { $0.isDrawn && $0.failure == nil })
    #expect(drawn.entries.allSatisfy { $0.toLongReference?.ssim.count == 3 })
    #expect(drawn.entries[0].toReference?.psnr == [100, 100, 100])
    #expect(drawn.entries.filter { $0.seconds.count == 2 }.count == 5)
    // What is done is not measured again: no two runs take the same nanoseconds.
    let second = try start(["delta-dit:n=2", "magcache"]).finish()
    #expect(second.status == 0)
    #expect(try results().entries == drawn.entries)
    // Another method is added, and the page is drawn anew from the numbers alone.
    #expect(try start(["fora"]).finish().status == 0)
    #expect(try results().entries.prefix(6) == drawn.entries[...])
    let report = try page()
    #expect(report.contains(">fora<") && report.contains("delta-dit:n=2"))
    try FileManager.default.removeItem(atPath: folder.file("out/report.html"))
    let redrawn = try GenerateProcess(
      ["--from", folder.file("out/results.json")], executable: executable
    ).finish()
    #expect(redrawn.status == 0 && redrawn.output.contains(folder.file("out")))
    #expect(try page() == report)
  }

  /// Killed at any moment, the next run keeps every number that is in the file.
  @Test func aKilledRunLosesNothing() throws {
    let (methods, changes) = (["delta-cache", "fora"], ["--rounds": "3"])
    for moment in [1, 3, 6] {
      let process = try start(methods, changes)
      while process.isRunning, ((try? results())?.entries.count ?? 0) < moment { usleep(2000) }
      if moment == 6 { usleep(100_000) }  // within the rounds
      process.signal(SIGKILL)
      _ = process.finish()
      let kept = try results()
      #expect(kept.entries.count >= moment)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
      #expect(!names.contains { $0.hasSuffix(".json") && $0 != "results.json" })
      let result = try start(methods, changes).finish()
      #expect(result.status == 0, "\(result.error)")
      let finished = try results()
      for entry in kept.entries {
        let now = try #require(finished[entry.candidate])
        // The first reference is compared with the second one as soon as there is one.
        #expect(now.toReference == entry.toReference && now.seconds.starts(with: entry.seconds))
        #expect(now.thumbnails == entry.thumbnails && now.seconds.count <= 3)
      }
      try FileManager.default.removeItem(atPath: folder.file("out"))
    }
  }

  @Test func anInterruptedRunHasAReport() throws {
    let process = try start([], ["--images": "12", "--rounds": "50"])
    while process.isRunning, ((try? results())?.entries.count ?? 0) < 3 { usleep(10_000) }
    process.interrupt()
    let result = process.finish()
    #expect(result.status == 130 && result.error.contains("the same command goes on"))
    #expect(try page().contains("delta-dit:quality"))
  }

  /// What a model cannot do is a row that says why; the others go on.
  @Test func aFailureIsARow() throws {
    let result = try start(
      ["delta-dit:nc=99", "faster-cache-guidance", "fora"], ["--cfg-scale": "1"]
    ).finish()
    #expect(result.status == 0, "\(result.error)")
    let entries = try results().entries
    #expect(entries.filter { $0.failure != nil }.count == 2)
    #expect(try #require(try results()[.method("fora", steps: 6)]).isDrawn)
    #expect(try page().contains("class=\"failed\""))
    #expect(result.output.contains("faster-cache-guidance: "))
  }

  @Test func oneImageIsEnough() throws {
    let result = try start(["delta-dit"], ["--images": "1"]).finish()
    #expect(result.status == 0, "\(result.error)")
    let page = try page()
    #expect(!page.contains("nan") && !page.contains("<small>±"))
  }

  /// Images below SSIM's window are compared by all other measures.
  @Test func smallImagesHaveNoSSIM() throws {
    try FileManager.default.copyItem(
      atPath: Fixtures.showcaseModel, toPath: folder.file("model"))
    let file = URL(filePath: folder.file("model/config.json"))
    let text = try String(contentsOf: file, encoding: .utf8)
    let cropped = text.replacing(
      #/"image_crop": \[[^\]]*\]/#, with: "\"image_crop\": [12, 12, 6, 8]")
    #expect(cropped != text)
    try Data(cropped.utf8).write(to: file)
    let result = try start(["delta-dit"], ["--model": folder.file("model")]).finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(try results().entries.allSatisfy { $0.toReference?.ssim.isEmpty ?? false })
    #expect(try page().contains("PSNR to the same steps") && !(try page().contains("SSIM")))
  }

  @Test(arguments: [
    ("--images", "0", 64, "--images"),
    ("--method", "delta-dip", 64, "--method: "),
    ("--method", "delta-dit:x=1", 64, "--method: "),
    ("--prompt", "a cat", 64, "this model draws classes"),
    ("--steps", "2000", 64, "--steps: 2000 steps are not possible: from 1 to 1000 are"),
    ("--reference-steps", "1001", 64, "--reference-steps: 1001 steps are not possible"),
    ("--variant", "fp16", 64, "a variant (--variant) would not be used"),
    ("--budget-of", "time", 64, "--budget-of needs a --budget"),
    ("--from", "x", 64, "'x' anew, beside it, and takes no --batch-size"),
    ("--output", "/dev/null", 1, "the output's folder '/dev/null' takes no new files: File exists"),
    ("--output", "/proc/x", 1, "'/proc/x' takes no new files: No such file or directory"),
  ])
  func mistakesAreErrors(
    _ option: String, _ value: String, _ status: Int32, _ message: String
  ) throws {
    let result = try start([], [option: value]).finish()
    #expect(result.status == status && result.error.contains(message), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
  }

  /// A path of one letter too.
  @Test(arguments: ["/nowhere/results.json", "x"])
  func resultsThatAreNotThereAreNamed(_ path: String) throws {
    let result = try GenerateProcess(
      ["--from", path], executable: executable, folder: folder
    ).finish()
    #expect(result.status == 1 && result.error.contains("\(path): these are no results"))
    #expect(result.error.split(separator: "\n").count == 1)
  }

  @Test func everyPromptIsDrawn() throws {
    let options = arguments(["fora"], ["--model": TemporaryFolder.pixArt, "--images": "1"])
    let result = try GenerateProcess(
      options + ["-p", "two cats", "-p", "a horse"], executable: executable
    ).finish()
    #expect(result.status == 64 && result.error.contains("draws only the first of 2 prompts"))
  }

  @Test func anUnknownInstructionSetIsAMistake() throws {
    let result = try GenerateProcess(
      arguments(["fora"]), environment: ["KERNELS_ISA": "abacus"], executable: executable
    ).finish()
    #expect(result.status == 64 && result.error.hasPrefix("compare: KERNELS_ISA: "))
  }

  @Test func resultsOfAnotherKindAreNotTouched() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("out"), withIntermediateDirectories: true)
    let path = folder.file("out/results.json")
    for (text, reason) in [
      ("{\"rows\": []}", "it has no 'setup'"), ("[]", "it is not what compare writes"),
    ] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let result = try start(["delta-dit"]).finish()
      #expect(result.status == 1)
      #expect(result.error.contains("\(path): these are no results of compare: \(reason)"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test func resultsOfAnotherSetupAreNotTouched() throws {
    #expect(try start(["delta-dit"]).finish().status == 0)
    let old = try Data(contentsOf: URL(filePath: folder.file("out/results.json")))
    let result = try start(["delta-dit"], ["--seed": "5"]).finish()
    #expect(result.status == 1 && result.error.contains("another first seed: 0"))
    #expect(try Data(contentsOf: URL(filePath: folder.file("out/results.json"))) == old)
  }

  /// A limit of file sizes refuses to write as a full disk does.
  @Test func aFullDiskLosesNothing() throws {
    #expect(try start(["delta-dit"]).finish().status == 0)
    let old = try results()
    let result = try GenerateProcess(
      ["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"", executable.path]
        + arguments(["delta-dit", "fora"]),
      executable: URL(filePath: "/bin/sh")
    ).finish()
    #expect(result.status == 1 && result.error.contains("takes no new files"), "\(result.error)")
    #expect(try results().entries == old.entries)
    #expect(try start(["delta-dit", "fora"]).finish().status == 0)
    #expect(try results().entries.prefix(old.entries.count) == old.entries[...])
  }

  /// What a search finds is judged on the images of the comparison, and stays found.
  @Test func searchesWithinABudget() throws {
    let changes = ["--budget": "0.6", "--rounds": "0", "--steps": "4", "--images": "1"]
    let result = try start(["fora"], changes).finish()
    #expect(result.status == 0, "\(result.error)")
    let search = try #require(try results().search)
    #expect(!search.trials.isEmpty && search.triedCount > search.trials.count)
    #expect(search.trials.allSatisfy { $0.share <= 0.6 })
    for candidate in search.candidates {
      #expect(try #require(try results()[candidate]).isDrawn)
    }
    #expect(try start(["fora"], changes).finish().status == 0)
    #expect(try results().search == search)
  }
}
