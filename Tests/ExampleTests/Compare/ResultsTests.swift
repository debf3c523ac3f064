import Foundation
import Testing
import _ExampleCommandLine
import _ExampleStudy

@testable import compare

@Suite struct ResultsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func setup(
    model: String = "DiT-1", steps: Int = 20, images: Int = 3, autoencoder: String = "null",
    variant: String? = nil
  ) throws -> Study.Setup {
    try JSONDecoder().decode(
      Study.Setup.self,
      from: Data(
        """
        {"model": "m", "fingerprint": "\(model)", "precision": "f32", "sampler": "ddim",
         "steps": \(steps), "guidanceScale": 4, "images": \(images), "seed": 7, "batchSize": 2,
         "prompts": [], "autoencoder": \(autoencoder)
         \(variant.map { #", "variant": "\#($0)""# } ?? "")}
        """.utf8))
  }

  private func results(_ setup: Study.Setup) -> Results {
    var results = Results(
      setup: setup, referenceSteps: 250, machine: Machine(threads: 2, version: "1"), command: "c")
    var entry = Results.Entry(.method("delta-dit:fast", steps: 20))
    entry.settings = "delta-dit:n=3"
    entry.isDrawn = true
    entry.seconds = [0.1, 0.30000000000000004]
    entry.frechet = .init(value: 12.5, replicates: [12, 13])
    entry.recognised = [true, false, true]
    entry.trace = [["blocks 0-11", "R--"]]
    entry.thumbnails = ["AAAA"]
    var failed = Results.Entry(.method("x", steps: 20))
    failed.failure = "why"
    results.entries = [entry, failed]
    results.search = .init(
      budget: .init(share: 0.5, isOfTime: true), imageCount: 16, triedCount: 3,
      trials: [.init(candidate: entry.candidate, share: 0.4, psnr: 30)])
    return results
  }

  @Test func areReadAsTheyWereWritten() throws {
    let results = results(try setup())
    let path = folder.file("results.json")
    try jsonReport(results, isOneLine: true).write(toFile: path, atomically: true, encoding: .utf8)
    let read = try Results(path: path)
    #expect(read.entries == results.entries && read.search == results.search)
    #expect(read.setup == results.setup && read.machine == results.machine)
    try read.require(results, path: path)
  }

  @Test func ofAnotherSetupAreNotMixed() throws {
    let old = results(try setup())
    for (other, what) in [
      (try setup(model: "DiT-2"), "model: DiT-1, and this run is of DiT-2"),
      (try setup(steps: 50), "number of steps: 20, and this run is of 50"),
      (try setup(images: 4), "number of images: 3, and this run is of 4"),
      (try setup(autoencoder: #""v""#), "autoencoder: the model's, and this run is of v"),
      (try setup(variant: "fp16"), "variant of the weights: none, and this run is of fp16"),
    ] {
      #expect {
        try old.require(results(other), path: "r.json")
      } throws: {
        "\($0)".hasPrefix("r.json holds results of another \(what);")
      }
    }
  }

  @Test func onePathIsOneAutoencoder() throws {
    let path = folder.path
    let old = results(try setup(autoencoder: "\"\(path)\""))
    for other in ["\(path)/", "\(path)/.", path.replacing("/", with: "//")] {
      try old.require(results(setup(autoencoder: "\"\(other)\"")), path: "r.json")
    }
  }

  @Test func pagesTellOfTheAutoencoderAndTheVariant() throws {
    let text = page(Analysis(results(try setup(autoencoder: #""v/vae""#, variant: "fp16"))))
    #expect(text.contains("<dt>autoencoder</dt><dd>v/vae</dd>"))
    #expect(text.contains("<dt>variant of the weights</dt><dd>fp16</dd>"))
    #expect(!page(Analysis(results(try setup()))).contains("<dt>autoencoder</dt>"))
  }

  @Test func whatIsNoneIsRefused() throws {
    let path = folder.file("results.json")
    #expect(throws: CompareError.results(path, reason: "it cannot be read")) {
      try Results(path: path)
    }
    for (text, reason) in [("{", "it is not what compare writes"), ("{}", "it has no 'setup'")] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: CompareError.results(path, reason: reason)) { try Results(path: path) }
    }
  }

  /// Candidates are told apart by what they draw, and presets with the same settings are one.
  @Test func everyMethodIsComparedOnce() {
    let all = Candidate.allMethods(steps: 20)
    #expect(Set(all).count == all.count && all.count >= 20)
    #expect(all.allSatisfy { $0.cache?.hasPrefix($0.family + ":") ?? false })
    #expect(Candidate.ladder(below: 20, all: true).map(\.steps) == Array(4..<20))
    #expect(Candidate.ladder(below: 20, all: false).map(\.steps) == [4, 7, 10, 13, 16, 19])
    #expect(Candidate.ladder(below: 3, all: true).map(\.steps) == [2])
  }
}
