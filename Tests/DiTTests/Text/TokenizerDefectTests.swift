import DiT
import Foundation
import Tensor
import Testing

/// Files that are no tokenizers, or ones that cannot be served.
@Suite struct TokenizerDefectTests {
  // MARK: spiece.model

  /// A field of a message whose value is bytes.
  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    [UInt8(number << 3 | 2)] + varint(bytes.count) + bytes
  }

  private static func varint(_ number: Int) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128)] + varint(number >> 7)
  }

  private static func piece(_ text: String, score: Float = -1, kind: UInt8 = 1) -> [UInt8] {
    let bits = withUnsafeBytes(of: score.bitPattern.littleEndian, Array.init)
    return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + bits + [3 << 3, kind])
  }

  private static let marks =
    piece("<pad>", score: 0, kind: 3) + piece("</s>", score: 0, kind: 3)
    + piece("<unk>", score: 0, kind: 2)
  private static let good = marks + piece("a") + piece("\u{2581}")

  private func tokenizer(_ bytes: [UInt8]) throws -> UnigramTokenizer {
    try UnigramTokenizer(bytes, path: "spiece.model")
  }

  /// What a clone without Git LFS has in its place, or a download that failed.
  @Test(
    arguments: [
      ("version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "a pointer of Git LFS"),
      ("", "empty"),
    ])
  func whatIsStillToBeDownloadedIsNamed(_ text: String, _ found: String) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    let error = #expect(throws: ModelError.self) { try UnigramTokenizer(path: path) }
    #expect(error?.description.contains("no tokenizer; it is \(found)") == true)
  }

  @Test func aModelByHandIsRead() throws {
    #expect(try tokenizer(Self.good).tokenize("aa").ids == [4, 3, 3, 1])
  }

  @Test(
    arguments: [
      ([], "it has no pieces"),
      ([0x0A], "does not end"),
      ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "are left"),
      ([0x0A] + [UInt8](repeating: 0xFF, count: 12), "does not end"),
      ([0x00, 0x00], "has the number 0"),
      ([0x0B], "of kind 3"),
      ([0x0D, 1, 2], "4 bytes are expected"),
      (marks, "it has no pieces"),
      (good + piece("a"), "is there twice"),
      (good + piece(""), "has 0 bytes"),
      (good + piece(String(repeating: "a", count: 1025)), "has 1025 bytes"),
      (good + piece("b", score: .nan), "has the score nan"),
      (good + piece("b", score: .infinity), "has the score inf"),
      (good + piece("b", kind: 7), "of no known kind"),
      (good + field(1, field(1, [0xFF])), "not valid UTF-8"),
      (piece("a") + piece("</s>", kind: 3), "0 pieces for what is unknown"),
      (good + piece("<unk2>", kind: 2), "2 pieces for what is unknown"),
      (piece("<unk>", kind: 2) + piece("<pad>", kind: 3) + piece("a"), "no token '</s>'"),
      (good + field(2, [3 << 3, 2]), "of type BPE"),
      (good + field(2, [24 << 3 & 0x7F | 0x80, 1, 1]), "treat_whitespace_as_suffix"),
      (good + field(2, [35 << 3 & 0x7F | 0x80, 2, 1]), "no piece '<0x00>'"),
    ] as [([UInt8], String)])
  func damagedModels(_ bytes: [UInt8], _ reason: String) {
    let error = #expect(throws: ModelError.self) { try tokenizer(bytes) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("spiece.model: ") == true)
  }

  // MARK: The map of characters

  private static func map(_ size: UInt32, _ rest: [UInt8]) -> [UInt8] {
    good + field(3, field(2, withUnsafeBytes(of: size.littleEndian, Array.init) + rest))
  }

  @Test(
    arguments: [
      (good + field(3, field(2, [1, 2])), "a map of 2 bytes"),
      (map(0, [0, 0]), "whose trie does not end"),
      (map(5, [UInt8](repeating: 0, count: 9)), "whose trie does not end"),
      (map(8, [UInt8](repeating: 0, count: 8)), "whose trie does not end"),
      (map(.max - 3, [UInt8](repeating: 0, count: 8)), "whose trie does not end"),
      (map(4, [0, 0, 0, 0, 65]), "the last text of its map does not end"),
      (map(4, [0, 0, 0, 0, 0xFF, 0]), "not valid UTF-8"),
      (map(4, [0, 0, 0, 0] + [UInt8](repeating: 65, count: 257) + [0]), "a text of 257 bytes"),
    ] as [([UInt8], String)])
  func damagedMaps(_ bytes: [UInt8], _ reason: String) {
    let error = #expect(throws: ModelError.self) { try tokenizer(bytes) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func aMapThatLeadsOutOfItselfReplacesNothing() throws {
    // Every unit leads to itself by any byte, has a value, and that is beyond the texts.
    for unit: UInt32 in [0xFFFF_FFFF, 0x7FFF_FFFF, 0x0000_0161, 0x4000_0361, 0x0000_0561] {
      let units = (0..<300).flatMap { _ in withUnsafeBytes(of: unit.littleEndian, Array.init) }
      _ = try tokenizer(Self.map(1200, units + [65, 0])).tokenize("aaaa b é \u{0} 😀")
    }
  }

  // MARK: Any byte

  @Test(arguments: ["t5/spiece.model", "bytes.model"])
  func damagedBytesAreReadOrRefused(_ name: String) throws {
    let golden = try TextFixtures.bytes(name)
    for position in stride(from: 0, to: golden.count, by: 23) {
      var bytes = golden
      bytes[position] ^= UInt8(truncatingIfNeeded: 1 << (position % 8) | 0x80)
      use(bytes)
      if position.isMultiple(of: 10) { use(Array(golden.prefix(position))) }
    }
  }

  @Test func damagedTokenizerFilesAreReadOrRefused() throws {
    let golden = try TextFixtures.bytes("t5/tokenizer.json")
    for position in stride(from: 1, to: golden.count, by: 397) {
      var bytes = golden
      bytes[position] = bytes[position] == 0x30 ? 0x39 : 0x30
      use(bytes)
      use(Array(golden.prefix(position)))
    }
  }

  private func use(_ bytes: [UInt8]) {
    _ = try? UnigramTokenizer(bytes, path: "input").tokenize("a ｆｕｌｌ e\u{301} 😀</s>", limit: 9)
  }

  // MARK: tokenizer.json

  private func edited(_ edit: (inout [String: Any]) -> Void) throws -> [UInt8] {
    let data = Data(try TextFixtures.bytes("t5/tokenizer.json"))
    var content = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    edit(&content)
    return Array(try JSONSerialization.data(withJSONObject: content))
  }

  private func expectDefect(
    _ reason: String, _ edit: (inout [String: Any]) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try edited(edit)
    let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
      try UnigramTokenizer(bytes, path: "tokenizer.json")
    }
    #expect(
      error?.description.contains(reason) == true, "\(error?.description ?? "")",
      sourceLocation: sourceLocation)
  }

  @Test func settingsThatAreNotServed() throws {
    func model(_ content: inout [String: Any], _ edit: (inout [String: Any]) -> Void) {
      var model = content["model"] as? [String: Any] ?? [:]
      edit(&model)
      content["model"] = model
    }
    try expectDefect("'model.type' must be Unigram, not BPE") { model(&$0) { $0["type"] = "BPE" } }
    try expectDefect("'model.unk_id'") { model(&$0) { $0["unk_id"] = 5000 } }
    try expectDefect("'model.unk_id'") { model(&$0) { $0["unk_id"] = nil } }
    try expectDefect("'<0x00>'") { model(&$0) { $0["byte_fallback"] = true } }
    try expectDefect("key 'model.vocab' is missing") { model(&$0) { $0["vocab"] = nil } }
    try expectDefect("is there twice") { content in
      model(&content) { $0["vocab"] = ($0["vocab"] as? [Any] ?? []) + [["a", -1.5]] }
    }
    try expectDefect("'pre_tokenizer.type' must be Metaspace, not ByteLevel") {
      $0["pre_tokenizer"] = ["type": "ByteLevel"]
    }
    try expectDefect("prepend_scheme' must be always, not first") {
      $0["pre_tokenizer"] = [
        "type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "first",
      ]
    }
    try expectDefect("'normalizer.type'") { $0["normalizer"] = ["type": "Lowercase"] }
    try expectDefect("is not base64") {
      $0["normalizer"] = ["type": "Precompiled", "precompiled_charsmap": "*"]
    }
    try expectDefect("'post_processor.single'") { $0["post_processor"] = nil }
    for (key, value) in [
      ("id", -1 as Any), ("single_word", true), ("normalized", true), ("content", ""),
    ] {
      try expectDefect(".\(key)' must be") {
        $0["added_tokens"] = [["id": 3, "content": "<x>"].merging([key: value]) { $1 }]
      }
    }
  }

  @Test func olderFilesOfTheSameModelAreRead() throws {
    let bytes = try edited {
      let map = ($0["normalizer"] as? [String: Any]) ?? [:]
      $0["normalizer"] = [
        "type": "Sequence",
        "normalizers": [
          map, ["type": "Strip", "strip_left": false, "strip_right": true],
          ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": "\u{2581}"],
        ],
      ]
      $0["pre_tokenizer"] = [
        "type": "Metaspace", "replacement": "\u{2581}", "add_prefix_space": true,
      ]
    }
    let tokenizer = try UnigramTokenizer(bytes, path: "tokenizer.json")
    for text in try TextFixtures.cases("t5") {
      #expect(tokenizer.tokenize(text.text).ids == text.ids)
    }
  }
}
