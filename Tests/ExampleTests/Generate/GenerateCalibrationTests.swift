import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateCalibrationTests {
  private let common = ["--class", "bag", "--class", "coat", "--steps", "4"]

  /// A calibration of SmoothCache in a folder.
  private func calibrate(_ folder: TemporaryFolder) throws -> String {
    let path = folder.file("calibration.json")
    let result = try GenerateProcess(
      common + ["--calibrate", "smoothcache", "-o", path]
    ).finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output == "measured   2 images for smoothcache\nwrote      \(path)\n")
    #expect(try folder.names == ["calibration.json"])
    return path
  }

  private func draw(_ folder: TemporaryFolder, _ more: [String]) throws -> GenerateResult {
    try GenerateProcess(common + ["-o", folder.file("image.png")] + more).finish()
  }

  @Test func aCalibrationServesLaterRuns() throws {
    let folder = try TemporaryFolder()
    let path = try calibrate(folder)
    func latents(_ name: String, _ more: [String]) throws -> Data {
      let result = try draw(folder, more + ["--latents-out", folder.file(name)])
      #expect(result.status == 0, "\(result.error)")
      #expect(!result.error.contains("note: the calibration"))
      return try Data(contentsOf: URL(filePath: folder.file(name)))
    }
    let cached = try latents(
      "a.npy", ["--cache", "smoothcache:alpha=0.5,calibration=\(path)"])
    #expect(
      try latents("b.npy", ["--cache", "smoothcache:alpha=0.5", "--calibration", path]) == cached)
    #expect(try latents("c.npy", []) != cached)
  }

  @Test func otherStepsTakeTheNearest() throws {
    let folder = try TemporaryFolder()
    let path = try calibrate(folder)
    let result = try generate(
      "--class", "bag", "--steps", "9", "--cache", "smoothcache:calibration=\(path)", "-o",
      folder.file("image.png"))
    #expect(result.status == 0)
    #expect(result.error.contains("note: the calibration is of 4 steps, the run has 9"))
  }

  @Test func refusesWhatItIsNotOf() throws {
    let folder = try TemporaryFolder()
    let path = try calibrate(folder)
    func message(_ more: [String]) throws -> String {
      let result = try draw(folder, more)
      #expect(result.status == 64)
      return result.error
    }
    #expect(
      try message(["--sampler", "dpm++2m", "--cache", "smoothcache:calibration=\(path)"])
        .contains("the calibration is of sampler ddim, the run has dpm++2m"))
    #expect(
      try message(["--cache", "magcache:calibration=\(path)"])
        .contains("the calibration is of method smoothcache, the run has magcache"))
    #expect(try message(["--cache", "smoothcache"]).contains("give calibration=FILE"))
    #expect(
      try message(["--cache", "fora:calibration=\(path)"]).contains("fora has no 'calibration'"))
    for cache in [["--cache", "fora"], ["--cache", "none"], []] {
      #expect(
        try message(cache + ["--calibration", path])
          .contains("--calibration: no method of --cache takes it"))
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (name, contents, reason) in [
      ("empty.json", "{}", "is no calibration of a cache: key 'method' is missing"),
      ("text.json", "calibration", "it is not valid JSON: line 1, column 1: a value is expected"),
      ("list.json", "[]", "is no calibration of a cache: it is not a JSON object"),
      (
        "number.json", text.replacing("\"steps\" : 4", with: "\"steps\" : 1e30"),
        "is no calibration of a cache: 'steps' is 1e30, which is not a number of the kind"
      ),
      (
        "table.json", text.replacing("\n        0\n", with: "\n        1e999\n"),
        "' is 1e999, which is not a number of the kind"
      ),
      (
        "model.json", text.replacing("\"model\" : \"", with: "\"model\" : \"other-"),
        "the calibration is of model other-DiT-"
      ),
      (
        "size.json", text.replacing("\n    32,", with: "\n    64,"),
        "the calibration is of size [64, 32], the run has [32, 32]"
      ),
    ] {
      try contents.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
      let found = try message(["--cache", "smoothcache:calibration=\(folder.file(name))"])
      #expect(found.contains(reason))
    }
    #expect(
      try message(["--cache", "smoothcache:calibration=/nowhere.json"])
        .contains("/nowhere.json is no calibration of a cache: it cannot be read"))
  }

  @Test(arguments: [
    (["--calibrate", "fora"], "'fora' is no method that measures the model; those that do are"),
    (["--calibrate", "magcache", "--cache", "fora"], "takes no --cache"),
    (["--calibrate", "magcache", "--grid"], "takes no --grid"),
    (["--calibrate", "magcache", "--json-progress"], "takes no --json-progress"),
    (
      ["--calibrate", "magcache", "--reference", "f32"],
      "'magcache' corrects no precision; those that do are cache-quant, q-and-c"
    ),
    (["--reference", "f32"], "--reference needs --calibrate"),
    (["--calibrate", "magcache", "-o", "x.png"], "'x.png' must end in .json"),
    (["--calibrate", "magcache", "-o", "/nowhere/x.json"], "'/nowhere' does not exist"),
  ])
  func refusesOptions(_ options: [String], _ message: String) throws {
    let result = try GenerateProcess(options).finish()
    #expect(result.status != 0 && result.error.contains(message), "\(result.error)")
  }

  /// A quantized model with a cache, corrected to the model in 32 bits.
  @Test(arguments: [
    ("cache-quant", nil, "cache-quant:n=2"), ("q-and-c", nil, "q-and-c:n=2"),
    ("q-and-c", "delta-dit:nc=6,b=2", "delta-dit:nc=6,b=2+q-and-c:n=1"),
  ])
  func correctsAQuantizedModel(_ method: String, _ other: String?, _ cache: String) throws {
    let folder = try TemporaryFolder()
    let (exact, plain) = (folder.file("exact.json"), folder.file("plain.json"))
    let measuring =
      common + ["--precision", "int8", "--calibrate", method]
      + (other.map { ["--cache", $0] } ?? [])
    for options in [["--reference", "f32", "-o", exact], ["-o", plain]] {
      let result = try GenerateProcess(measuring + options).finish()
      #expect(result.status == 0, "\(result.error)")
    }
    func latents(_ name: String, _ more: [String]) throws -> Data {
      let result = try draw(
        folder, ["--precision", "int8", "--latents-out", folder.file(name)] + more)
      #expect(result.status == 0, "\(result.error)")
      return try Data(contentsOf: URL(filePath: folder.file(name)))
    }
    // Both calibrations serve, and they correct to different values.
    let all = try [
      latents("a.npy", ["--cache", cache, "--calibration", exact]),
      latents("b.npy", ["--cache", cache, "--calibration", plain]), latents("c.npy", []),
    ]
    #expect(Set(all).count == 3)
  }

  /// The reference, which reads no text encoder, is that of a model whose encoder has the variant.
  @Test func theReferenceTakesTheVariantOfTheModel() throws {
    let folder = try TemporaryFolder()
    let texts = try folder.pixArt() + "/text_encoder/model"
    try FileManager.default.moveItem(
      atPath: texts + ".safetensors", toPath: texts + ".fp16.safetensors")
    let result = try GenerateProcess([
      "--model", TemporaryFolder.pixArt, "--text-encoder", folder.file("pixart"), "--variant",
      "fp16", "-p", "two cats", "--steps", "2", "--precision", "int8", "--calibrate",
      "cache-quant", "--reference", "f32", "-o", folder.file("c.json"),
    ]).finish()
    #expect(result.status == 0, "\(result.error)")
  }

  @Test func tellsPrograms() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m.json")
    let result = try generate(
      "--class", "bag", "--steps", "2", "--calibrate", "magcache", "--json", "-o", path)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["method"] as? String == "magcache" && report["images"] as? Int == 1)
    #expect(report["output"] as? String == path)
  }
}
