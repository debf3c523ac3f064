import DiT
import Kernels
import Synchronization
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Models that a machine has too little memory for are refused before their weights are read.
@Suite struct MemoryTests {
  private let folder = PixArtFolderTests.folder

  private func open(
    _ folder: String, precision: Precision = .float32, encodesTexts: Bool = true,
    available: Int, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> DiffusionPipeline {
    try DiffusionPipeline(
      folder: folder, encodesTexts: encodesTexts, precision: precision, progress: progress,
      table: .active, availableMemory: available)
  }

  /// What the error of a folder says of its need, in bytes.
  private func need(
    _ folder: String, precision: Precision = .float32, encodesTexts: Bool = true,
    available: Int = 0
  ) throws -> (all: Int, ofTextEncoder: Int, alternatives: [String]) {
    let error = #expect(throws: ModelError.self) {
      try open(folder, precision: precision, encodesTexts: encodesTexts, available: available)
    }
    guard case .memory(_, let all, let text, _, _, let alternatives) = error else {
      Issue.record("\(String(describing: error)) is another error")
      return (0, 0, [])
    }
    return (all, text, alternatives)
  }

  /// By hand: 32-bit weights of the transformer and the decoder, and of the text encoder all that is
  /// not its table, with a tensor that is being packed.
  @Test func estimatesAllParts() throws {
    func parameters(_ path: String, _ isCounted: (String) -> Bool = { _ in true }) throws -> Int {
      try SafetensorsFile(path: "\(folder)/\(path)").entries.filter { isCounted($0.name) }
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    let transformer = try parameters("transformer/diffusion_pytorch_model.safetensors")
    let decoder = try parameters("vae/diffusion_pytorch_model.safetensors") {
      !$0.hasPrefix("encoder.")
    }
    let layers = try parameters("text_encoder/model.safetensors") {
      $0.hasPrefix("encoder.block.") && !$0.contains("relative_attention_bias")
    }
    let texts = 4 * layers + 4 * 12 * 24
    let need = try need(folder)
    #expect(need.ofTextEncoder == texts)
    #expect(need.all == 4 * transformer + 4 * decoder + texts)
    #expect(need.alternatives.isEmpty)
    #expect(try open(folder, available: need.all).textEncoder != nil)
    let without = try self.need(folder, encodesTexts: false)
    #expect(without.all == need.all - texts && without.ofTextEncoder == 0)
    let half = try self.need(folder, precision: .bfloat16)
    #expect(half.all == 2 * transformer + 4 * decoder + 2 * layers + 4 * 12 * 24)
  }

  @Test func readsNothingFirst() throws {
    let read = Atomic(0)
    let need = try need(folder).all
    #expect(throws: ModelError.self) {
      try open(folder, available: need - 1) { done, _ in
        read.store(done, ordering: .relaxed)
      }
    }
    #expect(read.load(ordering: .relaxed) == 0)
    _ = try open(folder, available: need) { done, _ in read.store(done, ordering: .relaxed) }
    #expect(read.load(ordering: .relaxed) > 0)
  }

  @Test func namesWhatWouldFit() throws {
    let need = try need(folder).all
    let found = try self.need(folder, available: need - 1).alternatives
    #expect(
      found == ["bf16", "int8", "w8", "w4"].map { "precision \($0)" } + [
        "texts that were encoded before"
      ])
    // Too little for any precision with the text encoder, and enough for 4 bits without.
    let smallest = try self.need(folder, precision: .weights4, encodesTexts: false).all
    #expect(
      try self.need(folder, available: smallest).alternatives
        == ["precision w4 with texts that were encoded before"])
    #expect(try self.need(folder, available: smallest - 1).alternatives.isEmpty)
  }

  /// Of an encoder as large as XXL, one layer is in memory at once.
  @Test(arguments: [(2, 2), (24, 1)])
  func countsALayerOfALargeTextEncoder(_ depth: Int, _ resident: Int) throws {
    let copy = try FolderCopy("../pixart/folder")
    for (key, value) in [("d_ff", 1_000_000), ("num_layers", depth)] {
      let old = key == "d_ff" ? 24 : 2
      try copy.replace(
        "\"\(key)\": \(old),", with: "\"\(key)\": \(value),", in: "text_encoder/config.json")
    }
    let layer = 3 * 12 * 1_000_000 + 4 * 12 * 12 + 2 * 12
    let need = try need(copy.path)
    #expect(need.ofTextEncoder == 4 * resident * layer + 4 * 12 * 1_000_000)
    let error = #expect(throws: ModelError.self) {
      try DiffusionPipeline.textEncoder(
        folder: copy.path, precision: .float32, availableMemory: 180_000_000)
    }
    let bf16 = 2 * resident * layer + 4 * 12 * 1_000_000 <= 180_000_000
    #expect(error?.description.contains("precision bf16") == bf16)
  }

  @Test func saysItInMegabytes() {
    let error = ModelError.memory(
      file: "m.safetensors", needed: 3_384_000_001, ofTextEncoder: 940_000_000,
      available: 2_000_000_000, precision: "f32",
      alternatives: ["precision bf16", "texts that were encoded before"])
    #expect(
      error.description
        == "m.safetensors: the model takes 3385 MB in f32, its text encoder's 940 MB included, and "
        + "2000 MB of memory are available; precision bf16, or texts that were encoded before "
        + "would fit")
  }
}
