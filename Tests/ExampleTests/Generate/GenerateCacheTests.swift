import DiT
import Foundation
import Testing

/// What `generate` says of a cache: before the run, after it, and where it is refused.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateCacheTests {
  private func draw(_ cache: String, _ more: String...) throws -> GenerateResult {
    try GenerateProcess(
      ["--class", "bag", "--steps", "10", "-o", "/dev/null", "--cache", cache] + more
    ).finish()
  }

  /// The plan and its memory come first, what happened and what it took last.
  @Test func tellsThePlanAndWhatHappened() throws {
    let result = try draw("taylorseer:fast,of=stack")
    #expect(result.status == 0)
    // An offset, and four differences of it: two rows of 64 tokens of 192 numbers.
    let kilobytes = 5 * 2 * 64 * 192 * 4 / 1000
    #expect(
      result.error.contains(
        """
        cache      taylorseer:n=5,of=stack,order=4, at most \(kilobytes) kB
                   blocks 0-11  RR----R---
        """), "\(result.error)")
    #expect(result.output.contains("reused     84 of 120 blocks; "), "\(result.output)")
    #expect(result.output.contains("\n           blocks 0-11  RR----R---\n"))
  }

  @Test(arguments: [
    ("first-block-cache:threshold=1e-9", "blocks 1-11: nothing was reused; its indicator was "),
    ("first-block-cache:threshold=99", "every step that the gate decided was reused; its"),
  ])
  func saysWhyNothingOrAllWasReused(_ cache: String, _ note: String) throws {
    // One note for all images.
    let result = try draw(cache, "--class", "coat", "-b", "2")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("note       ") }
    #expect(lines.count == 1 && lines[0].contains(note), "\(result.output)")
  }

  @Test func saysBeforeTheRunThatNothingWillBeReused() throws {
    for cache in ["fora:n=1", "speca:warmup=10", "dbcache:cooldown=10", "steps:1111111111"] {
      let result = try draw(cache)
      #expect(result.status == 0)
      #expect(
        result.error.contains(
          """
                     everything is computed
                     note: with these settings nothing is reused in 10 steps
          """), "\(result.error)")
    }
  }

  /// A dry run prints, for each step, the indicator and what five thresholds would have done.
  @Test func aDryRunPrintsWhatThresholdsWouldHaveDone() throws {
    let result = try draw("first-block-cache:threshold=0.2,dry")
    #expect(result.status == 0 && result.output.contains("reused     0 of 120 blocks"))
    #expect(!result.output.contains("nothing was reused"))
    let lines = result.output.split(separator: "\n").map(String.init)
    let header = try #require(
      lines.firstIndex { $0.hasPrefix("  step  indicator") }, "\(result.output)")
    #expect(
      lines[header].split(separator: " ").dropFirst(2).map(String.init)
        == ["0.05", "0.1", "0.2", "0.4", "0.8"])
    for step in 1..<10 {
      let row = lines[header + step].split(separator: " ")
      let indicator = try #require(row.dropFirst().first.flatMap { Double($0) })
      #expect(row.count == 7 && Int(row[0]) == step && indicator > 0)
      #expect(row.dropFirst(2).allSatisfy { $0 == "R" || $0 == "-" })
      // The third threshold is the run's own, and a larger one reuses where a smaller one does, as
      // long as both have computed the same steps.
      if step == 1 {
        #expect(row[4] == (indicator < 0.2 ? "-" : "R"))
      }
    }
  }

  @Test(arguments: [
    ("delta-dit:n=1e99", "n must be a whole number from 1, not '1e99'"),
    ("delta-dit:n=99999999999999999999", "n must be a whole number from 1"),
    ("delta-dit:n=-3", "n must be a whole number from 1, not '-3'"),
    ("delta-dit:=3", "is not of the form"), ("delta-dit:n=2,n=3", "with each key once"),
    ("delta-dit:,", "is not of the form"), ("delta-dit:n=2,", "is not of the form"),
    ("delta-dit:nc=-50%", "nc must be a number of blocks or a share such as 75%"),
    ("delta-dit:nc=nan%", "nc must be a number of blocks or a share such as 75%"),
    ("delta-dit:nc=9999999", "nc must be from 0 to 12"),
    ("easycache:threshold=nan", "threshold must be a number from 0.0, not 'nan'"),
    ("easycache:threshold=inf", "threshold must be a number from 0.0, not 'inf'"),
    ("easycache:start=101", "start must be a number from 0.0 to 100.0, not '101'"),
    ("dbcache:front=12", "front must be from 1 to 11, not '12'"),
    ("dbcache:back=9223372036854775807", "back must be from 0 to 10"),
    ("profiling-dit:blocks=0-999999", "cannot be cached: the model has blocks 0-11"),
    ("fora+", "'' is not of the form"), ("+fora", "is not of the form"), ("fora++fora", "form"),
    ("fora+fora", "cannot both be cached in step"),
    ("delta-dit+teacache", "cannot both be cached in step"),
    ("faster-cache-guidance+easycache+fora", "cannot both be cached in step"),
    ("first-block-cache+delta-cache:range=0-0", "a gate looks at the offset of blocks 0, which"),
  ])
  func refuses(_ cache: String, _ message: String) throws {
    let result = try draw(cache)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(result.error.hasPrefix("generate: --cache: "))
    #expect(result.error.contains(message), "\(result.error)")
  }

  @Test func joinsThree() throws {
    let result = try draw(
      "delta-cache:range=0-3,n=3+delta-cache:range=4-7,n=3+faster-cache-guidance:n=3,start=20")
    #expect(result.status == 0)
    #expect(
      result.output.contains(
        """
                   blocks 0-3     R--R--R--.
                   blocks 4-7     R--R--R--.
                   unconditional  .R-R--R--.
        """), "\(result.output)")
  }
}
