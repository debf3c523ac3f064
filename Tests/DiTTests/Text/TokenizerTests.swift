import DiT
import Foundation
import Tensor
import Testing

@Suite struct TokenizerTests {
  @Test(arguments: ["t5/spiece.model", "t5/tokenizer.json", "t5"])
  func tokensAreSentencePieces(_ file: String) throws {
    let tokenizer = try UnigramTokenizer(path: "\(TextFixtures.folder)/\(file)")
    let cases = try TextFixtures.cases("t5")
    #expect(cases.count > 70)
    for text in cases {
      #expect(tokenizer.tokenize(text.text).ids == text.ids, "\(text.text.debugDescription)")
    }
    #expect(tokenizer.vocabularySize == 410)
    #expect(tokenizer.endID == 1)
    #expect(tokenizer.paddingID == 0)
  }

  @Test func charactersWithoutPieceBecomeBytes() throws {
    let tokenizer = try UnigramTokenizer(
      TextFixtures.bytes("bytes.model"), path: "bytes.model", sentinels: 0)
    for text in try TextFixtures.cases("bytes") {
      #expect(tokenizer.tokenize(text.text).ids == text.ids, "\(text.text.debugDescription)")
    }
  }

  @Test func bothFilesOfAModelHaveOneFingerprint() throws {
    let folder = TextFixtures.folder
    let model = try UnigramTokenizer(path: folder + "/t5/spiece.model")
    let file = try UnigramTokenizer(path: folder + "/t5/tokenizer.json")
    #expect(model.fingerprint == file.fingerprint)
    #expect(try UnigramTokenizer(path: folder + "/bytes.model").fingerprint != model.fingerprint)
    let fewer = try UnigramTokenizer(
      TextFixtures.bytes("t5/spiece.model"), path: "spiece.model", sentinels: 99)
    #expect(fewer.fingerprint != model.fingerprint)
  }

  @Test func aTextBeyondTheLimitIsCutBeforeTheEndToken() throws {
    let tokenizer = try UnigramTokenizer(path: TextFixtures.folder + "/t5")
    let text = "  A cat,  ﬂying\u{3000}over Überlingen 😀 and more </s> of it "
    let all = tokenizer.tokenize(text)
    #expect(all.droppedText == nil)
    #expect(tokenizer.tokenize(text, limit: all.ids.count) == all)
    #expect(tokenizer.tokenize(text, limit: 1).ids == [1])
    #expect(
      tokenizer.tokenize(text, limit: 1).droppedText
        == text.trimmingCharacters(in: .whitespaces))
    var last = text.utf8.count
    for limit in 1..<all.ids.count {
      let part = tokenizer.tokenize(text, limit: limit)
      #expect(part.ids == all.ids.prefix(limit - 1) + [1])
      let dropped = try #require(part.droppedText)
      #expect(text.trimmingCharacters(in: .whitespaces).hasSuffix(dropped))
      #expect(dropped.utf8.count <= last)
      last = dropped.utf8.count
    }
  }

  @Test func droppedTextIsTheUsersOwn() throws {
    let tokenizer = try UnigramTokenizer(path: TextFixtures.folder + "/t5")
    let kept = tokenizer.tokenize("a small cat").ids.count
    // What the map replaces is shown as it was typed.
    #expect(tokenizer.tokenize("a small cat ＦＵＬＬ x", limit: kept).droppedText == "ＦＵＬＬ x")
  }

  @Test func aFolderWithoutTokenizerNamesWhatItNeeds() {
    #expect(
      throws: ModelError.missing(
        folder: TextFixtures.folder, files: ["spiece.model", "tokenizer.json"])
    ) {
      try UnigramTokenizer(path: TextFixtures.folder)
    }
    #expect(throws: ModelError.unreadable(file: "/nowhere/spiece.model")) {
      try UnigramTokenizer(path: "/nowhere/spiece.model")
    }
  }

  /// A large sample that `make_tokenizers.py --sample` wrote for a real model.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOKENIZER_SAMPLE"] != nil))
  func tokensOfALargeSample() throws {
    let environment = ProcessInfo.processInfo.environment
    let model = try #require(environment["TOKENIZER_MODEL"])
    let sample = try #require(environment["TOKENIZER_SAMPLE"])
    let tokenizer = try UnigramTokenizer(path: model)
    let lines = try Data(contentsOf: URL(fileURLWithPath: sample)).split(separator: 0x0A)
    let decoder = JSONDecoder()
    var count = 0
    for line in lines {
      let text = try decoder.decode(TextFixtures.Case.self, from: Data(line))
      let ids = tokenizer.tokenize(text.text).ids
      if ids != text.ids {
        count += 1
        if count <= 20 {
          Issue.record("\(text.text.debugDescription): \(ids), not \(text.ids ?? [])")
        }
      }
    }
    #expect(count == 0)
    print("\(lines.count) texts, \(count) with other tokens")
  }
}

@Suite struct PromptPreparationTests {
  @Test func preparationIsPythons() throws {
    let cases = try TextFixtures.cases("prepared")
    #expect(cases.count > 100)
    for text in cases {
      let prepared = PromptPreparation.lowercased(text.text)
      #expect(
        prepared.utf8.elementsEqual(text.prepared?.utf8 ?? "".utf8),
        "\(text.text.debugDescription): \(prepared.debugDescription)")
      #expect(PromptPreparation.none(text.text).utf8.elementsEqual(text.text.utf8))
    }
  }
}
