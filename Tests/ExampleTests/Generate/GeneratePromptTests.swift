import Foundation
import Tensor
import Testing
import _TestSupport

/// `generate` with a model that draws from prompts.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GeneratePromptTests {
  private static let prompts = [
    "-p", "A photo of an ASTRONAUT riding a horse", "-p", "two cats",
  ]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `generate` in the folder.
  private func draw(
    _ options: [String], model: String = TemporaryFolder.pixArt
  ) throws -> GenerateResult {
    try GenerateProcess(["--model", model] + options, folder: folder).finish()
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.file(path)))
  }

  /// The images `x-0001.png`, `x-0002.png` and the latents `l.npy` are those of a golden run.
  private func expect(_ name: String) throws {
    let runs = try Fixtures.open("pixart/runs")
    let latents = try NumPyFile.read(folder.file("l.npy")).converted(to: Float.self)
    let expected = try runs["\(name).latents"]
    #expect(latents.shape == expected.shape)
    #expect(relativeError(latents.elements, expected.elements) < 1e-3)
    let levels = try runs["\(name).images"]
    for index in 0..<2 {
      let image = try PNG.read(folder.file("x-000\(index + 1).png")).converted(to: Float.self)
      let far = zip(image.elements, levels[index].elements).count { abs($0 - $1) > 1 }
      #expect(far <= image.count / 500)
    }
  }

  @Test func drawsWhatDiffusersDraws() throws {
    let result = try draw(
      Self.prompts + ["-n", "a dog", "--steps", "5", "-o", "x.png", "--latents-out", "l.npy"])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("2 images, 16 × 16, dpm++2m, 5 steps, guidance 4.5, seed 42"))
    #expect(
      result.error.contains(
        "prompt     'A photo of an ASTRONAUT riding a horse' and 1 more, away from 'a dog'"))
    try expect("alpha")
  }

  @Test func drawsTheSizeThatIsAskedFor() throws {
    let result = try draw(
      Self.prompts + [
        "-n", "a dog", "--steps", "3", "-W", "40", "-H", "24", "-o", "x.png", "--latents-out",
        "l.npy", "--json",
      ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("\"width\" : 40") && result.output.contains("\"height\" : 24"))
    #expect(result.output.contains("\"negativePrompt\" : \"a dog\""))
    try expect("wide")
  }

  /// The folder's scheduler decides how a model is sampled.
  @Test func drawsFewStepsWithModelsThatWereMadeForThem() throws {
    let model = try folder.pixArt(
      replacing: (
        "scheduler/scheduler_config.json", "DPMSolverMultistepScheduler", "LCMScheduler"
      ))
    let result = try draw(
      Self.prompts + ["-n", "a dog", "-o", "x.png", "--latents-out", "l.npy"], model: model)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("lcm, 4 steps, guidance 1.0"))
    #expect(result.error.contains("warning: --negative-prompt does nothing without guidance"))
    try expect("lcm")
  }

  @Test func drawsThePublishedSizeOfTheNearestAspectRatio() throws {
    let model = try folder.pixArt(
      replacing: ("transformer/config.json", "\"sample_size\": 8", "\"sample_size\": 128"),
      (
        "transformer/config.json", "\"use_additional_conditions\": null",
        "\"use_additional_conditions\": false"
      ))
    let result = try draw(
      ["-p", "a", "--steps", "1", "-W", "1000", "-H", "270", "--bins", "-o", "x.png"],
      model: model)
    #expect(result.status == 0, "\(result.error)")
    #expect(try PNG.read(folder.file("x.png")).shape == [128, 464, 3])
  }

  @Test(arguments: [
    (Self.prompts + ["-o", "./"], ["a-photo-of-an-astronaut-riding-a-horse-42", "two-cats-43"]),
    (Self.prompts + ["-b", "2", "-o", "{index}-{seed}"], ["1-42", "1-43", "2-44", "2-45"]),
    (["-p", "!", "-p", "Löwe", "-o", "{prompt}"], ["löwe", "prompt-1"]),
    (
      ["-p", String(repeating: "word ", count: 40), "-o", "{prompt}"],
      [
        Array(repeating: "word", count: 20).joined(separator: "-")
      ]
    ),
  ])
  func namesFiles(_ options: [String], _ expected: [String]) throws {
    let result = try draw(["--steps", "1", "--quiet"] + options)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let names = (FileManager.default.subpaths(atPath: folder.path) ?? []).sorted()
    #expect(names == expected.map { $0 + ".png" })
  }

  @Test func readsPromptsFromAFile() throws {
    // The marks of some editors: the order of bytes, and both characters of a line break.
    try Data("\u{FEFF}two cats\r\n a dog \n".utf8).write(to: URL(filePath: folder.file("p.txt")))
    let result = try draw(["--prompt-file", "p.txt", "--steps", "1", "--json", "-o", "x.png"])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["prompts"] as? [String] == ["two cats", " a dog "])
    #expect(report["images"] as? Int == 2 && report["encodingSeconds"] is Double)
    let typed = try draw(
      ["-p", "two cats", "-p", " a dog ", "--steps", "1", "--quiet", "-o", "y.png"])
    #expect(typed.status == 0)
    for number in 1...2 { #expect(try bytes("x-000\(number).png") == bytes("y-000\(number).png")) }
  }

  @Test(arguments: [
    (Data("a\n\nb".utf8), "'p.txt', line 2: it is empty; a line must hold a prompt"),
    (Data("a\n \t\r\nb".utf8), "line 2: it is empty"),
    (Data("a\nb\n\u{C3}\n".utf8.dropLast(2)) + [0x0A], "line 3: it is not a text in UTF-8"),
    (Data("a\0".utf8), "line 1: it is not a text in UTF-8"),
    (Data(), "'p.txt' has no line"),
  ])
  func namesTheLineThatIsNoPrompt(_ content: Data, _ message: String) throws {
    try content.write(to: URL(filePath: folder.file("p.txt")))
    let result = try draw(["--prompt-file", "p.txt", "-o", "x.png"])
    #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
    #expect(try folder.names == ["p.txt"])
  }

  @Test func refusesAnArgumentThatIsNoText() throws {
    let result = try GenerateProcess(
      ["-c", "exec \"$0\" -p \"$(printf 'a\\377')\"", GenerateProcess.executable.path],
      executable: URL(filePath: "/bin/sh"), folder: folder
    ).finish()
    #expect(result.status == 64)
    #expect(result.error.contains("argument 2, 'a\u{FFFD}', is not a text in UTF-8"))
  }

  @Test func saysWhatOfAPromptIsCutOff() throws {
    let text = Array(repeating: "cat", count: 200).joined(separator: " ") + " in a garden"
    let result = try draw(["-p", text, "-n", text, "--steps", "1", "-o", "x.png"])
    #expect(result.status == 0, "\(result.error)")
    for name in ["prompt 1", "the negative prompt"] {
      #expect(
        result.error.contains(
          "warning: \(name) is longer than the 120 tokens that the model reads; this is cut off: '"
        ))
    }
    #expect(result.error.contains("cat in a garden'\n"))
  }

  @Test(arguments: [
    (["-p", "a", "-W", "18"], "images of 16 × 18 pixels; it draws multiples of 4, up to 2048"),
    (["-p", "a", "-H", "4000"], "images of 4000 × 16 pixels; it draws multiples of 4"),
    (["-p", "a", "--bins"], "--bins: there are no published sizes for this model"),
    ([], "name what to draw with --prompt or --prompt-file"),
    (["--class", "1"], "--class is for models that draw classes, and this one draws from prompts"),
    (["--list-classes"], "draws from prompts, and has no classes to list"),
    (
      [
        "-p", "a", "--save-embeddings", "e.safetensors", "--variant", "fp16", "--text-encoder",
        TemporaryFolder.pixArt,
      ], "/text_encoder' has no weights of 'fp16'"
    ),
    (["-p", "a", "-o", "{class}.png"], "there are {prompt}, {index}, {seed}, {number}"),
    (["--prompt-file", "/nowhere.txt"], "--prompt-file: cannot read '/nowhere.txt'"),
    (["--prompt-file", "/dev/zero"], "--prompt-file: '/dev/zero' has more than 16777216 bytes"),
    (
      ["-p", "a", "--grid", "--skip-existing"],
      "give --output FOLDER/ or a pattern such as {prompt}-{seed}"
    ),
  ])
  func explainsWhatCannotBe(_ options: [String], _ message: String) throws {
    let result = try draw(options)
    #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [
    ["-p", "a"], ["-n", "a"], ["--prompt-file", "x"], ["--embeddings", "x"],
    ["--save-embeddings", "x.safetensors"], ["--text-encoder", "x"],
  ])
  func modelsOfClassesTakeNoPrompts(_ options: [String]) throws {
    let result = try GenerateProcess(options, folder: folder).finish()
    #expect(result.status == 64, "\(result.error)")
    #expect(
      result.error.contains(
        "is for models that draw from prompts, and this one draws classes: name one with --class"))
    #expect(try folder.names.isEmpty)
  }

  @Test(
    arguments: [
      (["-W", "28", "-H", "28"], nil), (["-W", "32"], "it draws 28 × 28"),
      (["--bins"], "no published sizes"),
    ] as [([String], String?)])
  func modelsOfClassesHaveOneSize(_ options: [String], _ message: String?) throws {
    let result = try GenerateProcess(
      ["--class", "1", "--steps", "1", "-o", "x.png"] + options, folder: folder
    ).finish()
    #expect(result.status == (message == nil ? 0 : 64), "\(result.error)")
    if let message { #expect(result.error.contains(message)) }
  }

  /// Shards have the bytes of a whole run, and what is there is passed over.
  @Test func spreadsOverShardsAndGoesOn() throws {
    let options = Self.prompts + ["-b", "2", "--steps", "2"]
    func run(_ output: String, _ more: String...) throws -> GenerateResult {
      try draw(options + ["-o", output, "--json"] + more)
    }
    #expect(try run("whole/").status == 0)
    for number in 1...3 { #expect(try run("parts/", "--shard", "\(number)/3").status == 0) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("whole"))
    #expect(names.count == 4)
    for name in names { #expect(try bytes("parts/\(name)") == bytes("whole/\(name)")) }
    try FileManager.default.removeItem(atPath: folder.file("parts/two-cats-44.png"))
    let result = try run("parts/", "--skip-existing")
    #expect(result.output.contains("\"imagesSkipped\" : 3"), "\(result.error)")
    #expect(try bytes("parts/two-cats-44.png") == bytes("whole/two-cats-44.png"))
  }

  /// What was measured with a prompt serves runs of others.
  @Test func measuresTheModelForACache() throws {
    let options = ["--steps", "6", "--quiet", "-p"]
    let measured = try draw(options + ["two cats", "--calibrate", "smoothcache", "-o", "c.json"])
    #expect(measured.status == 0, "\(measured.error)")
    let result = try draw(
      options + [
        "a horse", "--cache", "smoothcache:alpha=2", "--calibration", "c.json", "-o", "x.png",
      ])
    #expect(result.status == 0, "\(result.error)")
    #expect(try folder.names == ["c.json", "x.png"])
  }

  /// With a cache, of which the report says what it did.
  @Test func drawsWithACache() throws {
    let result = try draw([
      "-p", "two cats", "--steps", "8", "--cache", "fora:n=2", "--json", "-o", "x.npy",
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("attention, cross-attention, feed-forward 0-1"))
    #expect(try NumPyFile.read(folder.file("x.npy")).shape == [1, 16, 16, 3])
  }
}
