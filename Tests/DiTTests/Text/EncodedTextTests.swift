import DiT
import Foundation
import Tensor
import Testing

@Suite struct EncodedTextTests {
  private static func states(_ tokens: Int, _ width: Int = 3) -> Tensor<Float> {
    Tensor((0..<tokens * width).map { Float($0) / 7 }, shape: [tokens, width])
  }
  private let source = EncodedTextSource(tokenizer: "t0", encoder: "e0")

  private func temporary(_ body: (String) throws -> Void) rethrows {
    let path = NSTemporaryDirectory() + "texts-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func paddingIsLeftOut() {
    let text = EncodedText(
      hiddenStates: Self.states(4), mask: Tensor([true, false, true, false]))
    #expect(text.tokenCount == 2)
    #expect(text.width == 3)
    #expect(text.hiddenStates.elements == [0, 1, 2, 6, 7, 8].map { Float($0) / 7 })
  }

  @Test func textsSurviveAFile() throws {
    let prompts =
      ["", "a \"cat\" 😀\n", "caf\u{E9}", "cafe\u{301}"] + (0..<9).map { "number \($0)" }
    try temporary { path in
      try EncodedTextFile(
        prompts.enumerated().map {
          .init(prompt: $1, text: EncodedText(hiddenStates: Self.states($0 + 1)))
        }, source: source
      ).write(to: path)
      let file = try EncodedTextFile(path: path)
      #expect(file.source == source)
      #expect(file.path == path)
      #expect(file.entries.count == prompts.count)
      for (place, prompt) in prompts.enumerated() {
        #expect(file.entries[place].prompt.utf8.elementsEqual(prompt.utf8))
        let text = try #require(file[prompt])
        #expect(text.hiddenStates.shape == [place + 1, 3])
        #expect(text.hiddenStates.elements == Self.states(place + 1).elements)
      }
      #expect(file["number"] == nil)
    }
  }

  @Test func textsOfAnotherModelAreRefused() throws {
    let file = EncodedTextFile(
      [.init(prompt: "a", text: EncodedText(hiddenStates: Self.states(2)))], source: source)
    try file.requireSource(width: 3)
    try file.requireSource(width: 3, tokenizer: "t0", encoder: "e0")
    for (width, tokenizer, encoder, reason) in [
      (4, nil, nil, "its hidden states have width 3, the model takes 4"),
      (3, "t1", nil, "it was made by another tokenizer (t0…) than the model's (t1…)"),
      (3, "t0", "e1", "it was made by another text encoder (e0…) than the model's (e1…)"),
    ] as [(Int, String?, String?, String)] {
      let error = #expect(throws: ModelError.self) {
        try file.requireSource(width: width, tokenizer: tokenizer, encoder: encoder)
      }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
      #expect(error?.description.contains("--save-embeddings") == true)
    }
  }

  @Test func otherFilesAreRefused() throws {
    let states = AnyTensor(Self.states(2))
    let good = [
      "format": "swift-dit encoded texts", "tokenizer": "t", "encoder": "e", "prompt.0": "a",
      "prompt.1": "b",
    ]
    for (tensors, metadata, reason) in [
      (["hidden_states.0": states], [:], "it holds no prompts that were encoded"),
      ([:], good, "it holds no prompt"),
      (["hidden_states.1": states], good, "no 'hidden_states.0'"),
      (["hidden_states.0": states], good.filter { $0.key != "prompt.0" }, "but no prompt"),
      (["hidden_states.0": AnyTensor(Tensor<Float>([1, 2]))], good, "[tokens, width]"),
      (["hidden_states.0": AnyTensor(Self.states(0))], good, "[tokens, width]"),
      (["hidden_states.0": AnyTensor(Tensor<Int64>([1], shape: [1, 1]))], good, "32-bit numbers"),
      (
        ["hidden_states.0": states, "hidden_states.1": AnyTensor(Self.states(2, 4))], good,
        "of one width"
      ),
    ] as [([String: AnyTensor], [String: String], String)] {
      try temporary { path in
        try Safetensors.write(tensors, metadata: metadata, to: path)
        let error = #expect(throws: ModelError.self) { try EncodedTextFile(path: path) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
      }
    }
  }
}
