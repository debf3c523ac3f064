import Foundation
import Testing
import _TestSupport

/// A run that is spread over several processes gives the same files.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateShardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func draw(
    _ options: String..., environment: [String: String] = [:]
  ) throws -> GenerateResult {
    try GenerateProcess(
      ["--class", "bag", "--class", "shirt", "-b", "5", "--steps", "2"] + options,
      environment: environment, folder: folder
    ).finish()
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.file(path)))
  }

  @Test func givesTheSameBytesInAnyNumberOfShards() throws {
    #expect(try draw("-o", "1/", "--latents-out", "1/{seed}.npy", "--quiet").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("1")).sorted()
    #expect(names.count == 20)
    for count in [3, 8] {
      for number in 1...count {
        let result = try draw(
          "-o", "\(count)/", "--latents-out", "\(count)/{seed}.npy", "--quiet", "--no-clobber",
          "--shard", "\(number)/\(count)")
        #expect(result.status == 0, "\(result.error)")
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.file("\(count)")).sorted()
          == names)
      for name in names { #expect(try bytes("\(count)/\(name)") == bytes("1/\(name)")) }
    }
  }

  /// The numbers of files are those of the whole run.
  @Test func numbersThroughShards() throws {
    let result = try draw(
      "-o", "x.png", "--shard", "auto",
      environment: ["SLURM_PROCID": "2", "SLURM_NTASKS": "3"])
    #expect(result.status == 0)
    #expect(result.error.contains("shard      3 of 3, by Slurm: 4 of 10 images\n"))
    #expect(try folder.names == (7...10).map { "x-\($0 < 10 ? "000" : "00")\($0).png" })
  }

  @Test func filesOfAllImagesAreNamedAfterTheirShard() throws {
    let result = try draw(
      "-o", "x.npy", "--latents-out", "l.npy", "--shard", "2/3", "--json", "--quiet")
    #expect(try folder.names == ["l-2-of-3.npy", "x-2-of-3.npy"])
    #expect(result.output.contains("\"number\" : 2"))
  }

  @Test func aShardMayHaveNoImage() throws {
    let result = try draw("-o", "x.png", "--shard", "1/20")
    #expect(result.status == 0 && result.error.contains("sampling   0 images"))
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [
    (["--shard", "0/3"], "I/N with I from 1 to N"),
    (["--shard", "4/3"], "I/N with I from 1 to N"),
    (["--shard", "auto"], "no launcher has numbered this process"),
    (["--shard", "1/2", "-s", "-1"], "another seed in each shard"),
  ])
  func refusesShards(_ options: [String], _ message: String) throws {
    let result = try GenerateProcess(options, folder: folder).finish()
    #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
  }
}
