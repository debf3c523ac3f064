import DiT
import Foundation
import Testing

@Suite struct CacheGrammarTests {
  private func plan(_ text: String, steps: Int = 8, depth: Int = 4) throws -> String {
    try CacheMethods.method(text).plan(for: outline(steps: steps, depth: depth)).description
  }

  private func error(_ text: String) -> String {
    do {
      _ = try CacheMethods.method(text)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func readsKeysPresetsAndWords() throws {
    #expect(try plan("delta-cache:range=1-2,n=4") == "blocks 1-2  R---R---")
    #expect(try plan("delta-cache:position=front,nc=2") == "blocks 0-1  R-R-R-R-")
    #expect(try plan("delta-cache:fast") == "blocks 1-3  R--R--R-")
    #expect(try plan("delta-cache:fast,n=2,nc=25%") == "blocks 3  R-R-R-R-")
    #expect(try plan("steps:11010000") == "blocks 0-3  .R-R----")
    #expect(try plan("delta-cache:n=4,warmup=2,cooldown=1,most=1") == "blocks 1-3  .R-.R-..")
    #expect(
      try plan("delta-cache:n=4+faster-cache-guidance:n=4,start=0")
        == "blocks 1-3     R---R---\nunconditional  R---R---")
  }

  @Test func printsTheSettingsOfAPreset() throws {
    #expect(try CacheMethods.method("fora:fast").text == "fora:n=5")
    #expect(try CacheMethods.method("fora:balanced").text == "fora")
    #expect(try CacheMethods.method("fora:n=2").text == "fora:n=2")
  }

  /// Presets are for every model: a depth that one cannot have is no fault of the user's.
  @Test func presetsFitEveryDepth() throws {
    for type in CacheMethods.all {
      for (preset, depth) in CachePresets.names.flatMap({ p in [1, 2, 3, 5, 28].map { (p, $0) } }) {
        do {
          _ = try plan("\(type.name):\(preset)", steps: 20, depth: depth)
        } catch CacheError.calibrationMissing {
        } catch CacheError.inapplicable(_, let reason) {
          #expect(depth == 1 || !reason.contains("block"))
        }
      }
    }
    #expect(try plan("dbcache:fast", depth: 28).hasPrefix("blocks 8-27"))
    #expect(try plan("dbcache:fast", depth: 12).hasPrefix("blocks 4-11"))
    #expect(try plan("dbcache:fast", depth: 2).hasPrefix("blocks 1 "))
    #expect(try plan("dbcache:back=2,warmup=0", depth: 4).hasPrefix("blocks 1 "))
  }

  /// A model without blocks stops no method.
  @Test func modelsWithoutBlocksAreRefused() {
    for type in CacheMethods.all {
      // Some reuse the prediction or a stream.
      _ = try? plan("\(type.name):\(type.about.sample)", depth: 0)
    }
    for text in ["adacache", "adacache:block=0", "delta-dit:target=0.5", "dbcache", "speca"] {
      let error = #expect(throws: CacheError.self) { try plan(text, depth: 0) }
      #expect(error?.description.hasSuffix("cannot apply: the model has no blocks") == true)
    }
    let error = #expect(throws: CacheError.self) { try plan("steps:10110100", depth: 0) }
    #expect(error?.description.hasSuffix("cannot be cached: the model has no blocks") == true)
  }

  @Test func refusesWithWhatThereIs() {
    #expect(error("delta").contains("there is no cache 'delta'; there are delta-dit,"))
    #expect(error("fora:m=3").contains("fora has no 'm'; it has"))
    #expect(error("fora:slow").contains("fora has no 'slow'; it has"))
    #expect(error("fora:fast,quality") == "fora takes one preset, and 'quality' is another")
    #expect(error("fora:n") == "fora: n must be a whole number from 1, not ''")
    #expect(error("fora:dry,n=2,dry") == "fora: dry must be given once, not 'dry,dry'")
    #expect(error("fora:dry=1") == "fora: dry must be given without a value, not '1'")
    #expect(error("fora:fast=1") == "fora: fast must be given without a value, not '1'")
    #expect(error("fora:n=0") == "fora: n must be a whole number from 1, not '0'")
    #expect(error("first-block-cache:threshold=-1").contains("a number from 0"))
    #expect(error("delta-cache:position=top").contains("one of front, middle, rear"))
    #expect(error("delta-cache:range=5-2").contains("a range LOW-HIGH"))
    #expect(
      error("smoothcache")
        == "smoothcache needs a calibration of this model; make one first and give "
        + "calibration=FILE")
    for text in ["", ":", "fora:", "fora:n=", "fora:,", "fora:n=2,n=3", "fora+", "fo ra"] {
      #expect(error(text).contains("form NAME") || error(text).contains("there is no"))
    }
    #expect(throws: CacheError.self) { try plan("steps:1101", steps: 8) }
    #expect(throws: CacheError.self) { try plan("steps:01111111") }
    #expect(throws: CacheError.self) { try plan("delta-dit+fora") }
  }

  @Test func listsEveryMethodWithItsKeys() {
    for type in CacheMethods.all {
      #expect(
        CacheMethods.list.contains("\n\(type.name)\n") || CacheMethods.list.hasPrefix(type.name))
      #expect(type.about.source.hasPrefix("https://"))
    }
    #expect(CacheMethods.list.contains("one step in so many is full (2)"))
  }

  @Test func warnsOfFewSteps() throws {
    func warnings(_ text: String, steps: Int) throws -> [String] {
      let method = try CacheMethods.method(text)
      return method.warnings(for: try method.plan(for: outline(steps: steps, depth: 2)))
    }
    #expect(
      try warnings("fora", steps: 4)
        == ["4 steps are few: neighbouring ones differ much, and little can be reused"])
    #expect(try warnings("fora", steps: 20).isEmpty)
    // What the settings leave nothing to do for says so before the run.
    for text in ["fora:n=1", "fora:warmup=20", "dbcache:cooldown=20", "delta-dit:nc=0"] {
      #expect(
        try warnings(text, steps: 20) == ["with these settings nothing is reused in 20 steps"])
    }
  }
}

@Suite struct CacheCalibrationTests {
  private let run = outline(steps: 4, depth: 2)
  private var calibration: CacheCalibration {
    CacheCalibration(
      method: "smoothcache", run, tables: ["a": [[0], [1], [2], [3]]])
  }

  @Test func comesBackFromItsFile() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try calibration.write(path: path)
    #expect(try CacheCalibration(path: path) == calibration)
    try Data("{}".utf8).write(to: URL(filePath: path))
    #expect(throws: CacheError.self) { try CacheCalibration(path: path) }
    var others = [calibration, calibration]
    (others[0].steps, others[0].tables) = (0, [:])
    others[1].tables["a"]?.removeLast()
    for other in others {
      try other.write(path: path)
      #expect(throws: CacheError.self) { try CacheCalibration(path: path) }
    }
    try Data("no".utf8).write(to: URL(filePath: path))
    #expect(throws: CacheError.self) { try CacheCalibration(path: path) }
    #expect(throws: CacheError.self) { try CacheCalibration(path: path + ".none") }
    // It would never end.
    #expect(throws: CacheError.self) { try CacheCalibration(path: "/dev/zero") }
  }

  /// The keys of its file are those of the type, not words with underscores.
  @Test func namesTheKeyAtFault() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try calibration.write(path: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (part, other, reason) in [
      (#/"guidanceScale" : 4,/#, "", "key 'guidanceScale' is missing"),
      (#/"size" : \[[^\]]*\]/#, "\"size\": [\"a\"]", "key 'size[0]' must be an integer"),
      (
        #/"a" : \[[^a-z]*\]/#, "\"a\": [[0], [1], [true]]",
        "key 'tables.a[2][0]' must be a number"
      ),
      (#/"a" : \[[^a-z]*\]/#, "\"5\": [1]", "key 'tables.5[0]' must be a list"),
    ] {
      try text.replacing(part, with: other)
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: CacheError.calibrationFile(path, reason: reason)) {
        try CacheCalibration(path: path)
      }
    }
  }

  @Test func otherStepsTakeTheNearest() throws {
    func table(_ steps: Int) throws -> [Double] {
      try calibration.table("a", of: "smoothcache", for: outline(steps: steps, depth: 2)).map {
        $0[0]
      }
    }
    #expect(try table(4) == [0, 1, 2, 3])
    #expect(try table(7) == [0, 1, 1, 2, 2, 3, 3])
    #expect(try table(2) == [0, 3])
    #expect(calibration.warnings(for: run).isEmpty)
    #expect(calibration.warnings(for: outline(steps: 7, depth: 2)).count == 1)
    #expect(
      calibration.warnings(for: outline(steps: 4, depth: 2, guidance: 1))
        == ["the calibration is of guidance 4.0, the run has 1.0"])
  }

  @Test func refusesOtherModelsSamplersSizesAndMethods() throws {
    var others = [run, run, run]
    others[0].sampler = "dpm"
    others[1].architecture.sampleShape = [4, 16, 16]
    others[2] = RunOutline(
      architecture: run.architecture, timesteps: [3, 2, 1, 0], sampler: "ddim", guidanceScale: 4,
      fingerprint: "another")
    for other in others {
      #expect(throws: CacheError.self) {
        try calibration.table("a", of: "smoothcache", for: other)
      }
    }
    #expect(throws: CacheError.self) { try calibration.table("a", of: "teacache", for: run) }
    #expect(throws: CacheError.self) { try calibration.table("b", of: "smoothcache", for: run) }
    #expect(throws: CacheError.self) {
      try calibration.table("a", of: "smoothcache", for: run, columns: 2)
    }
  }
}

/// The method that `docs/caching.md` shows.
@Suite struct CustomCacheMethodTests {
  @Test func theMethodOfTheDocumentationRuns() throws {
    var parameters = CacheParameters(method: LateAttention.name, values: ["share": "50"])
    let method = try LateAttention(&parameters)
    let plan = try method.plan(for: outline(steps: 6, depth: 4))
    #expect(plan.description == "attention 2-3  R-R-R-")
    let plain = PlainRun()
    #expect(try plain.sampled(method) != plain.sampled(nil))
  }

  @Test func theDocumentationShowsThisFile() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let code = try String(
      contentsOf: tests.appending(path: "CustomCacheMethod.swift"), encoding: .utf8)
    let page = try String(
      contentsOf: tests.appending(path: "../../../docs/caching.md"), encoding: .utf8)
    #expect(page.contains("```swift\n\(code)```"))
  }
}
