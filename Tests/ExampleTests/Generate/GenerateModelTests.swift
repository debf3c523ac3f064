import Foundation
import Tensor
import Testing
import _TestSupport

/// `generate` with folders of models that are not the shipped one, or damaged.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateModelTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Fixtures.showcaseModel, toPath: folder.file("model"))
  }

  private var weights: URL { URL(filePath: folder.file("model/model.safetensors")) }
  private var configuration: URL { URL(filePath: folder.file("model/config.json")) }

  /// Runs `generate` with the folder's model.
  private func draw(_ options: String..., output: String = "x.png") throws -> GenerateResult {
    try GenerateProcess(
      ["--model", folder.file("model"), "--steps", "4", "-o", folder.file(output)] + options
    ).finish()
  }

  /// The run fails with one line, and nothing is written.
  private func expectFailure(_ result: GenerateResult, _ file: URL, _ message: String) throws {
    #expect(result.status == 1)
    #expect(result.error.contains(file.path) && result.error.contains(message), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1 && result.output.isEmpty)
    #expect(try folder.names == ["model"])
  }

  @Test func namesWhatIsMissing() throws {
    try FileManager.default.removeItem(at: weights)
    try expectFailure(try draw(), weights, "No such file")
    try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: false)
    try expectFailure(try draw(), weights, "is not a regular file")
  }

  @Test func namesADamagedConfiguration() throws {
    for text in ["", "{", "[]"] {
      try Data(text.utf8).write(to: configuration)
      try expectFailure(try draw(), configuration, "JSON")
    }
  }

  /// Broken JSON is found by its line, and a number of the wrong kind by its key.
  @Test func namesThePlaceInAConfiguration() throws {
    let text = try String(contentsOf: configuration, encoding: .utf8)
    for (changed, message) in [
      ("{\n  \"a\": 1 \"b\": 2}", "line 2, column 10: a comma or '}' is expected"),
      ("{\"a\": ", "line 1, column 7: a value is expected, and the file ends"),
      (
        text.replacing(#/"depth": *\d+/#, with: "\"depth\": 1.5"),
        "'depth' is 1.5, which is not a number of the kind that this key needs"
      ),
      (
        text.replacing(#/"num_train_timesteps": *\d+/#, with: "\"num_train_timesteps\": 1e99"),
        "'diffusion.num_train_timesteps' is 1e99"
      ),
    ] {
      #expect(changed != text)
      try Data(changed.utf8).write(to: configuration)
      try expectFailure(try draw(), configuration, message)
    }
  }

  @Test func namesDamagedWeights() throws {
    let whole = try Data(contentsOf: weights)
    for (bytes, message) in [
      (Data(), "empty"), (whole.prefix(4), "is no checkpoint: "),
      (whole.dropLast(100), "tensors end at"), (whole + [0], "tensors end at"),
      (Data(repeating: 0xFF, count: 8) + whole.dropFirst(8), "is no checkpoint: "),
      (Data("version https://git-lfs.github.com/spec/v1\n".utf8), "a pointer of Git LFS"),
      (Data("<!DOCTYPE html>".utf8), "an HTML page"),
    ] {
      try Data(bytes).write(to: weights)
      try expectFailure(try draw(), weights, message)
    }
  }

  @Test func namesThePrefixOfAWrapper() throws {
    let file = try SafetensorsFile(path: weights.path)
    let tensors = try file.names.map { ("module.\($0)", try file.tensor(named: $0)) }
    try Safetensors.write(Dictionary(uniqueKeysWithValues: tensors), to: weights.path)
    try expectFailure(try draw(), weights, "all tensors begin with 'module.'")
  }

  /// What the model has no use for is not passed over in silence.
  @Test(arguments: [
    ("--vae", "another autoencoder (--vae) would not be used: the model draws pixels"),
    ("--variant", "a variant (--variant) would not be used: the weights are in one file"),
  ])
  func refusesPartsThatItWouldNotUse(_ option: String, _ message: String) throws {
    let result = try draw(option, "fp16")
    #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
    #expect(try folder.names == ["model"])
  }

  /// Replaces the model by that of a golden file.
  private func use(golden name: String) throws {
    let file = try Fixtures.open(name)
    let prefix = "model."
    let tensors = try file.names.filter { $0.hasPrefix(prefix) }
      .map { (String($0.dropFirst(prefix.count)), try file.tensor(named: $0)) }
    try Safetensors.write(Dictionary(uniqueKeysWithValues: tensors), to: weights.path)
    let golden = try #require(file.metadata["config"])
    try Data(
      (golden.dropLast() + """
        , "architecture": "DiT", "layout": "facebookresearch", "diffusion":
        {"num_train_timesteps": 1000, "beta_schedule": "linear", "beta_start": 0.0001,
         "beta_end": 0.02, "prediction_type": "epsilon"}}
        """).utf8
    ).write(to: configuration)
  }

  @Test func refusesToCompareImagesThatAreTooSmallForSSIM() throws {
    try use(golden: "dit-e")
    let result = try draw(
      "--cache", "delta-cache:range=0-0", "--compare", "--json", output: "y.npy")
    #expect(result.status == 64 && result.error.contains("at least 7 pixels a side"))
    #expect(try folder.names == ["model"])
  }

  @Test func refusesImagesThatAPNGFileCannotHold() throws {
    try use(golden: "dit-a")
    let result = try draw()
    #expect(result.status == 64)
    #expect(result.error.contains("images of 4 channels do not go into PNG"))
    #expect(try folder.names == ["model"])
  }
}
