import Foundation
import Tensor
import Testing
import _TestSupport

/// Prompts that `generate` encodes on one machine and draws on another.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateEmbeddingTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.pixArt()
  }

  private func run(_ options: String...) throws -> GenerateResult {
    try GenerateProcess(["--model", model] + options, folder: folder).finish()
  }

  private func latents(_ options: String...) throws -> Data {
    let path = folder.file("l.npy")
    let result = try GenerateProcess(
      [
        "--model", model, "-p", "two cats", "--steps", "2", "--quiet", "-o", "/dev/null",
        "--latents-out", path,
      ] + options, folder: folder
    ).finish()
    #expect(result.status == 0, "\(result.error)")
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test func drawsWithoutATextEncoder() throws {
    let (plain, away) = (try latents(), try latents("-n", "a dog"))
    #expect(plain != away)
    // The transformer is not read.
    try FileManager.default.moveItem(atPath: "\(model)/vae", toPath: folder.file("vae"))
    let saved = try run(
      "-p", "two cats", "-p", "a horse", "-n", "a dog", "--save-embeddings", "e.safetensors",
      "--json")
    #expect(saved.status == 0, "\(saved.error)")
    #expect(saved.output.contains("\"output\" : \"e.safetensors\""))
    try FileManager.default.moveItem(atPath: folder.file("vae"), toPath: "\(model)/vae")

    try FileManager.default.removeItem(atPath: "\(model)/text_encoder")
    #expect(try latents("--embeddings", "e.safetensors") == plain)
    #expect(try latents("--embeddings", "e.safetensors", "-n", "a dog") == away)

    let unknown = try run("-p", "a cow", "--embeddings", "e.safetensors", "-o", "x.png")
    #expect(unknown.status == 1)
    #expect(
      unknown.error.contains(
        "e.safetensors: there is no prompt 'a cow' in it; there are 'two cats', 'a horse', 'a dog', ''"
      ))
    let none = try run("-p", "a cow", "-o", "x.png")
    #expect(none.status == 1 && none.error.contains("the model has no text encoder"))
  }

  @Test func takesTheTextEncoderOfAnotherFolder() throws {
    let own = try latents()
    for part in ["text_encoder", "tokenizer"] {
      try FileManager.default.removeItem(atPath: "\(model)/\(part)")
    }
    #expect(try latents("--text-encoder", TemporaryFolder.pixArt) == own)
  }

  @Test func refusesTheTextsOfAnotherTokenizer() throws {
    #expect(try run("-p", "a", "--save-embeddings", "e.safetensors", "--quiet").status == 0)
    let file = URL(filePath: "\(model)/tokenizer/tokenizer.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacing("\"▁a\"", with: "\"▁aaaa\"")
    #expect(changed != text)
    try Data(changed.utf8).write(to: file)
    let result = try run("-p", "a", "--embeddings", "e.safetensors", "-o", "x.png")
    #expect(result.status == 1)
    #expect(result.error.contains("it was made by another tokenizer"), "\(result.error)")
  }

  @Test(arguments: [
    (["--save-embeddings", "e.npy"], 64, "must end in .safetensors"),
    (["--save-embeddings", "none/e.safetensors"], 1, "the output's folder 'none' does not exist"),
    (
      ["--save-embeddings", "e.safetensors", "--steps", "3"], 64,
      "--save-embeddings draws no images, and takes no --steps"
    ),
    (["--embeddings", "f.safetensors", "-o", "x.png"], 1, "f.safetensors"),
    (
      ["--embeddings", "f.safetensors", "--text-precision", "bf16"], 64,
      "--text-precision is for a text encoder, and with --embeddings none is read"
    ),
  ])
  func explainsWhatCannotBe(_ options: [String], _ status: Int, _ message: String) throws {
    let result = try GenerateProcess(
      ["--model", model, "-p", "a"] + options, folder: folder
    ).finish()
    #expect(Int(result.status) == status && result.error.contains(message), "\(result.error)")
    #expect(try folder.names == ["pixart"])
  }
}
