import Foundation
import Tensor
import Testing
import _TestSupport

/// `generate` with folders of diffusers and names in the cache of Hugging Face's libraries.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateFolderTests {
  private static let model = Fixtures.repository + "/Tests/Fixtures/folders/safetensors"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func draw(
    _ options: String..., model: String = Self.model, environment: [String: String] = [:]
  ) throws -> GenerateResult {
    try GenerateProcess(
      ["--model", model, "--steps", "6", "--quiet", "-o", folder.file("x.png")] + options,
      environment: environment
    ).finish()
  }

  @Test func drawsWhatDiffusersDraws() throws {
    let result = try draw("--class", "golden", "--class", "carassius AURATUS")
    #expect(result.status == 0, "\(result.error)")
    #expect(try folder.names == ["x-0001.png", "x-0002.png"])
    let expected = try Fixtures.open("folders/runs")["safetensors.pixels"]
    for (index, name) in ["x-0001.png", "x-0002.png"].enumerated() {
      let image = try PNG.read(folder.file(name)).converted(to: Float.self)
      #expect(image.shape == [12, 12, 3])
      let far = zip(image.elements, expected[index].elements).count { abs($0 - $1) > 1 }
      #expect(far == 0)
    }
  }

  @Test(arguments: [
    ("goldn retriever", "must be a class such as 'golden retriever'"),
    ("retriever", "'golden retriever'"), ("zebra", "(--list-classes prints all 1000)"),
    ("crane", "must be one class: 134 crane, 517 crane, not 'crane'"),
  ])
  func explainsWhatIsNoClass(_ name: String, _ message: String) throws {
    let result = try draw("--class", name)
    #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
  }

  /// Where a path or a name leads to no model, the message says which does.
  @Test func namesTheWayOut() throws {
    for path in [
      "transformer", "transformer/", "transformer/diffusion_pytorch_model.safetensors",
      "scheduler", "model_index.json",
    ] {
      let result = try draw("--class", "1", model: Self.model + "/" + path)
      #expect(result.status == 1)
      #expect(result.error.contains("a part of the pipeline in '\(Self.model)'; open that folder"))
    }
    let absent = try draw("--class", "1", model: "nobody/Nothing")
    #expect(absent.error.contains("'hf download nobody/Nothing'"))
  }

  @Test func aPathOfOneLetterIsNotAnAccident() throws {
    try Data().write(to: URL(filePath: folder.file("m")))
    let result = try GenerateProcess(["--model", "m", "--class", "1"], folder: folder).finish()
    #expect(result.status == 1 && result.error.split(separator: "\n").count == 1)
  }

  @Test func listsClassesWithoutWeights() throws {
    let copy = folder.file("model")
    try FileManager.default.copyItem(atPath: Self.model, toPath: copy)
    try FileManager.default.removeItem(
      atPath: copy + "/transformer/diffusion_pytorch_model.safetensors")
    let result = try GenerateProcess(["--list-classes", "--model", copy]).finish()
    #expect(result.status == 0 && result.output.contains("207 golden retriever\n"))
    #expect(result.output.split(separator: "\n").count == 1000)
  }

  @Test func doesNotDrawAThousandClassesUnasked() throws {
    let result = try draw()
    #expect(result.status == 64 && result.error.contains("the model has 1000"), "\(result.error)")
  }

  @Test func opensANameInTheCache() throws {
    let cached = folder.file("hub/models--tiny--DiT")
    let snapshot = cached + "/snapshots/abc123"
    for path in ["refs", "snapshots"] {
      try FileManager.default.createDirectory(
        atPath: "\(cached)/\(path)", withIntermediateDirectories: true)
    }
    try Data("abc123\n".utf8).write(to: URL(filePath: cached + "/refs/main"))
    try FileManager.default.copyItem(atPath: Self.model, toPath: snapshot)
    let environment = ["HF_HOME": folder.path, "HF_HUB_CACHE": "", "HUGGINGFACE_HUB_CACHE": ""]
    func open(_ name: String) throws -> GenerateResult {
      try draw("--class", "207", model: name, environment: environment)
    }
    let drawn = try open("tiny/DiT")
    #expect(drawn.status == 0, "\(drawn.error)")

    let missing = snapshot + "/vae/config.json"
    try FileManager.default.removeItem(atPath: missing)
    let partial = try open("tiny/DiT")
    #expect(partial.status == 1 && partial.error.contains(missing + ": there is no such file"))

    let absent = try open("tiny/Other")
    #expect(absent.status == 1 && absent.error.contains("in the cache '\(folder.path)/hub'"))
  }
}
